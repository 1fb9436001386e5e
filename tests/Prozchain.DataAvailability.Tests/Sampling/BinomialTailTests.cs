using System.Numerics;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Sampling;

/// <summary>The bounds under the network's confidence, at the ends of their ranges, against exact rationals.</summary>
public class BinomialTailTests
{
    /// <summary>A double is a rational number, so the tail of exactly that chance can be computed.</summary>
    [Theory]
    [InlineData(1e-90)]
    [InlineData(1e-20)]
    [InlineData(1.1102230246251565e-16)]
    [InlineData(1e-9)]
    [InlineData(0.1)]
    [InlineData(0.49999999999999994)]
    [InlineData(0.7)]
    [InlineData(0.999999)]
    [InlineData(0.9999999999999999)]
    public void AtLeast_AnyChance_IsTheTailRoundedUp(double p)
    {
        long bits = BitConverter.DoubleToInt64Bits(p);
        int shift = 1075 - (int)(bits >> 52);
        BigInteger hit = (bits & 0xFFFFFFFFFFFFF) | (1L << 52), all = BigInteger.One << shift, miss = all - hit;
        foreach (int trials in (int[])[1, 2, 3, 17, 60])
        {
            BigInteger tail = 0;
            for (int hits = trials; hits >= 0; hits--)
            {
                tail += Fractions.Choose(trials, hits) * BigInteger.Pow(hit, hits) * BigInteger.Pow(miss, trials - hits);
                double bound = BinomialTail.AtLeast(hits, trials, p);
                Assert.InRange(bound, 0, 1);
                if (bound > 1e-290) Fractions.AssertTight(tail, BigInteger.One << (shift * trials), bound, 1e-11);
                else Assert.True(Fractions.IsAtLeast(bound, tail, BigInteger.One << (shift * trials)));
            }
        }
        Assert.Equal(0, BinomialTail.AtLeast(5, 4, p));
    }

    [Fact]
    public void ShortfallBound_RandomSchemes_IsNeverBelowTheExactChance()
    {
        var random = new Random(11);
        int telling = 0;
        for (int i = 0; i < 400; i++)
        {
            int population = random.Next(1, 80), samples = random.Next(1, population + 1), clients = random.Next(1, 60);
            var scheme = new SamplingScheme("random", population, random.Next(1, population + 1), 1);
            double exact = NetworkConfidence.Shortfall(scheme, clients, samples), bound = NetworkConfidence.ShortfallBound(scheme, clients, samples);
            Assert.True(bound + 1e-30 >= exact * (1 - 1e-9), $"{scheme}, {clients} clients, {samples} samples: {bound} < {exact}");
            Assert.True(SelectiveServing.FirstFooled(scheme, samples, clients) + 1e-30 >= exact * (1 - 1e-9));
            if (exact is > 1e-12 and < 0.9) telling++;
        }
        Assert.InRange(telling, 20, 400);
        Assert.Throws<ArgumentOutOfRangeException>(() => SelectiveServing.FirstFooled(SamplingScheme.Square(4), 1, -1));
    }
}
