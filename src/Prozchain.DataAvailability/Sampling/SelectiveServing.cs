namespace Prozchain.DataAvailability.Sampling;

/// <summary>What a source gains by choosing whom it serves.</summary>
/// <remarks>
/// The model ("selective share disclosure", Al-Bassam, Sonnino, Buterin 2018, section 5; "subset soundness", Hall-Andersen,
/// Simkin, Wagner, "Foundations of Data Availability Sampling", 2023): the adversary holds all samples, sees every request of all n
/// clients before it answers any, can tell who asks, and serves some clients in full and the others not.
/// The data stay unrecoverable as long as fewer than <see cref="SamplingScheme.Sufficient"/> distinct samples have left
/// it. Honest clients draw with seeds of their own and hand on what they accepted.
/// Results are never below the true chance. Where requests cannot be told apart the adversary
/// gains nothing by choosing, and <see cref="NetworkConfidence.FooledAtLeast"/> applies.
/// </remarks>
public static class SelectiveServing
{
    /// <summary>
    /// Clients that can be fooled whatever they draw: together they ask for at most (N - w) distinct samples. The first
    /// ⌊(N - w) / s⌋ to come. All (<see cref="int.MaxValue"/>) if nothing is sampled.
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of its range.</exception>
    public static int SurelyFooled(SamplingScheme scheme, int samples)
    {
        NetworkConfidence.Check(scheme, 1, samples);
        return samples == 0 ? int.MaxValue : (scheme.Population - scheme.Unrecoverable) / samples;
    }

    /// <summary>
    /// Bound on the chance that the first <paramref name="fooled"/> clients to come are all served and the data stay
    /// unrecoverable: an adversary that serves everybody until it has given away too much. The chance of a shortfall among
    /// just those clients (<see cref="NetworkConfidence.Shortfall"/>, or its bound if there are many).
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="fooled">At least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double FirstFooled(SamplingScheme scheme, int samples, int fooled)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fooled);
        return fooled <= SurelyFooled(scheme, samples) ? 1 : NetworkConfidence.ShortfallBound(scheme, fooled, samples);
    }

    /// <summary>
    /// Bound on the chance that some choice of <paramref name="fooled"/> among n clients can be served in full while the data stay
    /// unrecoverable: over all choices of clients, C(n, f) shortfalls of f clients, or over all choices of samples,
    /// C(N, w) binomial tails, whichever is less.
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, at least 1.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="fooled">0 to n.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double FooledAtLeast(SamplingScheme scheme, int clients, int samples, int fooled)
    {
        NetworkConfidence.Check(scheme, clients, samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(clients, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(fooled);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fooled, clients);
        if (fooled == 0 || fooled <= SurelyFooled(scheme, samples)) return 1;

        double share = fooled / (double)clients, choices = clients * Rounding.Entropy(share);
        double byClients = choices + NetworkConfidence.LogShortfall(scheme, fooled, samples);
        double sets = scheme.Population * Rounding.Entropy(scheme.Unrecoverable / (double)scheme.Population);
        double bySamples = sets + LogTail(clients, share, SamplingConfidence.MissProbability(scheme, samples));
        double least = Math.Min(byClients, bySamples);
        return double.IsNegativeInfinity(least) ? 0 : Rounding.ExpUp(least, (choices + sets + clients - least) * 16 * Rounding.Unit);
    }

    /// <summary>The most clients that may be fooled but for a chance of <paramref name="target"/>, by <see cref="FooledAtLeast"/>; n if that bound says nothing.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, at least 1.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="target">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static int MostFooled(SamplingScheme scheme, int clients, int samples, double target)
    {
        NetworkConfidence.CheckTarget(target);
        // To fool more clients is to fool fewer, so the first number with a small enough bound settles all above it.
        for (int fooled = Math.Min(SurelyFooled(scheme, samples), clients); fooled < clients; fooled++)
            if (FooledAtLeast(scheme, clients, samples, fooled + 1) <= target) return fooled;
        return clients;
    }

    // Chernoff: at least a share x of n coins with heads at p falls on heads with at most exp(-n D(x || p)).
    private static double LogTail(int clients, double share, double p)
    {
        if (p == 0) return double.NegativeInfinity;
        if (share <= p) return 0;
        double tails = share >= 1 ? 0 : (1 - share) * Math.Log((1 - p) / (1 - share));
        return clients * (share * Math.Log(p / share) + tails);
    }
}
