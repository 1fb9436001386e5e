using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>One lane: a plain word. The kernels at this width are what the wider ones are tested against.</summary>
internal readonly struct Words1 : IWordLanes<uint>
{
    public static int Count => 1;

    public static uint LaneNumbers => 0;

    public static uint Broadcast(uint value) => value;

    public static uint Add(uint a, uint b) => a + b;

    public static uint Xor(uint a, uint b) => a ^ b;

    public static uint Xor3(uint a, uint b, uint c) => a ^ b ^ c;

    public static uint RotateRight(uint a, [ConstantExpected] byte bits) => BitOperations.RotateRight(a, bits);

    public static uint ShiftRight(uint a, [ConstantExpected] byte bits) => a >> bits;

    public static uint Choose(uint mask, uint a, uint b) => b ^ (mask & (a ^ b));

    public static uint Majority(uint a, uint b, uint c) => (a & b) | (c & (a | b));

    public static uint ReverseBytes(uint a) => BinaryPrimitives.ReverseEndianness(a);

    public static void LoadReversed(ref byte messages, ref nint offsets, ref uint words)
    {
        for (int i = 0; i < 4; i++) Unsafe.Add(ref words, i) = ReverseBytes(Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref messages, offsets + 4 * i)));
    }

    public static void Load(ref byte messages, ref nint offsets, ref uint words, [ConstantExpected] int step)
    {
        for (int i = 0; i < 4; i++) Unsafe.Add(ref words, i) = Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref messages, offsets + 4 * i));
    }

    public static void Store(ref uint words, ref byte messages, ref nint offsets, [ConstantExpected] int step)
    {
        for (int i = 0; i < 4; i++) Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref messages, offsets + 4 * i), Unsafe.Add(ref words, i));
    }
}
