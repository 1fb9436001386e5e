using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Sixteen lanes, in 512 bits.</summary>
internal readonly struct Words512 : IWordLanes<Vector512<uint>>
{
    // Written out: the JIT makes a constant in memory of it, but four inserts of the same sixteen bytes repeated.
    private static Vector512<byte> ReversedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(
            (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28,
            35, 34, 33, 32, 39, 38, 37, 36, 43, 42, 41, 40, 47, 46, 45, 44, 51, 50, 49, 48, 55, 54, 53, 52, 59, 58, 57, 56, 63, 62, 61, 60);
    }

    public static int Count => 16;

    public static Vector512<uint> LaneNumbers => Vector512<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor3(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(a, b, c, 0x96) : a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> RotateRight(Vector512<uint> a, [ConstantExpected] byte bits) =>
        Avx512F.IsSupported ? Avx512F.RotateRight(a, bits) : (a >>> bits) | (a << (32 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Choose(Vector512<uint> mask, Vector512<uint> a, Vector512<uint> b) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(mask, a, b, 0xCA) : b ^ (mask & (a ^ b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Majority(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.IsSupported ? Avx512F.TernaryLogic(a, b, c, 0xE8) : (a & b) | (c & (a | b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ShiftRight(Vector512<uint> a, [ConstantExpected] byte bits) => a >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ReverseBytes(Vector512<uint> a) => Avx512BW.IsSupported
        ? Avx512BW.Shuffle(a.AsByte(), ReversedBytes).AsUInt32()
        : (RotateRight(a, 8) & Vector512.Create(0xFF00_FF00)) | (RotateRight(a, 24) & Vector512.Create(0x00FF_00FFu));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadReversed(ref byte messages, ref nint offsets, ref Vector512<uint> words)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<uint> a = Rows(ref messages, ref offsets, 1), b = Rows(ref messages, ref Unsafe.Add(ref offsets, 1), 1);
            Vector512<uint> c = Rows(ref messages, ref Unsafe.Add(ref offsets, 2), 1), d = Rows(ref messages, ref Unsafe.Add(ref offsets, 3), 1);
            (words, Unsafe.Add(ref words, 1), Unsafe.Add(ref words, 2), Unsafe.Add(ref words, 3)) = Transpose(ReverseBytes(a), ReverseBytes(b), ReverseBytes(c), ReverseBytes(d));
            return;
        }
        LaneTranspose.Load(ref messages, ref offsets, Count, 1, ref Unsafe.As<Vector512<uint>, uint>(ref words));
        for (int i = 0; i < 4; i++) Unsafe.Add(ref words, i) = ReverseBytes(Unsafe.Add(ref words, i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte messages, ref nint offsets, ref Vector512<uint> words, [ConstantExpected] int step)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<uint> a = Rows(ref messages, ref offsets, step), b = Rows(ref messages, ref Unsafe.Add(ref offsets, step), step);
            Vector512<uint> c = Rows(ref messages, ref Unsafe.Add(ref offsets, 2 * step), step), d = Rows(ref messages, ref Unsafe.Add(ref offsets, 3 * step), step);
            (words, Unsafe.Add(ref words, 1), Unsafe.Add(ref words, 2), Unsafe.Add(ref words, 3)) = Transpose(a, b, c, d);
            return;
        }
        LaneTranspose.Load(ref messages, ref offsets, Count, step, ref Unsafe.As<Vector512<uint>, uint>(ref words));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref Vector512<uint> words, ref byte messages, ref nint offsets, [ConstantExpected] int step)
    {
        if (Avx512F.IsSupported)
        {
            (Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d) = Transpose(words, Unsafe.Add(ref words, 1), Unsafe.Add(ref words, 2), Unsafe.Add(ref words, 3));
            Put(a, ref messages, ref offsets, step);
            Put(b, ref messages, ref Unsafe.Add(ref offsets, step), step);
            Put(c, ref messages, ref Unsafe.Add(ref offsets, 2 * step), step);
            Put(d, ref messages, ref Unsafe.Add(ref offsets, 3 * step), step);
            return;
        }
        LaneTranspose.Store(ref Unsafe.As<Vector512<uint>, uint>(ref words), Count, ref messages, ref offsets, step);
    }

    // Four by four words within each 128 bits; its own inverse.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint>, Vector512<uint>, Vector512<uint>, Vector512<uint>) Transpose(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d)
    {
        Vector512<ulong> abLow = Avx512F.UnpackLow(a, b).AsUInt64(), cdLow = Avx512F.UnpackLow(c, d).AsUInt64();
        Vector512<ulong> abHigh = Avx512F.UnpackHigh(a, b).AsUInt64(), cdHigh = Avx512F.UnpackHigh(c, d).AsUInt64();
        return (Avx512F.UnpackLow(abLow, cdLow).AsUInt32(), Avx512F.UnpackHigh(abLow, cdLow).AsUInt32(), Avx512F.UnpackLow(abHigh, cdHigh).AsUInt32(), Avx512F.UnpackHigh(abHigh, cdHigh).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<uint> rows, ref byte messages, ref nint offsets, int step)
    {
        rows.GetLower().GetLower().AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, offsets));
        rows.GetLower().GetUpper().AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref offsets, 4 * step)));
        rows.GetUpper().GetLower().AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref offsets, 8 * step)));
        rows.GetUpper().GetUpper().AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref offsets, 12 * step)));
    }

    // By inserts: Vector512.Create of parts first reads what it then overwrites.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rows(ref byte messages, ref nint offsets, int step) => Avx512F.InsertVector256(
        Pair(ref messages, offsets, Unsafe.Add(ref offsets, 4 * step)).ToVector512Unsafe(), Pair(ref messages, Unsafe.Add(ref offsets, 8 * step), Unsafe.Add(ref offsets, 12 * step)), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pair(ref byte messages, nint low, nint high) =>
        Avx2.InsertVector128(LaneTranspose.Row(ref messages, low).ToVector256Unsafe(), LaneTranspose.Row(ref messages, high), 1);
}
