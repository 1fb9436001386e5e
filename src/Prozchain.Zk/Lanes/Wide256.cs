using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Four lanes of 64 bits, by AVX2.</summary>
internal struct Wide256 : IWideLanes<Wide256>
{
    private Vector256<ulong> _lanes;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Load(ref ulong source) => new() { _lanes = Vector256.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide256 value, ref ulong destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Create(ulong value) => new() { _lanes = Vector256.Create(value) };

    // left - (p - right): no sum leaves 64 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 operator +(Wide256 left, Wide256 right)
    {
        Vector256<ulong> p = Vector256.Create(Goldilocks.Modulus), complement = p - right._lanes;
        return new() { _lanes = left._lanes - complement + (Vector256.LessThan(left._lanes, complement) & p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 operator -(Wide256 left, Wide256 right) =>
        new() { _lanes = left._lanes - right._lanes + (Vector256.LessThan(left._lanes, right._lanes) & Vector256.Create(Goldilocks.Modulus)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 operator *(Wide256 left, Wide256 right)
    {
        Vector256<ulong> epsilon = Vector256.Create(0xFFFF_FFFFUL), p = Vector256.Create(Goldilocks.Modulus);
        Vector256<ulong> a = left._lanes >>> 32, b = right._lanes >>> 32, lowest = Avx2.Multiply(left._lanes.AsUInt32(), right._lanes.AsUInt32());
        // A product of halves leaves room for two more halves.
        Vector256<ulong> first = Avx2.Multiply(a.AsUInt32(), right._lanes.AsUInt32()) + (lowest >>> 32), second = Avx2.Multiply(left._lanes.AsUInt32(), b.AsUInt32()) + (first & epsilon);
        Vector256<ulong> high = Avx2.Multiply(a.AsUInt32(), b.AsUInt32()) + (first >>> 32) + (second >>> 32), low = (second << 32) | (lowest & epsilon);
        // low + (high's low half) * (2^32 - 1) - (high's high half)
        Vector256<ulong> top = high >>> 32, middle = Avx2.Multiply(high.AsUInt32(), epsilon.AsUInt32());
        Vector256<ulong> sum = low - top - (Vector256.LessThan(low, top) & epsilon) + middle;
        sum += (Vector256.LessThan(sum, middle) & epsilon);
        return new() { _lanes = sum - p + (Vector256.LessThan(sum, p) & p) };
    }

    public static void Transpose(ref ulong source, ref nint offsets, ref ulong destination)
    {
        for (int row = 0; row < Count; row++)
        {
            ref ulong from = ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row));
            for (int column = 0; column < Count; column++) Unsafe.Add(ref destination, column * Count + row) = Unsafe.Add(ref from, column);
        }
    }
}
