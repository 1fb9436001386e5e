using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Arithmetic of permutations on lanes of Montgomery forms, for KoalaBear and BabyBear. Reduced is 0 to p - 1; what may
/// be less reduced says so.
/// </summary>
internal static class ResidueLanes<TParameters, TLanes>
    where TParameters : struct, IField31Parameters
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>The sum of reduced lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Add(TLanes left, TLanes right)
    {
        TLanes sum = left + right;
        return TLanes.Min(sum, sum - TLanes.Create(TParameters.Modulus));
    }

    /// <summary>The difference of reduced lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Subtract(TLanes left, TLanes right) => Raise(left - right);

    /// <summary>Reduces what lies between -p and p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Raise(TLanes value) => TLanes.Min(value, value + TLanes.Create(TParameters.Modulus));

    /// <summary>Half of reduced lanes: x / 2 rounded down, and for an odd x half of p + 1 more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Halve(TLanes value) => Raise(Divide(value, 1));

    /// <summary>
    /// x / 2^n of reduced lanes, between -p and p, n from 1 to the two-adicity a. With p = r 2^a + 1, 2^-n is -r 2^(a-n): the
    /// bits that n shifts out, times r = 2^(31-a) - 1, come back from above.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Divide(TLanes value, byte n)
    {
        TLanes low = TLanes.ShiftLeft(value, (byte)(32 - n));
        return TLanes.ShiftRight(value, n) - (TLanes.ShiftRight(low, 1) - TLanes.ShiftRight(low, (byte)(32 - TParameters.TwoAdicity)));
    }

    /// <summary>x^3 or x^7, reduced, of lanes from -p to p as signed integers. Products between are signed and within p of zero.</summary>
    /// <remarks>
    /// With |x| and |y| at most p &lt; 2^31, the high half of x y is within p / 2 of zero, and so is that of q p for a signed
    /// q: each Montgomery product is within p of zero again, and no correction is needed before the last.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Power(TLanes x)
    {
        if (typeof(TParameters) == typeof(KoalaBear)) return Cube(x);
        TLanes even = Seventh(x);
        return Raise(TLanes.MergeHigh(even, TLanes.Count == 1 ? even : Seventh(TLanes.OddToEven(x))));
    }

    /// <summary>x^3, as <see cref="Power"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Cube(TLanes x)
    {
        TLanes even = CubeEven(x);
        return Raise(TLanes.MergeHigh(even, TLanes.Count == 1 ? even : CubeEven(TLanes.OddToEven(x))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes CubeEven(TLanes x) => Reduce(TLanes.MultiplyEvenSigned(TLanes.HighHalves(Reduce(TLanes.MultiplyEvenSigned(x, x))), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Seventh(TLanes x)
    {
        TLanes square = TLanes.HighHalves(Reduce(TLanes.MultiplyEvenSigned(x, x)));
        TLanes cube = TLanes.HighHalves(Reduce(TLanes.MultiplyEvenSigned(square, x)));
        TLanes fourth = TLanes.HighHalves(Reduce(TLanes.MultiplyEvenSigned(square, square)));
        return Reduce(TLanes.MultiplyEvenSigned(cube, fourth));
    }

    // Wide: the high half becomes the Montgomery form of the product, signed; the low half becomes zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Reduce(TLanes product) =>
        TLanes.SubtractWide(product, TLanes.MultiplyEvenSigned(TLanes.MultiplyEven(product, TLanes.Create(TParameters.ModulusInverse)), TLanes.Create(TParameters.Modulus)));
}
