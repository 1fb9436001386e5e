using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// 2^31 - 1 over lanes: with one factor doubled, the halves of a 64-bit product are its upper 31 bits and twice its
/// lower 31 bits, whose sum is the product.
/// </summary>
internal struct PackedMersenne31<TLanes> : IPacked<PackedMersenne31<TLanes>, Mersenne31> where TLanes : struct, ILanes<TLanes>
{
    private TLanes _lanes;

    public static int Count => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> Load(ref Mersenne31 source) => new() { _lanes = TLanes.Load(ref Unsafe.As<Mersenne31, uint>(ref source)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(PackedMersenne31<TLanes> value, ref Mersenne31 destination) =>
        TLanes.Store(value._lanes, ref Unsafe.As<Mersenne31, uint>(ref destination));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> Create(Mersenne31 value) => new() { _lanes = TLanes.Create(value.ToUInt32()) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> operator +(PackedMersenne31<TLanes> left, PackedMersenne31<TLanes> right) => Reduce(left._lanes + right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> operator -(PackedMersenne31<TLanes> left, PackedMersenne31<TLanes> right)
    {
        TLanes difference = left._lanes - right._lanes;
        return new() { _lanes = TLanes.Min(difference, difference + TLanes.Create(Mersenne31.Modulus)) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> operator *(PackedMersenne31<TLanes> left, PackedMersenne31<TLanes> right)
    {
        TLanes twice = left._lanes + left._lanes, even = TLanes.MultiplyEven(twice, right._lanes), odd = even;
        if (TLanes.Count > 1) odd = TLanes.MultiplyEven(TLanes.OddToEven(twice), TLanes.OddToEven(right._lanes));
        return Reduce(TLanes.MergeHigh(even, odd) + TLanes.ShiftRightOne(TLanes.MergeLow(even, odd)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> MultiplyUniform(PackedMersenne31<TLanes> value, PackedMersenne31<TLanes> uniform) => value * uniform;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> SumOfProducts(
        PackedMersenne31<TLanes> a, PackedMersenne31<TLanes> b, PackedMersenne31<TLanes> c, PackedMersenne31<TLanes> d,
        PackedMersenne31<TLanes> e, PackedMersenne31<TLanes> f, PackedMersenne31<TLanes> g, PackedMersenne31<TLanes> h) => a * b + c * d + e * f + g * h;

    public static void Transpose(ref Mersenne31 source, ref nint offsets, ref Mersenne31 destination) =>
        TLanes.Transpose(ref Unsafe.As<Mersenne31, uint>(ref source), ref offsets, ref Unsafe.As<Mersenne31, uint>(ref destination));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedMersenne31<TLanes> SumOfProducts(
        PackedMersenne31<TLanes> a, PackedMersenne31<TLanes> b, PackedMersenne31<TLanes> c, PackedMersenne31<TLanes> d, PackedMersenne31<TLanes> e,
        PackedMersenne31<TLanes> f, PackedMersenne31<TLanes> g, PackedMersenne31<TLanes> h, PackedMersenne31<TLanes> i, PackedMersenne31<TLanes> j) => SumOfProducts(a, b, c, d, e, f, g, h) + i * j;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Mersenne31 Dot(ref Mersenne31 left, ref Mersenne31 right, nint length)
    {
        PackedMersenne31<TLanes> sum = Create(Mersenne31.Zero);
        nint i = 0;
        for (; i <= length - Count; i += Count) sum += Load(ref Unsafe.Add(ref left, i)) * Load(ref Unsafe.Add(ref right, i));
        Lanes<Mersenne31> lanes = default;
        Store(sum, ref lanes[0]);
        Mersenne31 total = Mersenne31.Zero;
        for (int lane = 0; lane < Count; lane++) total += lanes[lane];
        for (; i < length; i++) total += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return total;
    }

    public static void AddToSums(ref Mersenne31 columns, nint stride, int count, ref Mersenne31 factors, nint factorStride, int coordinates, ref Mersenne31 sums, nint rows) =>
        PlainSums<Mersenne31>.Add(ref columns, stride, count, ref factors, factorStride, coordinates, ref sums, rows);

    public static void FinishSums(ref Mersenne31 sums, ref Mersenne31 destination, nint rows) => PlainSums<Mersenne31>.Finish(ref sums, ref destination, rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PackedMersenne31<TLanes> Reduce(TLanes sum) => new() { _lanes = TLanes.Min(sum, sum - TLanes.Create(Mersenne31.Modulus)) };
}
