using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Prozchain.Zk.Cuda.Driver;

namespace Prozchain.Zk.Cuda;

/// <summary>An NVIDIA GPU that proofs can be made on. Thread-safe: of several proofs on one device one works and the others wait.</summary>
/// <remarks>
/// Needs the driver alone (CUDA 11.2 or later) and a device of compute capability 7.0 or later. Dispose it when no proof uses it.
/// </remarks>
public sealed class CudaDevice : IDisposable
{
    private const int LeastDriver = 11020;

    private CudaDevice(int ordinal, string name, long totalMemory, int computeCapability, int multiprocessors, ContextHandle context, PoolHandle pool)
    {
        (Ordinal, Name, TotalMemory, Capability, Multiprocessors, Context, Pool) = (ordinal, name, totalMemory, computeCapability, multiprocessors, context, pool);
        Kernels = new(computeCapability);
    }

    /// <summary>The device's number among those that the driver shows, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>The device's name.</summary>
    public string Name { get; }

    /// <summary>Bytes of its memory.</summary>
    public long TotalMemory { get; }

    /// <summary>The compute capability.</summary>
    public Version ComputeCapability => new(Capability / 10, Capability % 10);

    /// <summary>The compute capability times ten.</summary>
    internal int Capability { get; }

    internal int Multiprocessors { get; }

    internal ContextHandle Context { get; }

    internal PoolHandle Pool { get; }

    internal KernelTable Kernels { get; }

    /// <summary>Instructions of a tape times rows of a block from which compiling, seconds for the widest, is thought to be repaid (ADR 30: a guess until measured).</summary>
    internal long LeastTapeWork { get; set; } = 1L << 38;

    /// <summary>Told of all that is asked of the device while it is there: for measurements, by who has the turn.</summary>
    internal DeviceTimeline? Timeline { get; set; }

    /// <summary>Held by the proof that works on the device.</summary>
    internal SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Bytes of its memory that nobody uses now, other programs included.</summary>
    public long FreeMemory
    {
        get
        {
            Context.Enter();
            CudaCheck.Require(CudaApi.cuMemGetInfo_v2(out nuint free, out _), "The device's free memory");
            return (long)free + Pool.Idle;
        }
    }

    /// <summary>Opens a device. Without one that serves, false and why: the caller goes on with the processor.</summary>
    /// <param name="device">The device.</param>
    /// <param name="reason">In words, when there is none: no driver, no device, too old, too little memory.</param>
    /// <param name="ordinal">The device's number among those that the driver shows.</param>
    public static bool TryOpen([NotNullWhen(true)] out CudaDevice? device, out string reason, int ordinal = 0)
    {
        device = null;
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        if (!CudaLibrary.TryLoad(out reason)) return false;
        try
        {
            device = Open(ordinal, out reason);
        }
        catch (EntryPointNotFoundException missing)
        {
            reason = $"The driver is too old: CUDA {Version(LeastDriver)} or later is needed ({missing.Message}).";
        }
        catch (CudaException failed)
        {
            reason = $"Device {ordinal} could not be opened. {failed.Message}";
        }
        return device is not null;
    }

    /// <summary>Unloads the kernels and leaves the device.</summary>
    public void Dispose()
    {
        if (Context.IsClosed) return;
        _ = Context.TryEnter();
        Kernels.Dispose();
        Pool.Dispose();
        Context.Dispose();
        Turn.Dispose();
    }

    private static unsafe CudaDevice? Open(int ordinal, out string reason)
    {
        CudaStatus status = CudaApi.cuInit(0);
        if (status != CudaStatus.Success)
        {
            reason = $"The driver has no device: {CudaCheck.NameOf(status)}.";
            return null;
        }
        CudaCheck.Require(CudaApi.cuDriverGetVersion(out int version), "The driver's version");
        if (version < LeastDriver)
        {
            reason = $"The driver is too old: it is for CUDA {Version(version)}, {Version(LeastDriver)} or later is needed.";
            return null;
        }
        CudaCheck.Require(CudaApi.cuDeviceGetCount(out int count), "Counting devices");
        if (ordinal >= count)
        {
            reason = count == 0 ? "The driver has no device." : $"There is no device {ordinal}: the driver shows {count}.";
            return null;
        }
        CudaCheck.Require(CudaApi.cuDeviceGet(out int handle, ordinal), "Finding the device");
        byte* text = stackalloc byte[256];
        CudaCheck.Require(CudaApi.cuDeviceGetName(text, 256, handle), "The device's name");
        string name = Marshal.PtrToStringUTF8((nint)text) ?? "";
        int capability = 10 * Attribute(CudaAttribute.ComputeCapabilityMajor) + Attribute(CudaAttribute.ComputeCapabilityMinor);
        if (capability < KernelTable.LeastCapability)
        {
            reason = $"{name} is too old: it has compute capability {capability / 10}.{capability % 10}, {KernelTable.LeastCapability / 10}.0 or later is needed.";
            return null;
        }
        if (Attribute(CudaAttribute.MemoryPoolsSupported) == 0)
        {
            reason = $"{name} has no pools of memory with this driver.";
            return null;
        }
        CudaCheck.Require(CudaApi.cuDeviceTotalMem_v2(out nuint bytes, handle), "The device's memory");
        int multiprocessors = Attribute(CudaAttribute.MultiprocessorCount);
        reason = "";
        ContextHandle context = new(handle);
        try
        {
            context.Enter();
            return new(ordinal, name, (long)bytes, capability, multiprocessors, context, new PoolHandle(handle));
        }
        catch
        {
            context.Dispose();
            throw;
        }

        int Attribute(CudaAttribute attribute)
        {
            CudaCheck.Require(CudaApi.cuDeviceGetAttribute(out int value, attribute, handle), $"The device's {attribute}");
            return value;
        }
    }

    private static string Version(int version) => $"{version / 1000}.{version % 1000 / 10}";
}
