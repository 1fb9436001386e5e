using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Sixteen lanes, in 512 bits.</summary>
internal readonly struct Words512 : IWordLanes<Vector512<uint>>
{
    private static Vector128<byte> ReversedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
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
        ? Avx512BW.Shuffle(a.AsByte(), Vector512.Create(ReversedBytes)).AsUInt32()
        : (RotateRight(a, 8) & Vector512.Create(0xFF00_FF00)) | (RotateRight(a, 24) & Vector512.Create(0x00FF_00FFu));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ref byte messages, ref nint offsets, ref Vector512<uint> words)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<uint> a = Rows(ref messages, ref offsets), b = Rows(ref messages, ref Unsafe.Add(ref offsets, 1));
            Vector512<uint> c = Rows(ref messages, ref Unsafe.Add(ref offsets, 2)), d = Rows(ref messages, ref Unsafe.Add(ref offsets, 3));
            Vector512<ulong> ab = Avx512F.UnpackLow(a, b).AsUInt64(), cd = Avx512F.UnpackLow(c, d).AsUInt64();
            words = Avx512F.UnpackLow(ab, cd).AsUInt32();
            Unsafe.Add(ref words, 1) = Avx512F.UnpackHigh(ab, cd).AsUInt32();
            (ab, cd) = (Avx512F.UnpackHigh(a, b).AsUInt64(), Avx512F.UnpackHigh(c, d).AsUInt64());
            Unsafe.Add(ref words, 2) = Avx512F.UnpackLow(ab, cd).AsUInt32();
            Unsafe.Add(ref words, 3) = Avx512F.UnpackHigh(ab, cd).AsUInt32();
            return;
        }
        LaneTranspose.Load(ref messages, ref offsets, Count, ref Unsafe.As<Vector512<uint>, uint>(ref words));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rows(ref byte messages, ref nint offsets) => Vector512.Create(
        Vector256.Create(LaneTranspose.Row(ref messages, offsets), LaneTranspose.Row(ref messages, Unsafe.Add(ref offsets, 4))),
        Vector256.Create(LaneTranspose.Row(ref messages, Unsafe.Add(ref offsets, 8)), LaneTranspose.Row(ref messages, Unsafe.Add(ref offsets, 12))));
}
