using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Rows;

/// <summary>What a number of verified rows says about the rest: <see cref="SamplingConfidence"/> for row codes.</summary>
/// <remarks>
/// Any K of the K + N rows restore all, so that the data can be out of reach only if at least N + 1 rows are withheld or
/// do not verify. That a sample of distinct, uniformly random rows misses all of these is hypergeometric, at most
/// (K / (K + N))^s for s samples: two bits a sample at rate 1/4. It bounds what one client is told; that it be served
/// without being recognised, and that enough clients ask for K rows to get out between them, is not covered. Restoring may still
/// end in <see cref="Repair.RepairStatus.BadEncoding"/>, then for everyone.
/// </remarks>
public static class RowConfidence
{
    /// <summary>Largest chance that <paramref name="samples"/> distinct rows verify although fewer than K are within reach.</summary>
    /// <param name="parameters">The shape.</param>
    /// <param name="samples">Distinct rows, 0 to K + N.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static double MissProbability(RowParameters parameters, int samples)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return SamplingConfidence.MissProbability(parameters.Rows, parameters.ParityRows + 1, samples);
    }

    /// <summary>1 - <see cref="MissProbability"/>, rounded down.</summary>
    /// <inheritdoc cref="MissProbability"/>
    public static double Confidence(RowParameters parameters, int samples) => SamplingConfidence.Complement(MissProbability(parameters, samples));

    /// <summary>The fewest samples after which the confidence is at least <paramref name="confidence"/>.</summary>
    /// <param name="parameters">The shape.</param>
    /// <param name="confidence">0 to 1; 1 needs K samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static int SamplesNeeded(RowParameters parameters, double confidence)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(confidence is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Expected a probability from 0 to 1.");
        double chance = 1;
        int samples = 0;
        while (SamplingConfidence.Complement(chance) < confidence)
            chance = SamplingConfidence.Next(chance, parameters.Rows, parameters.ParityRows + 1, samples++);
        return samples;
    }
}
