using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>A device on which proofs go as they are told, whatever fits.</summary>
internal sealed class PlannedBackend(CudaDevice device, DevicePlan plan) : IBackend
{
    /// <summary>What the last proof was reckoned to take.</summary>
    public long Bytes { get; private set; }

    public IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>
    {
        Bytes = new DeviceBytes<TField, TParameters, TTree>(layout!, plan, settings.LogBlowup, device.Multiprocessors, []).Peak;
        device.Turn.Wait(settings.Cancellation);
        return new CudaRun<TField, TParameters, TTree>(new DeviceSession(device, Bytes), settings, plan);
    }
}
