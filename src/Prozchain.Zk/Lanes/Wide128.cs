using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Two lanes of 64 bits, by SSE2 or by whatever 128-bit vectors the machine has.</summary>
internal struct Wide128 : IWideLanes<Wide128>
{
    private Vector128<ulong> _lanes;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Load(ref ulong source) => new() { _lanes = Vector128.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide128 value, ref ulong destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Create(ulong value) => new() { _lanes = Vector128.Create(value) };

    // left - (p - right): no sum leaves 64 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator +(Wide128 left, Wide128 right)
    {
        Vector128<ulong> p = Vector128.Create(Goldilocks.Modulus), complement = p - right._lanes;
        return new() { _lanes = left._lanes - complement + (Vector128.LessThan(left._lanes, complement) & p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator -(Wide128 left, Wide128 right) =>
        new() { _lanes = left._lanes - right._lanes + (Vector128.LessThan(left._lanes, right._lanes) & Vector128.Create(Goldilocks.Modulus)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator *(Wide128 left, Wide128 right)
    {
        Vector128<ulong> epsilon = Vector128.Create(0xFFFF_FFFFUL), p = Vector128.Create(Goldilocks.Modulus);
        Vector128<ulong> a = left._lanes >>> 32, b = right._lanes >>> 32, lowest = Product(left._lanes, right._lanes);
        // A product of halves leaves room for two more halves.
        Vector128<ulong> first = Product(a, right._lanes) + (lowest >>> 32), second = Product(left._lanes, b) + (first & epsilon);
        Vector128<ulong> high = Product(a, b) + (first >>> 32) + (second >>> 32), low = (second << 32) | (lowest & epsilon);
        // low + (high's low half) * (2^32 - 1) - (high's high half)
        Vector128<ulong> top = high >>> 32, middle = Product(high, epsilon);
        Vector128<ulong> sum = low - top - (Vector128.LessThan(low, top) & epsilon) + middle;
        sum += (Vector128.LessThan(sum, middle) & epsilon);
        return new() { _lanes = sum - p + (Vector128.LessThan(sum, p) & p) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Product(Vector128<ulong> left, Vector128<ulong> right) => Sse2.IsSupported
        ? Sse2.Multiply(left.AsUInt32(), right.AsUInt32())
        : (left & Vector128.Create(0xFFFF_FFFFUL)) * (right & Vector128.Create(0xFFFF_FFFFUL));

    public static void Transpose(ref ulong source, ref nint offsets, ref ulong destination)
    {
        for (int row = 0; row < Count; row++)
        {
            ref ulong from = ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row));
            for (int column = 0; column < Count; column++) Unsafe.Add(ref destination, column * Count + row) = Unsafe.Add(ref from, column);
        }
    }
}
