using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

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
    IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>;
}
