namespace Prozchain.DataAvailability.Sampling;

/// <summary>What a number of successful samples says to the client that took them. For many clients: <see cref="NetworkConfidence"/>.</summary>
/// <remarks>
/// Data can be lost only if at least w of the N samples are withheld (<see cref="SamplingScheme"/>): of a square of
/// 2k × 2k cells w = (k + 1)² of N = (2k)². Samples are distinct and uniformly random, so the chance that all
/// of s succeed all the same is hypergeometric: the product of (N - w - i) / (N - i) for i below s. Computed as
/// that product, each step rounded up, so a result is never too optimistic and too large by at most s parts in
/// 2^50. It holds for one client whose requests the source cannot tell from others' before it answers; for a source
/// that serves selected clients, or answers until it has given away too much, see <see cref="SelectiveServing"/>.
/// </remarks>
public static class SamplingConfidence
{
    /// <summary>Largest chance that <paramref name="samples"/> distinct samples succeed although the square cannot be recovered.</summary>
    /// <param name="dataWidth">k, at least 1.</param>
    /// <param name="samples">Distinct cells sampled, 0 to (2k)².</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double MissProbability(int dataWidth, int samples) =>
        MissProbability(4L * dataWidth * dataWidth, Unrecoverable(dataWidth), samples);

    /// <summary>Chance that <paramref name="samples"/> distinct samples of <paramref name="population"/> cells all miss the withheld ones.</summary>
    /// <param name="population">Cells in all, 1 to 2^53, so that every count is exact as a <see cref="double"/>.</param>
    /// <param name="withheld">Cells withheld, 0 to <paramref name="population"/>.</param>
    /// <param name="samples">Distinct cells sampled, 0 to <paramref name="population"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double MissProbability(long population, long withheld, long samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(population, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(population, 1L << 53);
        ArgumentOutOfRangeException.ThrowIfNegative(withheld);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(withheld, population);
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, population);
        double chance = 1;
        for (long i = 0; i < samples && chance > 0; i++) chance = Next(chance, population, withheld, i);
        return chance;
    }

    /// <summary>Largest chance that <paramref name="samples"/> distinct samples succeed although the data cannot be recovered.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="samples">Distinct samples, 0 to the population.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of its range.</exception>
    public static double MissProbability(SamplingScheme scheme, int samples)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        return MissProbability(scheme.Population, scheme.Unrecoverable, samples);
    }

    /// <summary>1 - <see cref="MissProbability(int, int)"/>, rounded down: from 0 to 1, and 1 only if nothing can be missed.</summary>
    /// <inheritdoc cref="MissProbability(int, int)"/>
    public static double Confidence(int dataWidth, int samples) => Complement(MissProbability(dataWidth, samples));

    /// <summary>The fewest samples after which the confidence is at least <paramref name="confidence"/>.</summary>
    /// <param name="dataWidth">k, at least 1.</param>
    /// <param name="confidence">0 to 1. At 1 an unrecoverable square is excluded, not just unlikely.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static int SamplesNeeded(int dataWidth, double confidence) =>
        SamplesNeeded(4L * dataWidth * dataWidth, Unrecoverable(dataWidth), confidence);

    /// <summary>The fewest samples after which the confidence is at least <paramref name="confidence"/>.</summary>
    /// <param name="scheme">What is sampled.</param>
    /// <param name="confidence">0 to 1. At 1 unrecoverable data are excluded, not just unlikely.</param>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is not a probability.</exception>
    public static int SamplesNeeded(SamplingScheme scheme, double confidence)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        return SamplesNeeded(scheme.Population, scheme.Unrecoverable, confidence);
    }

    private static int SamplesNeeded(long population, long withheld, double confidence)
    {
        if (!(confidence is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Expected a probability from 0 to 1.");
        double chance = 1;
        int samples = 0;
        while (Complement(chance) < confidence) chance = Next(chance, population, withheld, samples++);
        return samples;
    }

    /// <summary>The chance after one more sample, <paramref name="drawn"/> of them having succeeded before.</summary>
    internal static double Next(double chance, long population, long withheld, long drawn)
    {
        long left = population - withheld - drawn;
        return left <= 0 ? 0 : Math.Min(1, Math.BitIncrement(chance * Math.BitIncrement(left / (double)(population - drawn))));
    }

    /// <summary>1 - <paramref name="chance"/>, rounded down.</summary>
    internal static double Complement(double chance)
    {
        double rest = 1 - chance;
        // 1 - rest is exact here: either rest is at least one half, or it is exact itself and so its complement is the chance.
        return 1 - rest < chance ? Math.BitDecrement(rest) : rest;
    }

    /// <summary>The fewest cells whose absence can make a square unrecoverable: (k + 1)².</summary>
    internal static long Unrecoverable(int dataWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataWidth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataWidth, 16384);
        return (dataWidth + 1L) * (dataWidth + 1L);
    }
}
