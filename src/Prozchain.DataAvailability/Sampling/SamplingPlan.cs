namespace Prozchain.DataAvailability.Sampling;

/// <summary>How many samples and clients meet stated targets, and what that costs.</summary>
/// <param name="Scheme">What is sampled.</param>
/// <param name="Samples">Samples of each client.</param>
/// <param name="Clients">Honest clients whose samples together recover the data.</param>
/// <param name="MissProbability">Bound on the chance that a client accepts data that cannot be recovered.</param>
/// <param name="ShortfallProbability">Bound on the chance that the clients' samples do not suffice (<see cref="NetworkConfidence.ShortfallBound"/>).</param>
public sealed record SamplingPlan(SamplingScheme Scheme, int Samples, int Clients, double MissProbability, double ShortfallProbability)
{
    /// <summary>Bytes that a client downloads: the header and its samples with their proofs.</summary>
    public long BytesPerClient => Scheme.HeaderSize + (long)Samples * Scheme.SampleSize;

    /// <summary>Bits of soundness that a client gets for each 1024 bytes of samples.</summary>
    public double BitsPerKilobyte => Scheme.BitsPerSample * 1024 / Scheme.SampleSize;

    /// <summary>The fewest samples that meet the client's target, then the fewest clients that meet the network's.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="missTarget">For one client; above 0, below 1.</param>
    /// <param name="shortfallTarget">For the network; above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A target is out of its range.</exception>
    public static SamplingPlan For(SamplingScheme scheme, double missTarget, double shortfallTarget)
    {
        int samples = OfClient(scheme, missTarget);
        return Make(scheme, samples, NetworkConfidence.ClientsNeeded(scheme, samples, shortfallTarget));
    }

    /// <summary>The fewest samples with which a given number of honest clients meets both targets.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="missTarget">For one client; above 0, below 1.</param>
    /// <param name="shortfallTarget">For the network; above 0, below 1.</param>
    /// <param name="clients">Honest clients, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static SamplingPlan ForClients(SamplingScheme scheme, double missTarget, double shortfallTarget, int clients) =>
        Make(scheme, Math.Max(OfClient(scheme, missTarget), NetworkConfidence.SamplesNeeded(scheme, clients, shortfallTarget)), clients);

    private static int OfClient(SamplingScheme scheme, double missTarget)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        NetworkConfidence.CheckTarget(missTarget);
        double chance = 1;
        int samples = 0;
        while (chance > missTarget) chance = SamplingConfidence.Next(chance, scheme.Population, scheme.Unrecoverable, samples++);
        return samples;
    }

    private static SamplingPlan Make(SamplingScheme scheme, int samples, int clients) => new(
        scheme, samples, clients, SamplingConfidence.MissProbability(scheme, samples), NetworkConfidence.ShortfallBound(scheme, clients, samples));
}
