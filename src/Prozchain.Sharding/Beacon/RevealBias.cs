namespace Prozchain.Sharding.Beacon;

/// <summary>
/// How far an adversary can bias an epoch's seed by withholding. Slots are drawn by stake, so each is the adversary's with
/// its share β, on its own. Everything is known once the last honest slot h has revealed; a reveal of the adversary's can
/// still be given or withheld then if its slot is h - grace or later. With k such slots it picks the best of 2^k seeds:
/// k grindable bits, each withheld one punished. Without grace k is the run of tail slots, the last-revealer bias of
/// commit-reveal RANDAO; a VRF changes nothing in it but takes away the choice of a second value.
/// </summary>
public static class RevealBias
{
    /// <summary>The exact distribution of the number of grindable bits.</summary>
    /// <param name="share">The adversary's share of the stake, 0 to 1.</param>
    /// <param name="slots">Slots of an epoch, at least 1.</param>
    /// <param name="grace">Blocks that a reveal may come late.</param>
    /// <returns>At k the probability that exactly k slots can be ground; slots + 1 entries.</returns>
    public static double[] Distribution(double share, int slots, int grace)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(grace);
        var result = new double[slots + 1];
        double run = 1;
        for (int tail = 0; tail < slots; tail++, run *= share)
        {
            // The last honest slot has `tail` slots after it, and up to `grace` before it that are still open.
            int open = Math.Min(grace, slots - 1 - tail);
            for (int k = 0; k <= open; k++) result[tail + k] += run * (1 - share) * Binomial(open, k, share);
        }
        result[slots] += run;
        return result;
    }

    /// <summary>The least t such that more than t bits can be ground with a probability of at most 2^-security.</summary>
    /// <param name="share">The adversary's share of the stake, 0 to 1.</param>
    /// <param name="slots">Slots of an epoch.</param>
    /// <param name="grace">Blocks that a reveal may come late.</param>
    /// <param name="security">Bits, at least 0.</param>
    public static int GrindableBits(double share, int slots, int grace, double security)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(security);
        double[] distribution = Distribution(share, slots, grace);
        double budget = Math.Pow(2, -security), above = 0;
        for (int t = slots; t > 0; t--)
        {
            above += distribution[t];
            if (above > budget) return t;
        }
        return 0;
    }

    /// <summary>
    /// The probability that the adversary finds a seed with a property that an honest draw has with probability p, over
    /// the distribution of bits: Σ P(k) (1 - (1 - p)^(2^k)). At most p × <see cref="Amplification"/>.
    /// </summary>
    /// <param name="p">Probability of the property under an honest draw, such as a captured committee.</param>
    /// <param name="share">The adversary's share of the stake, 0 to 1.</param>
    /// <param name="slots">Slots of an epoch.</param>
    /// <param name="grace">Blocks that a reveal may come late.</param>
    public static double BestOf(double p, double share, int slots, int grace)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(p);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(p, 1);
        // 1 - (1 - p)^(2^k), by doubling, so that nothing cancels however small p is.
        double sum = 0, best = p;
        foreach (double probability in Distribution(share, slots, grace))
        {
            sum += probability * best;
            best *= 2 - best;
        }
        return sum;
    }

    /// <summary>Mean number of seeds to choose from, E[2^k]: the factor on a small probability of capture.</summary>
    /// <param name="share">The adversary's share of the stake, 0 to 1.</param>
    /// <param name="slots">Slots of an epoch.</param>
    /// <param name="grace">Blocks that a reveal may come late.</param>
    public static double Amplification(double share, int slots, int grace)
    {
        double[] distribution = Distribution(share, slots, grace);
        double mean = 0;
        for (int k = 0; k < distribution.Length; k++) mean += Math.ScaleB(distribution[k], k);
        return mean;
    }

    private static double Binomial(int n, int k, double p)
    {
        double value = Math.Pow(p, k) * Math.Pow(1 - p, n - k);
        for (int i = 1; i <= k; i++) value *= (double)(n - k + i) / i;
        return value;
    }
}
