using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Eight lanes, in 256 bits.</summary>
internal readonly struct Words256 : IWordLanes<Vector256<uint>>
{
    private static Vector256<byte> ReversedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28);
    }

    private static Vector256<byte> RightBy8
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12, 17, 18, 19, 16, 21, 22, 23, 20, 25, 26, 27, 24, 29, 30, 31, 28);
    }

    private static Vector256<byte> RightBy16
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 18, 19, 16, 17, 22, 23, 20, 21, 26, 27, 24, 25, 30, 31, 28, 29);
    }

    public static int Count => 8;

    public static Vector256<uint> LaneNumbers => Vector256<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(uint value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> a, Vector256<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor3(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => a ^ b ^ c;

    // By whole bytes a shuffle does it in one instruction; 512 bits have a rotation of their own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> RotateRight(Vector256<uint> a, [ConstantExpected] byte bits) => bits switch
    {
        8 => Vector256.Shuffle(a.AsByte(), RightBy8).AsUInt32(),
        16 => Vector256.Shuffle(a.AsByte(), RightBy16).AsUInt32(),
        _ => (a >>> bits) | (a << (32 - bits)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Choose(Vector256<uint> mask, Vector256<uint> a, Vector256<uint> b) => b ^ (mask & (a ^ b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Majority(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => (a & b) | (c & (a | b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ShiftRight(Vector256<uint> a, [ConstantExpected] byte bits) => a >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ReverseBytes(Vector256<uint> a) => Vector256.Shuffle(a.AsByte(), ReversedBytes).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadReversed(ref byte messages, ref nint offsets, ref Vector256<uint> words)
    {
        if (Avx2.IsSupported)
        {
            Vector256<uint> a = Rows(ref messages, ref offsets, 1), b = Rows(ref messages, ref Unsafe.Add(ref offsets, 1), 1);
            Vector256<uint> c = Rows(ref messages, ref Unsafe.Add(ref offsets, 2), 1), d = Rows(ref messages, ref Unsafe.Add(ref offsets, 3), 1);
            (words, Unsafe.Add(ref words, 1), Unsafe.Add(ref words, 2), Unsafe.Add(ref words, 3)) = Transpose(ReverseBytes(a), ReverseBytes(b), ReverseBytes(c), ReverseBytes(d));
            return;
        }
        LaneTranspose.Load(ref messages, ref offsets, Count, 1, ref Unsafe.As<Vector256<uint>, uint>(ref words));
        for (int i = 0; i < 4; i++) Unsafe.Add(ref words, i) = ReverseBytes(Unsafe.Add(ref words, i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte messages, ref nint offsets, ref Vector256<uint> words, [ConstantExpected] int step)
    {
        if (Avx2.IsSupported)
        {
            Vector256<uint> a = Rows(ref messages, ref offsets, step), b = Rows(ref messages, ref Unsafe.Add(ref offsets, step), step);
            Vector256<uint> c = Rows(ref messages, ref Unsafe.Add(ref offsets, 2 * step), step), d = Rows(ref messages, ref Unsafe.Add(ref offsets, 3 * step), step);
            (words, Unsafe.Add(ref words, 1), Unsafe.Add(ref words, 2), Unsafe.Add(ref words, 3)) = Transpose(a, b, c, d);
            return;
        }
        LaneTranspose.Load(ref messages, ref offsets, Count, step, ref Unsafe.As<Vector256<uint>, uint>(ref words));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref Vector256<uint> words, ref byte messages, ref nint offsets, [ConstantExpected] int step)
    {
        if (Avx2.IsSupported)
        {
            (Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d) = Transpose(words, Unsafe.Add(ref words, 1), Unsafe.Add(ref words, 2), Unsafe.Add(ref words, 3));
            Put(a, ref messages, ref offsets, step);
            Put(b, ref messages, ref Unsafe.Add(ref offsets, step), step);
            Put(c, ref messages, ref Unsafe.Add(ref offsets, 2 * step), step);
            Put(d, ref messages, ref Unsafe.Add(ref offsets, 3 * step), step);
            return;
        }
        LaneTranspose.Store(ref Unsafe.As<Vector256<uint>, uint>(ref words), Count, ref messages, ref offsets, step);
    }

    // Four by four words within each 128 bits; its own inverse.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint>, Vector256<uint>, Vector256<uint>, Vector256<uint>) Transpose(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d)
    {
        Vector256<ulong> abLow = Avx2.UnpackLow(a, b).AsUInt64(), cdLow = Avx2.UnpackLow(c, d).AsUInt64();
        Vector256<ulong> abHigh = Avx2.UnpackHigh(a, b).AsUInt64(), cdHigh = Avx2.UnpackHigh(c, d).AsUInt64();
        return (Avx2.UnpackLow(abLow, cdLow).AsUInt32(), Avx2.UnpackHigh(abLow, cdLow).AsUInt32(), Avx2.UnpackLow(abHigh, cdHigh).AsUInt32(), Avx2.UnpackHigh(abHigh, cdHigh).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<uint> rows, ref byte messages, ref nint offsets, int step)
    {
        rows.GetLower().AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, offsets));
        rows.GetUpper().AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref offsets, 4 * step)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rows(ref byte messages, ref nint offsets, int step) => Vector256.Create(
        LaneTranspose.Row(ref messages, offsets), LaneTranspose.Row(ref messages, Unsafe.Add(ref offsets, 4 * step)));
}
