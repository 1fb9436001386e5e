namespace Prozchain.Zk.Cuda.Driver;

/// <summary>An argument of a kernel: an address, or an integer of 4 or 8 bytes, as the kernel declares it (little-endian either way).</summary>
internal readonly struct KernelArgument
{
    private readonly ulong _value;

    private KernelArgument(ulong value) => _value = value;

    public static implicit operator KernelArgument(ulong value) => new(value);

    public static implicit operator KernelArgument(long value) => new((ulong)value);

    public static implicit operator KernelArgument(uint value) => new(value);

    public static implicit operator KernelArgument(int value) => new((uint)value);

    public static implicit operator KernelArgument(DeviceBuffer buffer) => new(buffer.Address);

    public override string ToString() => _value > uint.MaxValue ? $"0x{_value:x}" : $"{_value}";
}

/// <summary>A kernel by the file that it is in and its name there.</summary>
internal readonly record struct KernelName(string Module, string Name);

/// <summary>How many threads run a kernel.</summary>
/// <param name="Blocks">Blocks, in x; at least one.</param>
/// <param name="Threads">Threads of a block, at most what the kernel declares.</param>
/// <param name="SharedBytes">Shared memory of a block.</param>
/// <param name="BlocksY">Blocks in y, at most 65535.</param>
internal readonly record struct KernelGrid(long Blocks, int Threads, int SharedBytes = 0, int BlocksY = 1)
{
    /// <summary>Blocks for a thread of each of many items, but no more than a device keeps busy: for kernels that go in strides of the grid.</summary>
    public static KernelGrid ForEach(long items, int threads = 256) => new(Math.Clamp((items + threads - 1) / threads, 1, 1 << 16), threads);
}
