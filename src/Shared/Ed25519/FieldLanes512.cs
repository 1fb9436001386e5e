using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Eight lanes, by AVX-512.</summary>
internal readonly unsafe struct FieldLanes512 : IFieldLanes<Vector512<ulong>>
{
    public static bool IsSupported => Avx512F.IsSupported;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Broadcast(ulong value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Add(Vector512<ulong> a, Vector512<ulong> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Subtract(Vector512<ulong> a, Vector512<ulong> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Multiply(Vector512<ulong> a, Vector512<ulong> b) => Avx512F.Multiply(a.AsUInt32(), b.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> And(Vector512<ulong> a, Vector512<ulong> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Or(Vector512<ulong> a, Vector512<ulong> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftLeft(Vector512<ulong> a, [ConstantExpected] byte bits) => Avx512F.ShiftLeftLogical(a, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> ShiftRight(Vector512<ulong> a, [ConstantExpected] byte bits) => Avx512F.ShiftRightLogical(a, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Choose(Vector512<ulong> mask, Vector512<ulong> a, Vector512<ulong> b) => Avx512F.TernaryLogic(mask, b, a, 0xCA);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> IsZero(Vector512<ulong> a) => Vector512.Equals(a, Vector512<ulong>.Zero);

    public static uint Signs(Vector512<ulong> a) => (uint)a.ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> NegativeDigits(sbyte* digits) =>
        Avx512F.ShiftRightArithmetic(Avx512F.ConvertToVector512Int64(Vector128.CreateScalarUnsafe(*(ulong*)digits).AsSByte()), 63).AsUInt64();

    // Rows 0 and 2, 1 and 3, 4 and 6, 5 and 7 share a register, so that two shuffles bring a word of all rows in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRows(ulong* memory, nint* offsets, out Vector512<ulong> w0, out Vector512<ulong> w1, out Vector512<ulong> w2, out Vector512<ulong> w3)
    {
        Vector512<ulong> a = Pair(memory + offsets[0], memory + offsets[2]), b = Pair(memory + offsets[1], memory + offsets[3]);
        Vector512<ulong> c = Pair(memory + offsets[4], memory + offsets[6]), d = Pair(memory + offsets[5], memory + offsets[7]);
        Vector512<ulong> first = Avx512F.UnpackLow(a, b), second = Avx512F.UnpackLow(c, d);
        w0 = Avx512F.Shuffle4x128(first, second, 0b10_00_10_00);
        w2 = Avx512F.Shuffle4x128(first, second, 0b11_01_11_01);
        (first, second) = (Avx512F.UnpackHigh(a, b), Avx512F.UnpackHigh(c, d));
        w1 = Avx512F.Shuffle4x128(first, second, 0b10_00_10_00);
        w3 = Avx512F.Shuffle4x128(first, second, 0b11_01_11_01);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRows(ulong* memory, nint* offsets, Vector512<ulong> w0, Vector512<ulong> w1, Vector512<ulong> w2, Vector512<ulong> w3)
    {
        Vector512<ulong> low = Vector512.Create(0UL, 1, 8, 9, 2, 3, 10, 11), high = Vector512.Create(4UL, 5, 12, 13, 6, 7, 14, 15);
        Vector512<ulong> a = Avx512F.UnpackLow(w0, w1), b = Avx512F.UnpackLow(w2, w3), c = Avx512F.UnpackHigh(w0, w1), d = Avx512F.UnpackHigh(w2, w3);
        Split(Avx512F.PermuteVar8x64x2(a, low, b), memory + offsets[0], memory + offsets[2]);
        Split(Avx512F.PermuteVar8x64x2(a, high, b), memory + offsets[4], memory + offsets[6]);
        Split(Avx512F.PermuteVar8x64x2(c, low, d), memory + offsets[1], memory + offsets[3]);
        Split(Avx512F.PermuteVar8x64x2(c, high, d), memory + offsets[5], memory + offsets[7]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Pair(ulong* low, ulong* high) => Avx512F.InsertVector256(Vector256.Load(low).ToVector512Unsafe(), Vector256.Load(high), 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(Vector512<ulong> rows, ulong* low, ulong* high)
    {
        rows.GetLower().Store(low);
        Avx512F.ExtractVector256(rows, 1).Store(high);
    }
}
