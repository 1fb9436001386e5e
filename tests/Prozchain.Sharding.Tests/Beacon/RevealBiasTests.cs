using System.Numerics;
using Prozchain.Sharding.Beacon;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>The bias of withheld reveals against exact enumeration of all assignments of slots, in rational numbers.</summary>
public class RevealBiasTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(1, 4)]
    [InlineData(2, 7)]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    public void Distribution_SmallEpochs_EqualsEnumeration(int numerator, int denominator)
    {
        for (int slots = 1; slots <= 10; slots++)
            for (int grace = 0; grace <= 3; grace++)
            {
                BigInteger[] exact = Enumerate(slots, grace, numerator, denominator);
                BigInteger whole = BigInteger.Pow(denominator, slots);
                Assert.Equal(whole, exact.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight));
                double[] actual = RevealBias.Distribution((double)numerator / denominator, slots, grace);
                for (int k = 0; k <= slots; k++) Assert.Equal((double)exact[k] / (double)whole, actual[k], 1e-12);
            }
    }

    [Fact]
    public void Distribution_LastRevealer_KnownAnswers()
    {
        // A fair coin, four slots, no grace: tail runs of 0, 1, 2, 3 and all 4.
        Assert.Equal([1 / 2.0, 1 / 4.0, 1 / 8.0, 1 / 16.0, 1 / 16.0], RevealBias.Distribution(0.5, 4, 0));
        // Two slots, one block of grace: both the adversary's 1/4; one of them 1/2 (slot 0 stays open through block 1); none 1/4.
        Assert.Equal([1 / 4.0, 1 / 2.0, 1 / 4.0], RevealBias.Distribution(0.5, 2, 1));
    }

    [Fact]
    public void GrindableBits_KnownAnswers()
    {
        // P(k > t) = β^(t + 1) without grace: at β = 1/2 more than 19 bits have 2^-20.
        Assert.Equal(19, RevealBias.GrindableBits(0.5, 64, 0, 20));
        Assert.Equal(9, RevealBias.GrindableBits(0.25, 64, 0, 20));
        Assert.Equal(0, RevealBias.GrindableBits(0, 64, 3, 100));
        // No epoch has more bits than slots.
        Assert.Equal(4, RevealBias.GrindableBits(0.5, 4, 0, 100));
        Assert.True(RevealBias.GrindableBits(0.25, 64, 2, 20) > 9);
    }

    [Fact]
    public void Amplification_GeometricTail_IsTheSeries()
    {
        // Σ β^k (1 - β) 2^k = (1 - β) / (1 - 2β): 1.5 at 1/4. At 1/2 each of the 32 runs adds 1/2, and the whole epoch 1.
        Assert.Equal(1.5, RevealBias.Amplification(0.25, 64, 0), 1e-9);
        Assert.Equal(1 + 32 * 0.5, RevealBias.Amplification(0.5, 32, 0), 1e-9);
        Assert.Equal(1, RevealBias.Amplification(0, 64, 2));
    }

    [Fact]
    public void BestOf_SmallProbability_IsTheAmplifiedOne()
    {
        double p = 1e-40;
        Assert.Equal(1.5, RevealBias.BestOf(p, 0.25, 64, 0) / p, 1e-9);
        Assert.Equal(p, RevealBias.BestOf(p, 0, 64, 0));
        Assert.Equal(1, RevealBias.BestOf(1, 0.3, 16, 1), 1e-12);
        Assert.Equal(0, RevealBias.BestOf(0, 0.3, 16, 1));
        // One slot, a fair coin, p = 1/2: half the time one try, half the time two: 1/4 + 3/8.
        Assert.Equal(0.625, RevealBias.BestOf(0.5, 0.5, 1, 0), 1e-12);
    }

    // Slot i is the adversary's if bit i is set; it can be ground if its deadline, i + grace, is not before the last honest slot.
    private static BigInteger[] Enumerate(int slots, int grace, int numerator, int denominator)
    {
        var weights = new BigInteger[slots + 1];
        for (int mask = 0; mask < 1 << slots; mask++)
        {
            int lastHonest = -1, owned = BitOperations.PopCount((uint)mask), ground = 0;
            for (int i = 0; i < slots; i++)
                if ((mask >> i & 1) == 0) lastHonest = i;
            for (int i = 0; i < slots; i++)
                if ((mask >> i & 1) == 1 && i + grace >= lastHonest) ground++;
            weights[ground] += BigInteger.Pow(numerator, owned) * BigInteger.Pow(denominator - numerator, slots - owned);
        }
        return weights;
    }
}
