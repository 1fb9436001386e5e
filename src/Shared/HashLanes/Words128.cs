using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared;

/// <summary>Four lanes, in 128 bits.</summary>
internal readonly struct Words128 : IWordLanes<Vector128<uint>>
{
    private static Vector128<byte> ReversedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    }

    private static Vector128<byte> RightBy8
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
    }

    private static Vector128<byte> RightBy16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    }

    public static int Count => 4;

    public static Vector128<uint> LaneNumbers => Vector128<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Broadcast(uint value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> a, Vector128<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor(Vector128<uint> a, Vector128<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor3(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c) => a ^ b ^ c;

    // By whole bytes a shuffle does it in one instruction; 512 bits have a rotation of their own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> RotateRight(Vector128<uint> a, [ConstantExpected] byte bits) => bits switch
    {
        8 => Vector128.Shuffle(a.AsByte(), RightBy8).AsUInt32(),
        16 => Vector128.Shuffle(a.AsByte(), RightBy16).AsUInt32(),
        _ => (a >>> bits) | (a << (32 - bits)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Choose(Vector128<uint> mask, Vector128<uint> a, Vector128<uint> b) => b ^ (mask & (a ^ b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Majority(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c) => (a & b) | (c & (a | b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ShiftRight(Vector128<uint> a, [ConstantExpected] byte bits) => a >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> ReverseBytes(Vector128<uint> a) => Vector128.Shuffle(a.AsByte(), ReversedBytes).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadReversed(ref byte messages, ref nint offsets, ref Vector128<uint> words)
    {
        LaneTranspose.Load(ref messages, ref offsets, Count, 1, ref Unsafe.As<Vector128<uint>, uint>(ref words));
        for (int i = 0; i < 4; i++) Unsafe.Add(ref words, i) = ReverseBytes(Unsafe.Add(ref words, i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte messages, ref nint offsets, ref Vector128<uint> words, [ConstantExpected] int step) =>
        LaneTranspose.Load(ref messages, ref offsets, Count, step, ref Unsafe.As<Vector128<uint>, uint>(ref words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref Vector128<uint> words, ref byte messages, ref nint offsets, [ConstantExpected] int step) =>
        LaneTranspose.Store(ref Unsafe.As<Vector128<uint>, uint>(ref words), Count, ref messages, ref offsets, step);
}
