using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>A handle that the driver gave. What it answers at the end is not heard: a device that is lost gives everything back by itself.</summary>
internal abstract class CudaHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

/// <summary>The primary context of a device, held. The handle is the context.</summary>
internal sealed class ContextHandle : CudaHandle
{
    private readonly int _device;

    /// <exception cref="CudaException">The driver has no context for the device.</exception>
    public ContextHandle(int device)
    {
        _device = device;
        CudaCheck.Require(CudaApi.cuDevicePrimaryCtxRetain(out nint context, device), "The context of the device");
        SetHandle(context);
    }

    /// <summary>Makes the context that of the calling thread.</summary>
    public void Enter()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        CudaCheck.Require(CudaApi.cuCtxSetCurrent(handle), "Entering the context");
    }

    /// <summary>Like <see cref="Enter"/>, for giving back: a device that is lost is no fault then.</summary>
    public bool TryEnter() => !IsClosed && CudaApi.cuCtxSetCurrent(handle) == CudaStatus.Success;

    protected override bool ReleaseHandle() => CudaApi.cuDevicePrimaryCtxRelease_v2(_device) == CudaStatus.Success;
}

/// <summary>A stream: what is asked of it is done in order, beside other streams.</summary>
internal sealed class StreamHandle : CudaHandle
{
    private const uint NonBlocking = 1;

    public StreamHandle()
    {
        CudaCheck.Require(CudaApi.cuStreamCreate(out nint stream, NonBlocking), "Making a stream");
        SetHandle(stream);
    }

    /// <summary>Waits until all that was asked is done. Faults of kernels show here at the latest.</summary>
    public void Synchronize(string operation) => CudaCheck.Require(CudaApi.cuStreamSynchronize(this), operation);

    protected override bool ReleaseHandle() => CudaApi.cuStreamDestroy_v2(handle) == CudaStatus.Success;
}

/// <summary>A place in a stream, to wait for or to tell the time by.</summary>
internal sealed class EventHandle : CudaHandle
{
    private const uint DisableTiming = 2;

    public EventHandle(bool isTimed = false)
    {
        CudaCheck.Require(CudaApi.cuEventCreate(out nint made, isTimed ? 0 : DisableTiming), "Making an event");
        SetHandle(made);
    }

    public void Record(StreamHandle stream) => CudaCheck.Require(CudaApi.cuEventRecord(this, stream), "Recording an event");

    /// <summary>What comes in the stream hereafter waits for the place.</summary>
    public void Await(StreamHandle stream) => CudaCheck.Require(CudaApi.cuStreamWaitEvent(stream, this, 0), "Waiting for an event");

    /// <summary>The caller waits for the place.</summary>
    public void Synchronize() => CudaCheck.Require(CudaApi.cuEventSynchronize(this), "Waiting for an event");

    /// <summary>Milliseconds on the device since an earlier place; both reached.</summary>
    public float Since(EventHandle earlier)
    {
        CudaCheck.Require(CudaApi.cuEventElapsedTime(out float milliseconds, earlier, this), "The time between events");
        return milliseconds;
    }

    protected override bool ReleaseHandle() => CudaApi.cuEventDestroy_v2(handle) == CudaStatus.Success;
}

/// <summary>
/// A pool of a device's memory, of which buffers are taken in a stream's order. It keeps what it has got from the device until it is disposed:
/// getting it takes longer than many kernels.
/// </summary>
internal sealed class PoolHandle : CudaHandle
{
    public PoolHandle(int device)
    {
        CudaCheck.Require(CudaApi.cuMemPoolCreate(out nint pool, new CudaPoolProperties(device)), "Making a pool of memory");
        SetHandle(pool);
        CudaCheck.Require(CudaApi.cuMemPoolSetAttribute(this, CudaPoolAttribute.ReleaseThreshold, ulong.MaxValue), "Setting up a pool of memory");
    }

    /// <summary>Bytes that the pool has and nobody uses.</summary>
    public long Idle
    {
        get
        {
            CudaCheck.Require(CudaApi.cuMemPoolGetAttribute(this, CudaPoolAttribute.ReservedNow, out ulong reserved), "The size of a pool");
            CudaCheck.Require(CudaApi.cuMemPoolGetAttribute(this, CudaPoolAttribute.UsedNow, out ulong used), "The use of a pool");
            return (long)(reserved - used);
        }
    }

    protected override bool ReleaseHandle() => CudaApi.cuMemPoolDestroy(handle) == CudaStatus.Success;
}

/// <summary>A module of kernels.</summary>
internal sealed class ModuleHandle : CudaHandle
{
    /// <param name="image">The text of its PTX, with a zero at the end.</param>
    /// <param name="name">How messages call it.</param>
    public unsafe ModuleHandle(ReadOnlySpan<byte> image, string name)
    {
        fixed (byte* text = image)
        {
            CudaCheck.Require(CudaApi.cuModuleLoadDataEx(out nint module, text, 0, null, null), $"Loading the kernels {name}");
            SetHandle(module);
        }
    }

    /// <summary>A kernel of the module; lives as long as it.</summary>
    public unsafe nint Function(string name)
    {
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + '\0'))
        {
            CudaCheck.Require(CudaApi.cuModuleGetFunction(out nint function, handle, text), $"Finding the kernel {name}");
            return function;
        }
    }

    protected override bool ReleaseHandle() => CudaApi.cuModuleUnload(handle) == CudaStatus.Success;
}

/// <summary>Memory of the host that does not move, which copies can overlap with kernels from.</summary>
internal sealed class PinnedHandle : CudaHandle
{
    public PinnedHandle(long bytes)
    {
        CudaCheck.Require(CudaApi.cuMemAllocHost_v2(out nint memory, (nuint)bytes), "Taking pinned memory", bytes);
        Bytes = bytes;
        SetHandle(memory);
    }

    public long Bytes { get; }

    public nint Address => handle;

    protected override bool ReleaseHandle() => CudaApi.cuMemFreeHost(handle) == CudaStatus.Success;
}
