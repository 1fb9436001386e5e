using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Arithmetic of permutations on lanes of Montgomery forms, for KoalaBear and BabyBear. Reduced is 0 to p - 1, low is -p
/// to -1; what may be less reduced says so. As p is below 2^31, one unsigned minimum or maximum takes a range of 2p to one of p.
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

    /// <summary>Reduces what lies from -p to p - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Raise(TLanes value) => TLanes.Min(value, value + TLanes.Create(TParameters.Modulus));

    /// <summary>From -p to p - 1 to low.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Lower(TLanes value) => TLanes.Max(value, value - TLanes.Create(TParameters.Modulus));

    /// <summary>From -2p to -1 to low.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Lift(TLanes value) => TLanes.Max(value, value + TLanes.Create(TParameters.Modulus));

    /// <summary>The sum of low lanes, low.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes AddLow(TLanes left, TLanes right) => Lift(left + right);

    /// <summary>
    /// x / 2^n, from -p to 0, of x from -p to 0, n from 1 to the two-adicity a. With p = r 2^a + 1, 2^-n is -r 2^(a-n), so
    /// that the bits which n shifts out come back times that; it rounds down, and -p stays -p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes DivideLow(TLanes value, byte n) =>
        TLanes.ShiftRightSigned(value, n) - TLanes.MultiplyLow(TLanes.And(value, TLanes.Create((1u << n) - 1)), TLanes.Create((TParameters.Modulus - 1) >> n));

    /// <summary>
    /// x times a factor up to 16, reduced, of x from -p to 0. The quotient comes from the high halves, which round down as
    /// their own factor does: it is the right one or one less, the latter by so little that what remains is below 2p.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes ScaleLow(TLanes value, uint factor)
    {
        TLanes p = TLanes.Create(TParameters.Modulus);
        TLanes quotient = TLanes.MultiplyLow(TLanes.ShiftRightSigned(value, 16), TLanes.Create((uint)(((ulong)factor << 42) / TParameters.Modulus) + 1));
        TLanes rest = TLanes.MultiplyLow(value, TLanes.Create(factor)) - TLanes.MultiplyLow(TLanes.ShiftRightSigned(quotient, 26), p);
        return TLanes.Min(rest, rest - p);
    }

    /// <summary>The Montgomery product, within p of zero, of lanes within p of zero and one reduced factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Multiply(TLanes value, uint factor)
    {
        TLanes uniform = TLanes.Create(factor), even = Reduce(TLanes.MultiplyEvenSigned(value, uniform));
        return TLanes.MergeHigh(even, TLanes.Count == 1 ? even : Reduce(TLanes.MultiplyEvenSigned(TLanes.OddToEven(value), uniform)));
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
