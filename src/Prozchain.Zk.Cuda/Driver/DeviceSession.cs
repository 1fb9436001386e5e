using System.Runtime.InteropServices;

namespace Prozchain.Zk.Cuda.Driver;

/// <summary>
/// One user's work on a device: its stream, its memory within a budget, its launches. Owns what it allocates: disposing frees all, after a
/// failure too. For one caller at a time, on any thread.
/// </summary>
internal sealed class DeviceSession : IDisposable
{
    private const int Remembered = 8;

    private readonly CudaDevice _device;
    private readonly HashSet<DeviceBuffer> _buffers = [];
    private readonly Queue<string> _launched = new();
    private readonly StreamHandle _stream;
    private bool _isDisposed;

    /// <param name="device">The device.</param>
    /// <param name="budget">The bytes that may be taken on it at once.</param>
    public DeviceSession(CudaDevice device, long budget)
    {
        (_device, Budget) = (device, budget);
        device.Context.Enter();
        _stream = new();
    }

    public CudaDevice Device => _device;

    /// <summary>Everything of the session happens in this stream's order.</summary>
    public StreamHandle Stream => _stream;

    public long Budget { get; }

    /// <summary>Bytes taken now, and at most so far.</summary>
    public long Used { get; private set; }

    /// <inheritdoc cref="Used"/>
    public long Peak { get; private set; }

    /// <summary>Takes memory, whose values are arbitrary.</summary>
    /// <param name="bytes">At least one.</param>
    /// <param name="purpose">What a message calls it.</param>
    /// <exception cref="CudaException">The budget or the device does not hold it.</exception>
    public DeviceBuffer Allocate(long bytes, string purpose)
    {
        Enter();
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        if (bytes > Budget - Used)
            throw new CudaException((int)CudaStatus.OutOfMemory, $"Taking {bytes} bytes for {purpose} would pass the budget of {Budget} bytes, of which {Used} are taken.");
        CudaCheck.Require(CudaApi.cuMemAllocFromPoolAsync(out ulong address, (nuint)bytes, _device.Pool, _stream), $"Taking memory for {purpose}{Trail()}", bytes);
        DeviceBuffer buffer = new(this, address, bytes);
        _buffers.Add(buffer);
        Used += bytes;
        Peak = Math.Max(Peak, Used);
        return buffer;
    }

    /// <summary>Takes memory and copies to it.</summary>
    public DeviceBuffer Upload<T>(ReadOnlySpan<T> values, string purpose) where T : unmanaged
    {
        DeviceBuffer buffer = Allocate(Math.Max(1, MemoryMarshal.AsBytes(values).Length), purpose);
        Write(buffer, 0, values);
        return buffer;
    }

    /// <summary>Copies to the device; the values may change as soon as it returns.</summary>
    public unsafe void Write<T>(DeviceBuffer target, long offset, ReadOnlySpan<T> values) where T : unmanaged
    {
        Enter();
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (bytes.IsEmpty) return;
        // From memory that can be paged the driver has copied to its own before it returns.
        _device.Timeline?.Begin(_stream);
        fixed (byte* source = bytes)
            CudaCheck.Require(CudaApi.cuMemcpyHtoDAsync_v2(target.At(offset, bytes.Length), source, (nuint)bytes.Length, _stream), $"Copying to the device{Trail()}", bytes.Length);
        _device.Timeline?.End("copy to the device", _stream);
    }

    /// <summary>A stream beside the session's, of which the caller takes care.</summary>
    public StreamHandle NewStream()
    {
        Enter();
        return new();
    }

    /// <summary>Copies from pinned memory in a stream of the caller's; the memory must not change before that is done.</summary>
    public unsafe void WriteFrom(nint pinned, DeviceBuffer target, long bytes, StreamHandle stream)
    {
        Enter();
        _device.Timeline?.Begin(stream);
        CudaCheck.Require(CudaApi.cuMemcpyHtoDAsync_v2(target.At(0, bytes), (void*)pinned, (nuint)bytes, stream), $"Copying to the device{Trail()}", bytes);
        _device.Timeline?.End("copy to the device", stream);
    }

    /// <summary>Copies from the device; the values are there when it returns.</summary>
    public unsafe void Read<T>(DeviceBuffer source, long offset, Span<T> values) where T : unmanaged
    {
        Enter();
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        if (bytes.IsEmpty) return;
        _device.Timeline?.Begin(_stream);
        fixed (byte* target = bytes)
        {
            CudaCheck.Require(CudaApi.cuMemcpyDtoHAsync_v2(target, source.At(offset, bytes.Length), (nuint)bytes.Length, _stream), $"Copying from the device{Trail()}", bytes.Length);
            _device.Timeline?.End("copy from the device", _stream);
            Synchronize();
        }
    }

    public void Copy(DeviceBuffer source, long sourceOffset, DeviceBuffer target, long targetOffset, long bytes)
    {
        Enter();
        _device.Timeline?.Begin(_stream);
        CudaCheck.Require(
            CudaApi.cuMemcpyDtoDAsync_v2(target.At(targetOffset, bytes), source.At(sourceOffset, bytes), (nuint)bytes, _stream), $"Copying on the device{Trail()}", bytes);
        _device.Timeline?.End("copy on the device", _stream);
    }

    /// <summary>Fills with zeros.</summary>
    /// <param name="bytes">A multiple of four.</param>
    public void Clear(DeviceBuffer target, long offset, long bytes)
    {
        Enter();
        _device.Timeline?.Begin(_stream);
        CudaCheck.Require(CudaApi.cuMemsetD32Async(target.At(offset, bytes), 0, (nuint)(bytes / 4), _stream), $"Clearing{Trail()}", bytes);
        _device.Timeline?.End("clear memory", _stream);
    }

    /// <summary>Starts a kernel after all that was asked before.</summary>
    /// <exception cref="CudaException">It could not be started, or something before it failed.</exception>
    public unsafe void Launch(KernelName kernel, KernelGrid grid, params ReadOnlySpan<KernelArgument> arguments)
    {
        Enter();
        nint function = _device.Kernels.Find(kernel);
        string description = $"{kernel.Name}<{grid.Blocks} x {grid.BlocksY} blocks, {grid.Threads} threads, {grid.SharedBytes} B shared>";
        // More than 48 kiB must be asked for once a kernel; asking again costs little.
        if (grid.SharedBytes > 48 << 10)
            CudaCheck.Require(CudaApi.cuFuncSetAttribute(function, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, grid.SharedBytes), description);
        _device.Timeline?.Begin(_stream);
        fixed (KernelArgument* values = arguments)
        {
            void** addresses = stackalloc void*[Math.Max(1, arguments.Length)];
            for (int i = 0; i < arguments.Length; i++) addresses[i] = values + i;
            CudaStatus status = CudaApi.cuLaunchKernel(
                function, checked((uint)grid.Blocks), (uint)grid.BlocksY, 1, (uint)grid.Threads, 1, 1, (uint)grid.SharedBytes, _stream, addresses, null);
            if (status != CudaStatus.Success) CudaCheck.Require(status, $"{description}({List(arguments)}){Trail()}");
        }
        _device.Timeline?.End(kernel.Name, _stream);
        if (_launched.Count == Remembered) _launched.Dequeue();
        _launched.Enqueue(description);
    }

    /// <summary>Waits until all is done.</summary>
    /// <exception cref="CudaException">Something failed; the message names the kernels that were started last.</exception>
    public void Synchronize()
    {
        Enter();
        _stream.Synchronize($"Work of the device{Trail()}");
        _launched.Clear();
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        // The device may be lost: then entering fails, and nothing is left to give back but handles.
        _ = _device.Context.TryEnter();
        foreach (DeviceBuffer buffer in _buffers.ToArray()) buffer.Dispose();
        _ = CudaApi.cuStreamSynchronize(_stream);
        _stream.Dispose();
        _isDisposed = true;
    }

    internal void Free(DeviceBuffer buffer)
    {
        if (!_buffers.Remove(buffer)) return;
        Used -= buffer.Bytes;
        _ = _device.Context.TryEnter();
        // A fault of the stream is told by the next operation that can throw.
        _ = CudaApi.cuMemFreeAsync(buffer.Address, _stream);
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        _device.Context.Enter();
    }

    private string Trail() => _launched.Count == 0 ? "" : $" (after {string.Join(", ", _launched)})";

    private static string List(ReadOnlySpan<KernelArgument> arguments)
    {
        List<string> texts = [];
        foreach (KernelArgument argument in arguments) texts.Add(argument.ToString());
        return string.Join(", ", texts);
    }
}
