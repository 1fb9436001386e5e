using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>A positive ratio of scales as M / 2^s with 1 ≤ M &lt; 2^31 and 1 ≤ s ≤ 62: within 2^-31 of it where s allows.</summary>
internal readonly record struct Ratio(int Multiplier, int Shift)
{
    public static Ratio Of(double ratio) => Of(ratio, 31);

    /// <summary>Two ratios, each positive or negative, over one shift: multipliers below 2^30, so that their sum fits.</summary>
    public static (int First, int Second, int Shift) OfPair(double first, double second)
    {
        Ratio common = Of(Math.Max(Math.Abs(first), Math.Abs(second)), 30);
        return (Multiple(first), Multiple(second), common.Shift);

        int Multiple(double ratio) => (int)Math.Round(Math.ScaleB(ratio, common.Shift), MidpointRounding.ToEven) is var m && m != 0 ? m : Math.Sign(ratio);
    }

    private static Ratio Of(double ratio, int bits)
    {
        if (!(ratio > 0) || !double.IsFinite(ratio)) throw new OnnxRefusal($"scales give the ratio {ratio}, expected a positive number");
        int shift = Math.Min(62, bits - 1 - Math.ILogB(ratio));
        double multiplier = shift < 1 ? double.PositiveInfinity : Math.Round(Math.ScaleB(ratio, shift), MidpointRounding.ToEven);
        if (multiplier >= Math.ScaleB(1, bits)) (multiplier, shift) = (multiplier / 2, shift - 1);
        return multiplier >= 1 && shift >= 1 ? new((int)multiplier, shift) : throw new OnnxRefusal($"scales give the ratio {ratio}, which no multiplier of 31 bits and shift of 1 to 62 reaches");
    }
}
