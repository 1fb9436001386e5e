using System.Runtime.InteropServices;

namespace Prozchain.AI.Engine;

/// <summary>Where a step finds a value: one instance behind another in the arena, or one constant for all of them.</summary>
internal readonly struct Operand(IntegerValue value, Memory<byte> memory, bool isShared)
{
    private readonly Memory<byte> _memory = memory;

    public IntegerValue Value { get; } = value;

    /// <summary>Whether all instances have one and the same.</summary>
    public bool IsShared { get; } = isShared;

    public int Elements => Value.Elements;

    private int Bytes => (int)Value.Bytes;

    /// <summary>A constant, or a reshape of it.</summary>
    public static Operand Shared(IntegerValue value, GraphConstant constant) => new(value, MemoryMarshal.AsMemory(constant.Bytes), true);

    /// <summary>The elements of all instances, or of the constant.</summary>
    public Span<T> All<T>(int batch) where T : unmanaged => MemoryMarshal.Cast<byte, T>(_memory.Span[..(IsShared ? Bytes : batch * Bytes)]);

    public Span<T> Of<T>(int instance) where T : unmanaged => MemoryMarshal.Cast<byte, T>(OfBytes(instance));

    public Span<byte> OfBytes(int instance) => _memory.Span.Slice(IsShared ? 0 : instance * Bytes, Bytes);
}
