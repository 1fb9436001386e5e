namespace Prozchain.DataAvailability.Sampling;

/// <summary>What an adversary gains that runs a part of the peers.</summary>
/// <remarks>
/// The model: a client connects to c distinct peers drawn uniformly from all of them. It is eclipsed if every one of them is the
/// adversary's. An eclipsed client believes what it is told: it can be served in full, alone, and what it accepted
/// reaches no honest node. Any other client hands its accepted samples to an honest peer, so that they count for the network.
/// Clients draw independently. Results are never below the true chance.
/// </remarks>
public static class Eclipse
{
    /// <summary>Chance that a client is eclipsed: C(a, c) / C(p, c), exactly.</summary>
    /// <param name="peers">p: all peers, 1 to 2^53.</param>
    /// <param name="adversarial">a: those of the adversary, 0 to <paramref name="peers"/>.</param>
    /// <param name="connections">c, 0 to <paramref name="peers"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double Probability(long peers, long adversarial, int connections)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(adversarial);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(adversarial, peers);
        return SamplingConfidence.MissProbability(peers, peers - adversarial, connections);
    }

    /// <summary>The fewest connections with which a client is eclipsed with at most <paramref name="target"/>.</summary>
    /// <param name="peers">p: all peers, 1 to 2^53.</param>
    /// <param name="adversarial">a: those of the adversary, below <paramref name="peers"/>.</param>
    /// <param name="target">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static int ConnectionsNeeded(long peers, long adversarial, double target)
    {
        NetworkConfidence.CheckTarget(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(adversarial, peers);
        double chance = Probability(peers, adversarial, 0);
        int connections = 0;
        while (chance > target) chance = SamplingConfidence.Next(chance, peers, peers - adversarial, connections++);
        return connections;
    }

    /// <summary>Chance that a client accepts data that cannot be recovered: e + (1 - e) m, with m from <see cref="SamplingConfidence"/>.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="eclipse">e: chance that the client is eclipsed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double MissProbability(SamplingScheme scheme, int samples, double eclipse)
    {
        CheckEclipse(eclipse);
        double miss = SamplingConfidence.MissProbability(scheme, samples);
        return miss == 0 ? eclipse : Math.Min(1, Math.BitIncrement(eclipse + Math.BitIncrement(Math.BitIncrement(1 - eclipse) * miss)));
    }

    /// <summary>
    /// Bound on the chance that the samples of the clients that are not eclipsed do not suffice: for any number x, the chance that more
    /// than x of n are eclipsed plus <see cref="NetworkConfidence.ShortfallBound"/> of n - x; the least over a few dozen x.
    /// In time proportional to n.
    /// </summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="clients">n, 1 to 2^24.</param>
    /// <param name="samples">s, 0 to the population.</param>
    /// <param name="eclipse">e: chance that a client is eclipsed.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double ShortfallBound(SamplingScheme scheme, int clients, int samples, double eclipse)
    {
        const int Steps = 48;
        NetworkConfidence.Check(scheme, clients, samples);
        CheckEclipse(eclipse);
        ArgumentOutOfRangeException.ThrowIfLessThan(clients, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(clients, BinomialTail.MaxTrials);
        double least = 1, mean = clients * eclipse;
        for (int step = 0; step <= Steps; step++)
        {
            int lost = (int)Math.Min(clients, mean + (clients - mean) * step * step / ((double)Steps * Steps));
            double many = BinomialTail.AtLeast(lost + 1, clients, eclipse);
            double shortfall = NetworkConfidence.ShortfallBound(scheme, clients - lost, samples);
            least = Math.Min(least, many + shortfall == 0 ? 0 : Math.BitIncrement(many + shortfall));
        }
        return least;
    }

    private static void CheckEclipse(double eclipse)
    {
        if (!(eclipse is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(eclipse), eclipse, "Expected a probability from 0 to 1.");
    }
}
