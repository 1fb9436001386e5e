namespace Prozchain.DataAvailability.Sampling;

/// <summary>The upper tail of a binomial distribution, never below the true value.</summary>
internal static class BinomialTail
{
    /// <summary>Most trials: the sum runs over them one by one.</summary>
    public const int MaxTrials = 1 << 24;

    /// <summary>
    /// Chance of at least <paramref name="hits"/> in <paramref name="trials"/>: the sum of C(n, j) p^j (1 - p)^(n - j),
    /// all terms positive, so that rounding adds up to a relative error below 8n + 200 units of 2^-53, which is then
    /// added on top.
    /// </summary>
    public static double AtLeast(int hits, int trials, double p)
    {
        if (hits <= 0 || p >= 1) return hits <= trials ? 1 : 0;
        if (hits > trials || p <= 0) return 0;
        p = Math.Max(p, 1e-100);
        double rest = 1 - p;
        if (rest == 1) rest = Math.BitDecrement(1d);
        var first = new ScaledDouble(1);
        for (int i = 0; i < hits; i++)
        {
            first.Multiply((trials - i) / (double)(hits - i));
            first.Multiply(p);
        }
        for (int i = hits; i < trials; i++) first.Multiply(rest);

        // The sum in units of its first term; from the mode on the ratio of neighbours is below 1 and falls.
        double term = 1, sum = 1;
        for (int j = hits; j < trials; j++)
        {
            double ratio = (trials - j) / (j + 1.0) * (p / rest);
            term *= ratio;
            sum += term;
            if (ratio < 1 && term / (1 - ratio) < sum * 1e-20) { sum += term / (1 - ratio); break; }
            if (sum > 1e100) { first.Multiply(sum); term /= sum; sum = 1; }
        }
        first.Multiply(sum);
        return Math.Min(1, Math.BitIncrement(first.ToDouble() * (1 + (8.0 * trials + 200) * Rounding.Unit)));
    }
}
