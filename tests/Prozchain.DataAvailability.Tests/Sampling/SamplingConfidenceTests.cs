using System.Numerics;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class SamplingConfidenceTests
{
    [Fact]
    public void MissProbability_SmallPopulations_EqualsEnumeration()
    {
        for (int population = 1; population <= 10; population++)
        {
            for (int withheld = 0; withheld <= population; withheld++)
            {
                for (int samples = 0; samples <= population; samples++)
                {
                    int all = 0, missed = 0;
                    // Cells 0 to withheld - 1 are the withheld ones; every set of samples is a bit pattern.
                    for (int pattern = 0; pattern < 1 << population; pattern++)
                    {
                        if (int.PopCount(pattern) != samples) continue;
                        all++;
                        if ((pattern & ((1 << withheld) - 1)) == 0) missed++;
                    }
                    CheckBound(missed, all, SamplingConfidence.MissProbability(population, withheld, samples), samples);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(512)]
    public void MissProbability_Squares_IsBinomialRatioRoundedUp(int k)
    {
        BigInteger population = 4 * k * k, honest = population - (k + 1) * (k + 1), top = 1, bottom = 1;
        for (int samples = 0; samples <= Math.Min(4 * k * k, 300); samples++)
        {
            CheckBound(top, bottom, SamplingConfidence.MissProbability(k, samples), samples);
            top *= BigInteger.Max(0, honest - samples);
            bottom *= population - samples;
        }
    }

    /// <summary>Computed as integers outside this repository: 1 - C(N - w, s) / C(N, s).</summary>
    [Theory]
    [InlineData(64, 16, 0.9915561482)]
    [InlineData(128, 16, 0.9907895336)]
    [InlineData(2, 1, 0.5625)]
    [InlineData(1, 1, 1)]
    public void Confidence_KnownSquares_Matches(int k, int samples, double expected) =>
        Assert.Equal(expected, SamplingConfidence.Confidence(k, samples), 9);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    [InlineData(256)]
    public void SamplesNeeded_Targets_AreTheFewest(int k)
    {
        foreach (double confidence in new[] { 0, 0.5, 0.9, 0.99, 0.999999, 0.999999999999, 1 })
        {
            int samples = SamplingConfidence.SamplesNeeded(k, confidence);
            Assert.True(SamplingConfidence.MissProbability(k, samples) <= 1 - confidence);
            if (samples > 0) Assert.True(SamplingConfidence.MissProbability(k, samples - 1) > 1 - confidence);
        }
        Assert.Equal(4 * k * k - (k + 1) * (k + 1) + 1, SamplingConfidence.SamplesNeeded(k, 1));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(128)]
    [InlineData(512)]
    public void Confidence_EveryNumberOfSamples_IsNeverRoundedUp(int k)
    {
        for (int samples = 0; samples <= Math.Min(4 * k * k, 1000); samples++)
        {
            double miss = SamplingConfidence.MissProbability(k, samples), confidence = SamplingConfidence.Confidence(k, samples);
            // 1 - confidence is exact from 0.5 on; below, 1 - miss is, and the confidence is that.
            if (miss <= 0.5) Assert.True(1 - confidence >= miss, $"{samples} samples: {confidence:R} although {miss:R} may be missed.");
            else Assert.Equal(1 - miss, confidence);
        }
    }

    [Fact]
    public void SamplesNeeded_AnyTarget_ReachesTheConfidence()
    {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            int k = 1 << random.Next(10);
            double target = i % 3 == 0 ? random.NextDouble() * Math.Pow(2, -random.Next(60)) : 1 - Math.Pow(2, -random.NextDouble() * 53);
            int samples = SamplingConfidence.SamplesNeeded(k, target);
            Assert.True(SamplingConfidence.Confidence(k, samples) >= target);
            if (samples > 0) Assert.True(SamplingConfidence.Confidence(k, samples - 1) < target);
        }
    }

    [Fact]
    public void Arguments_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.SamplesNeeded(4, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.SamplesNeeded(4, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.SamplesNeeded(0, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.MissProbability(1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.MissProbability(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.MissProbability(10, 11, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.MissProbability(10, -1, 1));
        // Beyond 2^53 a count is no exact double, and the bound would not be one.
        Assert.Equal(1, SamplingConfidence.MissProbability(1L << 53, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingConfidence.MissProbability((1L << 53) + 1, 1, 0));
    }

    /// <summary>Not below the exact ratio, and above it by at most samples parts in 2^50.</summary>
    private static void CheckBound(BigInteger top, BigInteger bottom, double actual, int samples)
    {
        // actual = mantissa × 2^exponent exactly; both sides multiplied out.
        long bits = BitConverter.DoubleToInt64Bits(actual);
        int exponent = (int)(bits >> 52 & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        int shift = 1075 - Math.Max(exponent, 1);
        BigInteger exact = top << shift, got = mantissa * bottom;
        Assert.True(got >= exact, $"{actual:R} is below {top} / {bottom}.");
        Assert.True((got - exact << 50) <= exact * Math.Max(samples, 1), $"{actual:R} is too far above {top} / {bottom}.");
    }
}
