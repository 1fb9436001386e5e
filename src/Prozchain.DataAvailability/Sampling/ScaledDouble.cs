namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// A double times a power of two kept beside it, so that long products of probabilities neither underflow nor overflow
/// on the way. Factors and terms are positive and lie between 2^-400 and 2^400.
/// </summary>
internal struct ScaledDouble(double value)
{
    private static readonly double s_up = Math.ScaleB(1, 512), s_down = Math.ScaleB(1, -512), s_high = Math.ScaleB(1, 500), s_low = Math.ScaleB(1, -500);
    private double _value = value;
    private int _exponent;

    public void Multiply(double factor)
    {
        _value *= factor;
        if (_value > s_high) { _value *= s_down; _exponent += 512; }
        else if (_value < s_low && _value > 0) { _value *= s_up; _exponent -= 512; }
    }

    public readonly double ToDouble() => Math.ScaleB(_value, _exponent);
}
