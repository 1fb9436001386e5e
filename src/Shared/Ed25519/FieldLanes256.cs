using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Four lanes, by AVX2.</summary>
internal readonly unsafe struct FieldLanes256 : IFieldLanes<Vector256<ulong>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Broadcast(ulong value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Add(Vector256<ulong> a, Vector256<ulong> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Subtract(Vector256<ulong> a, Vector256<ulong> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Multiply(Vector256<ulong> a, Vector256<ulong> b) => Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> And(Vector256<ulong> a, Vector256<ulong> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Or(Vector256<ulong> a, Vector256<ulong> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftLeft(Vector256<ulong> a, [ConstantExpected] byte bits) => Avx2.ShiftLeftLogical(a, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> ShiftRight(Vector256<ulong> a, [ConstantExpected] byte bits) => Avx2.ShiftRightLogical(a, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Choose(Vector256<ulong> mask, Vector256<ulong> a, Vector256<ulong> b) => Avx2.BlendVariable(a, b, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> IsZero(Vector256<ulong> a) => Vector256.Equals(a, Vector256<ulong>.Zero);

    public static uint Signs(Vector256<ulong> a) => a.ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> NegativeDigits(sbyte* digits) =>
        Vector256.LessThan(Avx2.ConvertToVector256Int64(Vector128.CreateScalarUnsafe(*(uint*)digits).AsSByte()), Vector256<long>.Zero).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadRows(ulong* memory, nint* offsets, out Vector256<ulong> w0, out Vector256<ulong> w1, out Vector256<ulong> w2, out Vector256<ulong> w3)
    {
        Transpose(
            Vector256.Load(memory + offsets[0]), Vector256.Load(memory + offsets[1]), Vector256.Load(memory + offsets[2]), Vector256.Load(memory + offsets[3]),
            out w0, out w1, out w2, out w3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRows(ulong* memory, nint* offsets, Vector256<ulong> w0, Vector256<ulong> w1, Vector256<ulong> w2, Vector256<ulong> w3)
    {
        Transpose(w0, w1, w2, w3, out Vector256<ulong> a, out Vector256<ulong> b, out Vector256<ulong> c, out Vector256<ulong> d);
        a.Store(memory + offsets[0]);
        b.Store(memory + offsets[1]);
        c.Store(memory + offsets[2]);
        d.Store(memory + offsets[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c, Vector256<ulong> d,
        out Vector256<ulong> w0, out Vector256<ulong> w1, out Vector256<ulong> w2, out Vector256<ulong> w3)
    {
        Vector256<ulong> ab = Avx2.UnpackLow(a, b), cd = Avx2.UnpackLow(c, d);
        w0 = Avx2.Permute2x128(ab, cd, 0x20);
        w2 = Avx2.Permute2x128(ab, cd, 0x31);
        (ab, cd) = (Avx2.UnpackHigh(a, b), Avx2.UnpackHigh(c, d));
        w1 = Avx2.Permute2x128(ab, cd, 0x20);
        w3 = Avx2.Permute2x128(ab, cd, 0x31);
    }
}
