using System.Security.Cryptography;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;

namespace Prozchain.Zk.Stark;

/// <summary>How a proof is made; none of it changes what is proven.</summary>
public sealed record StarkProverOptions
{
    /// <summary>Threads to work with: 1, or more. Without zero knowledge the proof's bytes do not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>
    /// Whether every constraint is first checked on every row, so that a wrong trace is refused with row and constraint: for
    /// development. Without it a wrong trace is refused too, but not explained.
    /// </summary>
    public bool CheckTraces { get; init; }

    /// <summary>
    /// Whether the prover may overwrite the traces that are owned (<see cref="Trace{TField}.IsOwned"/>), or give their memory back
    /// early: it then needs less, and they are of no more use, whatever comes of the proof.
    /// </summary>
    public bool OverwriteTraces { get; init; }

    /// <summary>
    /// The bytes that a proof may take for all that grows with its tables: extended columns, trees, and what it computes from them; the
    /// traces, with their room, are not counted, nor a worker's few hundred kB and the proof itself. Less than the extended columns need is
    /// enough: they are then computed when they are asked for, in windows of rows, from traces that must not change meanwhile; the less, the
    /// slower. Too little for that too is refused with the least that would do.
    /// </summary>
    public long MemoryBudget { get; init; } = long.MaxValue;

    /// <summary>Memory that is used again by the next proof; null if each proof takes its own from the collector.</summary>
    public StarkMemory? Memory { get; init; }

    /// <summary>
    /// The source of all that hides a witness, cryptographic by its type; null for the system's. Two proofs from one generator
    /// in the same state hide nothing: that is for tests.
    /// </summary>
    public RandomNumberGenerator? Randomness { get; init; }

    /// <summary>Where the heavy work is done. Set by the package of a device.</summary>
    internal IBackend Backend { get; init; } = CpuBackend.Instance;
}
