namespace Prozchain.DataAvailability.Sampling;

/// <summary>What many independent honest clients know together.</summary>
/// <remarks>
/// Two questions. <i>Can they recover the data from what they hold?</i> Surely, once their samples cover
/// <see cref="SamplingScheme.Sufficient"/> distinct ones (Al-Bassam, Sonnino, Buterin 2018, section 5, with the same threshold
/// k(3k - 2) for a square); fewer may do, which is not counted. <i>How many of them may be deceived?</i> Each is by the same
/// withheld set with the chance of <see cref="SamplingConfidence"/>, independently of the others.
/// Every client draws its distinct samples uniformly with a seed of its own, and clients that hold samples hand them on.
/// Results are never below the true chance.
/// </remarks>
public static class NetworkConfidence
{
    /// <summary>
    /// Bound on the chance that n clients with s samples each do not cover enough distinct ones: exp(-N D(w/N || q)) with
    /// q = (1 - s/N)^n and D the divergence of two coins, or 1 where w ≤ N q. That a sample is covered by nobody is negatively
    /// associated over the samples (Joag-Dev and Proschan 1983), so Chernoff's bound holds as for independent ones
    /// (Dubhashi and Ranjan 1998). In constant time.
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, at least 0.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double ShortfallBound(SamplingScheme scheme, int clients, int samples) =>
        Rounding.ExpUp(LogShortfall(scheme, clients, samples));

    /// <summary>
    /// The same chance exactly, by the distribution of the number of samples covered after each client; too large by at
    /// most 6 n s parts in 2^52 and 1e-30. Takes time in proportion to n × s × the spread of that number: about a second for
    /// a square of k = 128 and its 5,700 clients of 16 samples.
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, at least 0.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="cancellationToken">Looked at for every client.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static double Shortfall(SamplingScheme scheme, int clients, int samples, CancellationToken cancellationToken = default)
    {
        Check(scheme, clients, samples);
        if (samples == 0 || clients == 0) return 1;
        var coverage = new Coverage(scheme.Population, samples, scheme.Sufficient);
        for (int i = 0; i < clients && coverage.Shortfall > 0; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            coverage.AddClient();
        }
        return coverage.Shortfall;
    }

    /// <summary>The fewest clients for which <see cref="ShortfallBound"/> is at most <paramref name="target"/>.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="samples">s, 1 to the population.</param>
    /// <param name="target">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range, or 2^30 clients are too few.</exception>
    public static int ClientsNeeded(SamplingScheme scheme, int samples, double target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        CheckTarget(target);
        int high = 1;
        while (ShortfallBound(scheme, high, samples) > target)
        {
            if (high == 1 << 30) throw new ArgumentOutOfRangeException(nameof(target), target, "Expected a target that 2^30 clients reach.");
            high *= 2;
        }
        return Fewest(high / 2, high, clients => ShortfallBound(scheme, clients, samples) <= target);
    }

    /// <summary>The fewest samples with which <see cref="ShortfallBound"/> is at most <paramref name="target"/>.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, at least 1.</param>
    /// <param name="target">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static int SamplesNeeded(SamplingScheme scheme, int clients, double target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(clients, 1);
        CheckTarget(target);
        ArgumentNullException.ThrowIfNull(scheme);
        return Fewest(0, scheme.Population, samples => ShortfallBound(scheme, clients, samples) <= target);
    }

    /// <summary>
    /// Chance that at least <paramref name="fooled"/> of n clients accept data that cannot be recovered, if the withheld samples are
    /// chosen before anyone asks: the upper tail of a binomial distribution, summed exactly. In time proportional to n.
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, 1 to 2^24.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="fooled">0 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double FooledAtLeast(SamplingScheme scheme, int clients, int samples, int fooled)
    {
        Check(scheme, clients, samples);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clients, BinomialTail.MaxTrials);
        ArgumentOutOfRangeException.ThrowIfNegative(fooled);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fooled, clients);
        return BinomialTail.AtLeast(fooled, clients, SamplingConfidence.MissProbability(scheme, samples));
    }

    /// <summary>The natural logarithm of <see cref="ShortfallBound"/>, at most 0.</summary>
    internal static double LogShortfall(SamplingScheme scheme, int clients, int samples)
    {
        Check(scheme, clients, samples);
        double population = scheme.Population, withheld = scheme.Unrecoverable, covered = population - withheld;
        if (samples == scheme.Population && clients > 0) return double.NegativeInfinity;
        double perClient = Math.Log((population - samples) / population), logEmpty = clients * perClient;
        double empty = Math.Exp(logEmpty);
        if (empty * (1 + 1e-9) >= withheld / population) return 0;
        // -N D = w (ln q - ln(w/N)) + (N - w) (ln(1 - q) - ln(1 - w/N)); a logarithm of a rounded quotient is off by at most
        // 2^-52 (1 + its size), n of them by n times that, and ln(1 - q) by what q is off over 1 - q.
        double first = logEmpty - Math.Log(withheld / population);
        double second = covered == 0 ? 0 : Math.Log(1 - empty) - Math.Log(covered / population);
        double offEmpty = Rounding.Unit * (clients * (1 - perClient) + 8 - logEmpty);
        double error = withheld * (offEmpty + Rounding.Unit * (4 + Math.Abs(first)))
            + covered * ((offEmpty * empty + 2 * Rounding.Unit) / (1 - empty) + Rounding.Unit * (4 + Math.Abs(second)));
        return Math.Min(0, withheld * first + covered * second + error);
    }

    internal static void Check(SamplingScheme scheme, int clients, int samples)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentOutOfRangeException.ThrowIfNegative(clients);
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, scheme.Population);
    }

    internal static void CheckTarget(double target)
    {
        if (!(target is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(target), target, "Expected a probability above 0 and below 1.");
    }

    // The test fails at low (or below it) and holds at high.
    private static int Fewest(int low, int high, Predicate<int> holds)
    {
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            if (holds(middle)) high = middle; else low = middle;
        }
        return high;
    }
}
