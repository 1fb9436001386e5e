using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Backends;

/// <summary>Where the heavy work of a prover is done: the processor (<see cref="CpuBackend"/>), or a device.</summary>
/// <remarks>
/// An implementer owes: every operation gives the same values as <see cref="CpuBackend"/>, so that the bytes of a proof do not tell
/// where it was made; it knows no transcript and decides nothing. Safe to start from many threads: their runs work beside each
/// other or one waits. A field, extension or hash that it does not serve is refused by <see cref="NotSupportedException"/> at the start.
/// </remarks>
internal interface IBackend
{
    /// <summary>Begins the work of one proof.</summary>
    /// <param name="settings">The proof's settings.</param>
    /// <param name="layout">The proof's dimensions, for a backend that plans its memory by them; null for work that is not a whole proof.</param>
    /// <param name="traces">Its traces, of which some may be described; null with the layout.</param>
    IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>;
}
