using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The prover's work on devices: a proof takes the first that is free, and waits if none is.</summary>
/// <param name="devices">At least one.</param>
/// <param name="memoryBudget">Bytes that a proof may take on its device; 0 for nine tenths of what is free there when it begins.</param>
/// <param name="plans">Told how each proof stays within it; or null.</param>
internal sealed class CudaBackend(IReadOnlyList<CudaDevice> devices, long memoryBudget, IProgress<CudaMemoryPlan>? plans = null) : IBackend
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(1);

    public IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
        where TTree : struct, IMatrixHash<TField>
    {
        // What is not served is refused before anybody waits.
        _ = KernelPrefix.Of<TField, TParameters>();
        if (layout?.Key.Shared is not null) throw new NotSupportedException("Expected a key without shared buses, whose early tables this backend does not commit to, got one with.");
        CudaDevice device = Take(settings.Cancellation);
        try
        {
            long budget = memoryBudget > 0 ? memoryBudget : device.FreeMemory / 10 * 9;
            DevicePlan plan = DevicePlan.Unplanned;
            if (layout is not null)
            {
                plan = DevicePlan.Of<TField, TParameters, TTree>(layout, settings, device.Multiprocessors, budget, traces);
                plans?.Report(new(plan.IsResident, plan.Bytes, plan.ResidentBytes));
            }
            return new CudaRun<TField, TParameters, TTree>(new DeviceSession(device, budget), settings, plan);
        }
        catch
        {
            device.Turn.Release();
            throw;
        }
    }

    private CudaDevice Take(CancellationToken cancellation)
    {
        if (devices.Count == 1)
        {
            devices[0].Turn.Wait(cancellation);
            return devices[0];
        }
        for (; ; cancellation.WaitHandle.WaitOne(s_look))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (CudaDevice device in devices)
                if (device.Turn.Wait(0, cancellation)) return device;
        }
    }
}
