using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Eight lanes of 64 bits, by AVX-512F.</summary>
internal struct Wide512 : IWideLanes<Wide512>
{
    private Vector512<ulong> _lanes;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Load(ref ulong source) => new() { _lanes = Vector512.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide512 value, ref ulong destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 Create(ulong value) => new() { _lanes = Vector512.Create(value) };

    // left - (p - right): no sum leaves 64 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator +(Wide512 left, Wide512 right)
    {
        Vector512<ulong> p = Vector512.Create(Goldilocks.Modulus), complement = p - right._lanes;
        return new() { _lanes = left._lanes - complement + Vector512.ConditionalSelect(Vector512.LessThan(left._lanes, complement), p, Vector512<ulong>.Zero) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator -(Wide512 left, Wide512 right) =>
        new() { _lanes = left._lanes - right._lanes + Vector512.ConditionalSelect(Vector512.LessThan(left._lanes, right._lanes), Vector512.Create(Goldilocks.Modulus), Vector512<ulong>.Zero) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512 operator *(Wide512 left, Wide512 right)
    {
        Vector512<ulong> epsilon = Vector512.Create(0xFFFF_FFFFUL), p = Vector512.Create(Goldilocks.Modulus);
        Vector512<ulong> a = left._lanes >>> 32, b = right._lanes >>> 32, lowest = Avx512F.Multiply(left._lanes.AsUInt32(), right._lanes.AsUInt32());
        // A product of halves leaves room for two more halves.
        Vector512<ulong> first = Avx512F.Multiply(a.AsUInt32(), right._lanes.AsUInt32()) + (lowest >>> 32), second = Avx512F.Multiply(left._lanes.AsUInt32(), b.AsUInt32()) + (first & epsilon);
        Vector512<ulong> high = Avx512F.Multiply(a.AsUInt32(), b.AsUInt32()) + (first >>> 32) + (second >>> 32), low = (second << 32) | (lowest & epsilon);
        // low + (high's low half) * (2^32 - 1) - (high's high half)
        Vector512<ulong> top = high >>> 32, middle = Avx512F.Multiply(high.AsUInt32(), epsilon.AsUInt32());
        Vector512<ulong> sum = low - top - Vector512.ConditionalSelect(Vector512.LessThan(low, top), epsilon, Vector512<ulong>.Zero) + middle;
        sum += Vector512.ConditionalSelect(Vector512.LessThan(sum, middle), epsilon, Vector512<ulong>.Zero);
        return new() { _lanes = sum - p + Vector512.ConditionalSelect(Vector512.LessThan(sum, p), p, Vector512<ulong>.Zero) };
    }

    // Pairs of lanes, then quarters of vectors twice.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(ref ulong source, ref nint offsets, ref ulong destination)
    {
        Vector512<ulong> r0 = At(ref source, ref offsets, 0), r1 = At(ref source, ref offsets, 1), r2 = At(ref source, ref offsets, 2), r3 = At(ref source, ref offsets, 3);
        Vector512<ulong> r4 = At(ref source, ref offsets, 4), r5 = At(ref source, ref offsets, 5), r6 = At(ref source, ref offsets, 6), r7 = At(ref source, ref offsets, 7);
        Quarters(Avx512F.UnpackLow(r0, r1), Avx512F.UnpackLow(r2, r3), Avx512F.UnpackLow(r4, r5), Avx512F.UnpackLow(r6, r7), ref destination);
        Quarters(Avx512F.UnpackHigh(r0, r1), Avx512F.UnpackHigh(r2, r3), Avx512F.UnpackHigh(r4, r5), Avx512F.UnpackHigh(r6, r7), ref Unsafe.Add(ref destination, 8));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<ulong> At(ref ulong source, ref nint offsets, int row) => Vector512.LoadUnsafe(ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row)));
    }

    // Quarter q of the four vectors, side by side, is row 2q of the destination.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d, ref ulong destination)
    {
        Vector512<ulong> ab = Avx512F.Shuffle4x128(a, b, 0x44), cd = Avx512F.Shuffle4x128(c, d, 0x44);
        Vector512<ulong> ef = Avx512F.Shuffle4x128(a, b, 0xEE), gh = Avx512F.Shuffle4x128(c, d, 0xEE);
        Avx512F.Shuffle4x128(ab, cd, 0x88).StoreUnsafe(ref destination);
        Avx512F.Shuffle4x128(ab, cd, 0xDD).StoreUnsafe(ref Unsafe.Add(ref destination, 16));
        Avx512F.Shuffle4x128(ef, gh, 0x88).StoreUnsafe(ref Unsafe.Add(ref destination, 32));
        Avx512F.Shuffle4x128(ef, gh, 0xDD).StoreUnsafe(ref Unsafe.Add(ref destination, 48));
    }
}
