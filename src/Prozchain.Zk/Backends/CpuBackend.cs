using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Backends;

/// <summary>The processor: what every other backend is held against.</summary>
internal sealed class CpuBackend : IBackend
{
    public static CpuBackend Instance { get; } = new();

    /// <inheritdoc/>
    public IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField> => new CpuRun<TField, TParameters, TTree>(settings);
}
