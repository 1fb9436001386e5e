using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>The definition of the operators that go element by element: what every faster path equals bit for bit.</summary>
internal static class ScalarElements
{
    /// <summary>y[i] = <see cref="Requantisation"/> of x[i], whose channel is (i / inner) mod channels.</summary>
    /// <param name="inner">Elements of one channel that lie together.</param>
    public static void Requantise<TX, TY>(ReadOnlySpan<TX> x, in Requantisation to, int inner, Span<TY> y)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = TY.CreateTruncating(to.Apply(int.CreateTruncating(x[i]), i / inner % to.Multipliers.Length));
    }

    /// <summary>
    /// z[i] = clamp(floor((x[i]·Mx + y[j]·My + 2^(s-1)) / 2^s) + Z, low, high): one rounding for a sum of two scales.
    /// j = (i / inner) mod y's length, so that y is as long as x, or a suffix (inner 1), or one value for each channel.
    /// </summary>
    public static void AddScaled<TX, TY, TZ>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, in ScaledSum sum, Span<TZ> z)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged, IBinaryInteger<TZ>
    {
        for (int i = 0; i < x.Length; i++) z[i] = TZ.CreateTruncating(sum.Apply(int.CreateTruncating(x[i]), int.CreateTruncating(y[i / inner % y.Length])));
    }

    /// <summary>z[i] = x[i] · y[j], with j as of <see cref="AddScaled"/>.</summary>
    public static void Multiply<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, Span<int> z)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
    {
        for (int i = 0; i < x.Length; i++) z[i] = int.CreateTruncating(x[i]) * int.CreateTruncating(y[i / inner % y.Length]);
    }

    /// <summary>y[i] = table[x[i] - least value of the type]: 256 entries for 8 bits, 65,536 for 16.</summary>
    public static void Lookup<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> table, Span<TY> y)
        where TX : unmanaged, IBinaryInteger<TX>, IMinMaxValue<TX>
        where TY : unmanaged
    {
        int least = int.CreateTruncating(TX.MinValue);
        for (int i = 0; i < x.Length; i++) y[i] = table[int.CreateTruncating(x[i]) - least];
    }
}
