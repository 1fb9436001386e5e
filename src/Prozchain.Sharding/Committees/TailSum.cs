namespace Prozchain.Sharding.Committees;

/// <summary>
/// Sums a distribution's tail from one probability and the ratio of each to the next. All terms are positive, so nothing
/// cancels: n roundings of 2^-53 each bound the relative error by about 5n · 2^-53. A power of two kept apart holds
/// what a double cannot.
/// </summary>
internal struct TailSum
{
    private const int Shift = 500;
    private static readonly double s_large = Math.ScaleB(1, Shift), s_small = Math.ScaleB(1, -Shift);

    private double _value;
    private long _exponent;

    public static TailSum One => new() { _value = 1 };

    public static TailSum Zero => default;

    public readonly double Log2 => _value == 0 ? double.NegativeInfinity : Math.Log2(_value) + _exponent;

    public readonly double Value => Math.Min(1, Math.ScaleB(_value, (int)Math.Max(_exponent, -100_000)));

    /// <summary>Multiplies by a factor between 2^-500 and 2^500, or by 0.</summary>
    public void Multiply(double factor)
    {
        _value *= factor;
        if (_value is 0) return;
        if (_value < s_small) { _value *= s_large; _exponent -= Shift; }
        else if (_value > s_large) { _value *= s_small; _exponent += Shift; }
    }

    /// <summary>
    /// The sum of this term, at <paramref name="from"/>, and of those that follow up to <paramref name="to"/>.
    /// The ratio of a term to the one before falls along the tail, as that of both distributions here does.
    /// </summary>
    public readonly TailSum Following(int from, int to, Func<int, double> ratio)
    {
        double term = _value, sum = _value;
        long exponent = _exponent;
        for (int at = from; at < to; at++)
        {
            double next = ratio(at);
            term *= next;
            sum += term;
            if (next < 1 && term < sum * 1e-20 * (1 - next)) break;
            if (sum <= s_large) continue;
            term *= s_small;
            sum *= s_small;
            exponent += Shift;
        }
        return new TailSum { _value = sum, _exponent = exponent };
    }
}
