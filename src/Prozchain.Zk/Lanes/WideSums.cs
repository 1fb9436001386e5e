using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// Many columns times uniform factors, summed row by row for several coordinates at once, and reduced only at the end. Per vector
/// of rows and coordinate there are two wide sums, for even and for odd lanes.
/// </summary>
/// <remarks>
/// A wide sum is below p 2^32, and two products below 2 p^2 &lt; p 2^32 are added before its high half, below 2p, is brought below p
/// again by one minimum; a multiple of p 2^32 less is the same modulo p. Montgomery's reduction takes what is below p 2^32.
/// </remarks>
internal static class WideSums<TParameters, TLanes>
    where TParameters : struct, IField31Parameters
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Coordinates that share one visit to a column.</summary>
    private const int Group = 4;

    public static void Add(ref uint columns, nint stride, int count, ref uint factors, nint factorStride, int coordinates, ref uint sums, nint rows)
    {
        int coordinate = 0;
        for (; coordinate + Group <= coordinates; coordinate += Group)
        {
            AddFour(ref columns, stride, count, ref factors, factorStride, ref sums, rows);
            factors = ref Unsafe.Add(ref factors, Group * factorStride);
            sums = ref Unsafe.Add(ref sums, Group * 2 * rows);
        }
        for (; coordinate < coordinates; coordinate++)
        {
            AddOne(ref columns, stride, count, ref factors, ref sums, rows);
            factors = ref Unsafe.Add(ref factors, factorStride);
            sums = ref Unsafe.Add(ref sums, 2 * rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddFour(ref uint columns, nint stride, int count, ref uint factors, nint factorStride, ref uint sums, nint rows)
    {
        TLanes high = TLanes.MergeHigh(TLanes.Create(0), TLanes.Create(TParameters.Modulus));
        nint apart = 2 * rows;
        for (nint i = 0; i < rows; i += TLanes.Count)
        {
            ref uint sum = ref Unsafe.Add(ref sums, 2 * i);
            TLanes e0 = TLanes.Load(ref sum), o0 = TLanes.Load(ref Unsafe.Add(ref sum, TLanes.Count));
            TLanes e1 = TLanes.Load(ref Unsafe.Add(ref sum, apart)), o1 = TLanes.Load(ref Unsafe.Add(ref sum, apart + TLanes.Count));
            TLanes e2 = TLanes.Load(ref Unsafe.Add(ref sum, 2 * apart)), o2 = TLanes.Load(ref Unsafe.Add(ref sum, 2 * apart + TLanes.Count));
            TLanes e3 = TLanes.Load(ref Unsafe.Add(ref sum, 3 * apart)), o3 = TLanes.Load(ref Unsafe.Add(ref sum, 3 * apart + TLanes.Count));
            ref uint column = ref Unsafe.Add(ref columns, i);
            ref uint factor = ref factors;
            for (int j = 0; j < count; j += 2)
            {
                TLanes a = TLanes.Load(ref column), b = TLanes.Load(ref Unsafe.Add(ref column, stride));
                TLanes a1 = TLanes.OddToEven(a), b1 = TLanes.OddToEven(b);
                TLanes f = TLanes.Create(factor), g = TLanes.Create(Unsafe.Add(ref factor, 1));
                e0 = Two(e0, a, f, b, g, high);
                o0 = Two(o0, a1, f, b1, g, high);
                f = TLanes.Create(Unsafe.Add(ref factor, factorStride));
                g = TLanes.Create(Unsafe.Add(ref factor, factorStride + 1));
                e1 = Two(e1, a, f, b, g, high);
                o1 = Two(o1, a1, f, b1, g, high);
                f = TLanes.Create(Unsafe.Add(ref factor, 2 * factorStride));
                g = TLanes.Create(Unsafe.Add(ref factor, 2 * factorStride + 1));
                e2 = Two(e2, a, f, b, g, high);
                o2 = Two(o2, a1, f, b1, g, high);
                f = TLanes.Create(Unsafe.Add(ref factor, 3 * factorStride));
                g = TLanes.Create(Unsafe.Add(ref factor, 3 * factorStride + 1));
                e3 = Two(e3, a, f, b, g, high);
                o3 = Two(o3, a1, f, b1, g, high);
                column = ref Unsafe.Add(ref column, 2 * stride);
                factor = ref Unsafe.Add(ref factor, 2);
            }
            TLanes.Store(e0, ref sum);
            TLanes.Store(o0, ref Unsafe.Add(ref sum, TLanes.Count));
            TLanes.Store(e1, ref Unsafe.Add(ref sum, apart));
            TLanes.Store(o1, ref Unsafe.Add(ref sum, apart + TLanes.Count));
            TLanes.Store(e2, ref Unsafe.Add(ref sum, 2 * apart));
            TLanes.Store(o2, ref Unsafe.Add(ref sum, 2 * apart + TLanes.Count));
            TLanes.Store(e3, ref Unsafe.Add(ref sum, 3 * apart));
            TLanes.Store(o3, ref Unsafe.Add(ref sum, 3 * apart + TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOne(ref uint columns, nint stride, int count, ref uint factors, ref uint sums, nint rows)
    {
        TLanes high = TLanes.MergeHigh(TLanes.Create(0), TLanes.Create(TParameters.Modulus));
        for (nint i = 0; i < rows; i += TLanes.Count)
        {
            ref uint sum = ref Unsafe.Add(ref sums, 2 * i);
            TLanes even = TLanes.Load(ref sum), odd = TLanes.Load(ref Unsafe.Add(ref sum, TLanes.Count));
            ref uint column = ref Unsafe.Add(ref columns, i);
            for (int j = 0; j < count; j += 2, column = ref Unsafe.Add(ref column, 2 * stride))
            {
                TLanes a = TLanes.Load(ref column), b = TLanes.Load(ref Unsafe.Add(ref column, stride));
                TLanes f = TLanes.Create(Unsafe.Add(ref factors, j)), g = TLanes.Create(Unsafe.Add(ref factors, j + 1));
                even = Two(even, a, f, b, g, high);
                odd = Two(odd, TLanes.OddToEven(a), f, TLanes.OddToEven(b), g, high);
            }
            TLanes.Store(even, ref sum);
            TLanes.Store(odd, ref Unsafe.Add(ref sum, TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Two(TLanes sum, TLanes a, TLanes f, TLanes b, TLanes g, TLanes high)
    {
        sum = TLanes.AddWide(sum, TLanes.AddWide(TLanes.MultiplyEven(a, f), TLanes.MultiplyEven(b, g)));
        return TLanes.Min(sum, sum - high);
    }
}
