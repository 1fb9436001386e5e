using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// The 31-bit Montgomery kernel, once for every prime and every width. A lane holds x * 2^32 mod p, reduced.
/// </summary>
/// <remarks>
/// Sums are below 2p &lt; 2^32, and a difference that wraps is above any reduced one, so one minimum reduces either.
/// Products are formed for even and odd lanes apart, 64 bits wide and below p^2; with q = x / p mod 2^32, x - q p is a
/// multiple of 2^32, so that its high half, within p of zero, is the product's Montgomery form.
/// </remarks>
internal struct Packed31<TParameters, TLanes> : IPacked<Packed31<TParameters, TLanes>, Field31<TParameters>>
    where TParameters : struct, IField31Parameters
    where TLanes : struct, ILanes<TLanes>
{
    // Set by initialisers, not a constructor: each call that the JIT must inline counts against its budget for a kernel.
    private TLanes _lanes;

    public static int Count => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> Load(ref Field31<TParameters> source) => new() { _lanes = TLanes.Load(ref Unsafe.As<Field31<TParameters>, uint>(ref source)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Packed31<TParameters, TLanes> value, ref Field31<TParameters> destination) => 
        TLanes.Store(value._lanes, ref Unsafe.As<Field31<TParameters>, uint>(ref destination));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> Create(Field31<TParameters> value) => new() { _lanes = TLanes.Create(Bits(ref value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> operator +(Packed31<TParameters, TLanes> left, Packed31<TParameters, TLanes> right)
    {
        TLanes sum = left._lanes + right._lanes;
        return new() { _lanes = TLanes.Min(sum, sum - TLanes.Create(TParameters.Modulus)) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> operator -(Packed31<TParameters, TLanes> left, Packed31<TParameters, TLanes> right)
    {
        TLanes difference = left._lanes - right._lanes;
        return new() { _lanes = TLanes.Min(difference, difference + TLanes.Create(TParameters.Modulus)) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> operator *(Packed31<TParameters, TLanes> left, Packed31<TParameters, TLanes> right)
    {
        TLanes even = TLanes.MultiplyEven(left._lanes, right._lanes);
        return Reduce(even, TLanes.Count == 1 ? even : TLanes.MultiplyEven(TLanes.OddToEven(left._lanes), TLanes.OddToEven(right._lanes)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> MultiplyUniform(Packed31<TParameters, TLanes> value, Packed31<TParameters, TLanes> uniform)
    {
        TLanes even = TLanes.MultiplyEven(value._lanes, uniform._lanes);
        return Reduce(even, TLanes.Count == 1 ? even : TLanes.MultiplyEven(TLanes.OddToEven(value._lanes), uniform._lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> SumOfProducts(
        Packed31<TParameters, TLanes> a, Packed31<TParameters, TLanes> b, Packed31<TParameters, TLanes> c, Packed31<TParameters, TLanes> d,
        Packed31<TParameters, TLanes> e, Packed31<TParameters, TLanes> f, Packed31<TParameters, TLanes> g, Packed31<TParameters, TLanes> h) => new()
        {
            _lanes = TLanes.SumOfProducts(a._lanes, b._lanes, c._lanes, d._lanes, e._lanes, f._lanes, g._lanes, h._lanes, TParameters.Modulus, TParameters.ModulusInverse),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Packed31<TParameters, TLanes> SumOfProducts(
        Packed31<TParameters, TLanes> a, Packed31<TParameters, TLanes> b, Packed31<TParameters, TLanes> c, Packed31<TParameters, TLanes> d, Packed31<TParameters, TLanes> e,
        Packed31<TParameters, TLanes> f, Packed31<TParameters, TLanes> g, Packed31<TParameters, TLanes> h, Packed31<TParameters, TLanes> i, Packed31<TParameters, TLanes> j) => new()
        {
            _lanes = TLanes.SumOfProducts(a._lanes, b._lanes, c._lanes, d._lanes, e._lanes, f._lanes, g._lanes, h._lanes, i._lanes, j._lanes, TParameters.Modulus, TParameters.ModulusInverse),
        };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Field31<TParameters> source, ref nint offsets, ref Field31<TParameters> destination) =>
        TLanes.Transpose(ref Bits(ref source), ref offsets, ref Bits(ref destination));

    // As for four products, twice: two sums whose high halves are below p are below 2p there.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void AddEight(
        ref nint terms, ref Field31<TParameters> factors, ref Field31<TParameters> target, nint stride, int sums, nint length)
    {
        if (TLanes.Count == 1)
        {
            for (nint at = 0; at < sums * length; at++)
            {
                (nint k, nint i) = (at / length, at % length);
                for (int j = 0; j < 8; j++) Unsafe.Add(ref target, k * stride + i) += ((Field31<TParameters>*)Unsafe.Add(ref terms, j))[i] * Unsafe.Add(ref factors, j * sums + k);
            }
            return;
        }
        uint* p0 = At(ref terms, 0), p1 = At(ref terms, 1), p2 = At(ref terms, 2), p3 = At(ref terms, 3);
        uint* p4 = At(ref terms, 4), p5 = At(ref terms, 5), p6 = At(ref terms, 6), p7 = At(ref terms, 7);
        ref uint factor = ref Bits(ref factors);
        ref uint sum = ref Bits(ref target);
        TLanes highModulus = TLanes.MergeHigh(TLanes.Create(0), TLanes.Create(TParameters.Modulus)), modulus = TLanes.Create(TParameters.Modulus);
        for (nint i = 0; i < length; i += TLanes.Count)
        {
            TLanes a = TLanes.Load(ref p0[i]), b = TLanes.Load(ref p1[i]), c = TLanes.Load(ref p2[i]), d = TLanes.Load(ref p3[i]);
            TLanes e = TLanes.Load(ref p4[i]), f = TLanes.Load(ref p5[i]), g = TLanes.Load(ref p6[i]), h = TLanes.Load(ref p7[i]);
            TLanes a1 = TLanes.OddToEven(a), b1 = TLanes.OddToEven(b), c1 = TLanes.OddToEven(c), d1 = TLanes.OddToEven(d);
            TLanes e1 = TLanes.OddToEven(e), f1 = TLanes.OddToEven(f), g1 = TLanes.OddToEven(g), h1 = TLanes.OddToEven(h);
            for (nint k = 0; k < sums; k++)
            {
                ref uint x = ref Unsafe.Add(ref factor, k);
                TLanes w = TLanes.Create(x), even = TLanes.MultiplyEven(a, w), odd = TLanes.MultiplyEven(a1, w);
                w = TLanes.Create(Unsafe.Add(ref x, sums));
                even = TLanes.AddWide(even, TLanes.MultiplyEven(b, w));
                odd = TLanes.AddWide(odd, TLanes.MultiplyEven(b1, w));
                w = TLanes.Create(Unsafe.Add(ref x, 2 * sums));
                even = TLanes.AddWide(even, TLanes.MultiplyEven(c, w));
                odd = TLanes.AddWide(odd, TLanes.MultiplyEven(c1, w));
                w = TLanes.Create(Unsafe.Add(ref x, 3 * sums));
                even = TLanes.AddWide(even, TLanes.MultiplyEven(d, w));
                odd = TLanes.AddWide(odd, TLanes.MultiplyEven(d1, w));
                w = TLanes.Create(Unsafe.Add(ref x, 4 * sums));
                TLanes even2 = TLanes.MultiplyEven(e, w), odd2 = TLanes.MultiplyEven(e1, w);
                w = TLanes.Create(Unsafe.Add(ref x, 5 * sums));
                even2 = TLanes.AddWide(even2, TLanes.MultiplyEven(f, w));
                odd2 = TLanes.AddWide(odd2, TLanes.MultiplyEven(f1, w));
                w = TLanes.Create(Unsafe.Add(ref x, 6 * sums));
                even2 = TLanes.AddWide(even2, TLanes.MultiplyEven(g, w));
                odd2 = TLanes.AddWide(odd2, TLanes.MultiplyEven(g1, w));
                w = TLanes.Create(Unsafe.Add(ref x, 7 * sums));
                even2 = TLanes.AddWide(even2, TLanes.MultiplyEven(h, w));
                odd2 = TLanes.AddWide(odd2, TLanes.MultiplyEven(h1, w));
                even = TLanes.AddWide(TLanes.Min(even, even - highModulus), TLanes.Min(even2, even2 - highModulus));
                odd = TLanes.AddWide(TLanes.Min(odd, odd - highModulus), TLanes.Min(odd2, odd2 - highModulus));
                Packed31<TParameters, TLanes> product = Reduce(TLanes.Min(even, even - highModulus), TLanes.Min(odd, odd - highModulus));
                ref uint at = ref Unsafe.Add(ref sum, k * stride + i);
                TLanes total = TLanes.Load(ref at) + product._lanes;
                TLanes.Store(TLanes.Min(total, total - modulus), ref at);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint* At(ref nint addresses, int index) => (uint*)Unsafe.Add(ref addresses, index);
    }

    // Four products fit 64 bits (4 p^2 < 2^64); then their halves go to sums of their own, which hold 2^32 of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Field31<TParameters> Dot(ref Field31<TParameters> left, ref Field31<TParameters> right, nint length)
    {
        ref uint a = ref Bits(ref left);
        ref uint b = ref Bits(ref right);
        TLanes low = TLanes.Create(0), high = TLanes.Create(0);
        nint i = 0;
        for (; i <= length - 4 * TLanes.Count; i += 4 * TLanes.Count)
        {
            Products(TLanes.Load(ref Unsafe.Add(ref a, i)), TLanes.Load(ref Unsafe.Add(ref b, i)), out TLanes even, out TLanes odd);
            for (int j = 1; j < 4; j++)
            {
                nint at = i + j * TLanes.Count;
                Products(TLanes.Load(ref Unsafe.Add(ref a, at)), TLanes.Load(ref Unsafe.Add(ref b, at)), out TLanes nextEven, out TLanes nextOdd);
                even = TLanes.AddWide(even, nextEven);
                odd = TLanes.AddWide(odd, nextOdd);
            }
            low = TLanes.AddWide(low, TLanes.LowHalves(even));
            high = TLanes.AddWide(high, TLanes.HighHalves(even));
            if (TLanes.Count == 1) continue;
            low = TLanes.AddWide(low, TLanes.LowHalves(odd));
            high = TLanes.AddWide(high, TLanes.HighHalves(odd));
        }
        Field31<TParameters> sum = Field31<TParameters>.FromWide(TLanes.SumWide(low), TLanes.SumWide(high));
        for (; i < length; i++) sum += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return sum;
    }

    public static void AddToSums(
        ref Field31<TParameters> columns, nint stride, int count, ref Field31<TParameters> factors, nint factorStride, int coordinates, ref Field31<TParameters> sums, nint rows)
    {
        if (TLanes.Count == 1) PlainSums<Field31<TParameters>>.Add(ref columns, stride, count, ref factors, factorStride, coordinates, ref sums, rows);
        else WideSums<TParameters, TLanes>.Add(ref Bits(ref columns), stride, count, ref Bits(ref factors), factorStride, coordinates, ref Bits(ref sums), rows);
    }

    public static void FinishSums(ref Field31<TParameters> sums, ref Field31<TParameters> destination, nint rows)
    {
        if (TLanes.Count == 1)
        {
            PlainSums<Field31<TParameters>>.Finish(ref sums, ref destination, rows);
            return;
        }
        for (nint i = 0; i < rows; i += Count)
        {
            ref uint sum = ref Bits(ref Unsafe.Add(ref sums, 2 * i));
            Store(Reduce(TLanes.Load(ref sum), TLanes.Load(ref Unsafe.Add(ref sum, Count))), ref Unsafe.Add(ref destination, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Products(TLanes left, TLanes right, out TLanes even, out TLanes odd)
    {
        even = TLanes.MultiplyEven(left, right);
        odd = TLanes.Count == 1 ? even : TLanes.MultiplyEven(TLanes.OddToEven(left), TLanes.OddToEven(right));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Packed31<TParameters, TLanes> Reduce(TLanes even, TLanes odd) => new() { _lanes = TLanes.Reduce(even, odd, TParameters.Modulus, TParameters.ModulusInverse) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref uint Bits(ref Field31<TParameters> element) => ref Unsafe.As<Field31<TParameters>, uint>(ref element);
}
