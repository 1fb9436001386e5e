using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Goldilocks in 64-bit lanes.</summary>
internal struct PackedGoldilocks<TLanes> : IPacked<PackedGoldilocks<TLanes>, Goldilocks> where TLanes : struct, IWideLanes<TLanes>
{
    private TLanes _lanes;

    public static int Count => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> Load(ref Goldilocks source) => new() { _lanes = TLanes.Load(ref Bits(ref source)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(PackedGoldilocks<TLanes> value, ref Goldilocks destination) => TLanes.Store(value._lanes, ref Bits(ref destination));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> Create(Goldilocks value) => new() { _lanes = TLanes.Create(value.ToUInt64()) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> operator +(PackedGoldilocks<TLanes> left, PackedGoldilocks<TLanes> right) => new() { _lanes = left._lanes + right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> operator -(PackedGoldilocks<TLanes> left, PackedGoldilocks<TLanes> right) => new() { _lanes = left._lanes - right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> operator *(PackedGoldilocks<TLanes> left, PackedGoldilocks<TLanes> right) => new() { _lanes = left._lanes * right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> MultiplyUniform(PackedGoldilocks<TLanes> value, PackedGoldilocks<TLanes> uniform) => value * uniform;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> SumOfProducts(
        PackedGoldilocks<TLanes> a, PackedGoldilocks<TLanes> b, PackedGoldilocks<TLanes> c, PackedGoldilocks<TLanes> d,
        PackedGoldilocks<TLanes> e, PackedGoldilocks<TLanes> f, PackedGoldilocks<TLanes> g, PackedGoldilocks<TLanes> h) => a * b + c * d + (e * f + g * h);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedGoldilocks<TLanes> SumOfProducts(
        PackedGoldilocks<TLanes> a, PackedGoldilocks<TLanes> b, PackedGoldilocks<TLanes> c, PackedGoldilocks<TLanes> d,
        PackedGoldilocks<TLanes> e, PackedGoldilocks<TLanes> f, PackedGoldilocks<TLanes> g, PackedGoldilocks<TLanes> h,
        PackedGoldilocks<TLanes> i, PackedGoldilocks<TLanes> j) => a * b + c * d + (e * f + g * h) + i * j;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Goldilocks source, ref nint offsets, ref Goldilocks destination) =>
        TLanes.Transpose(ref Bits(ref source), ref offsets, ref Bits(ref destination));

    // Two sums, so that additions wait less for each other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void AddToSums(ref Goldilocks columns, nint stride, int count, ref Goldilocks factors, nint factorStride, int coordinates, ref Goldilocks sums, nint rows) =>
        PlainSums<Goldilocks>.Add(ref columns, stride, count, ref factors, factorStride, coordinates, ref sums, rows);

    public static void FinishSums(ref Goldilocks sums, ref Goldilocks destination, nint rows) => PlainSums<Goldilocks>.Finish(ref sums, ref destination, rows);

    public static Goldilocks Dot(ref Goldilocks left, ref Goldilocks right, nint length)
    {
        PackedGoldilocks<TLanes> even = Create(Goldilocks.Zero), odd = even;
        nint i = 0;
        for (; i <= length - 2 * Count; i += 2 * Count)
        {
            even += Load(ref Unsafe.Add(ref left, i)) * Load(ref Unsafe.Add(ref right, i));
            odd += Load(ref Unsafe.Add(ref left, i + Count)) * Load(ref Unsafe.Add(ref right, i + Count));
        }
        Lanes<Goldilocks> room = default;
        ref Goldilocks lanes = ref Unsafe.As<Lanes<Goldilocks>, Goldilocks>(ref room);
        Store(even + odd, ref lanes);
        Goldilocks sum = Goldilocks.Zero;
        for (int lane = 0; lane < Count; lane++) sum += Unsafe.Add(ref lanes, lane);
        for (; i < length; i++) sum += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Bits(ref Goldilocks element) => ref Unsafe.As<Goldilocks, ulong>(ref element);
}
