using System.Security.Cryptography;

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
    /// The bytes that a proof may take for its tables, the traces not counted unless they are given away; below what the
    /// extended tables need, they are computed again piece by piece.
    /// </summary>
    public long MemoryBudget { get; init; } = long.MaxValue;

    /// <summary>
    /// The source of all that hides a witness, cryptographic by its type; null for the system's. Two proofs from one generator
    /// in the same state hide nothing: that is for tests.
    /// </summary>
    public RandomNumberGenerator? Randomness { get; init; }
}
