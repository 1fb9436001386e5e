namespace Prozchain.AI.Engine;

/// <summary>How scores become exponents and probabilities: t = floor((d·M + 2^(s-1)) / 2^s) steps of 2^-11, and what probability one is.</summary>
internal readonly record struct ScoreScale(int Multiplier, int Shift, int One)
{
    /// <summary>What is wrong with it for scores in that interval, or null.</summary>
    public static string? Check(long multiplier, long shift, long one, int mostOne, in Interval scores)
    {
        if (Rescale.CheckMultiplier(multiplier, shift) is { } error) return error;
        if (one < 1 || one > mostOne) return $"Expected a probability one in [1, {mostOne}], got {one}.";
        Int128 most = (scores.Max - scores.Min) * multiplier + (Int128.One << ((int)shift - 1));
        return most >= Int128.One << 62 ? $"Expected scaled scores below 2^62, got up to {most}." : null;
    }
}
