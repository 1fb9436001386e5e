using System.Globalization;
using System.Numerics;
using Prozchain.Sharding.Committees;

namespace Prozchain.Sharding.Tests.Committees;

/// <summary>The tables of published analyses, and exact arithmetic.</summary>
public class CaptureModelTests
{
    [Theory]
    [InlineData(100, "7.0e-11", "1.8e-6", "7.4e-4", "2.8e-2", "0.22", "6.1e-12")]
    [InlineData(128, "3.7e-13", "1.3e-7", "2.2e-4", "1.8e-2", "0.21", "5.2e-15")]
    [InlineData(400, "2.2e-37", "2.5e-20", "1.8e-10", "8.7e-5", "7.1e-2", "2.1e-42")]
    [InlineData(1000, "5.0e-90", "1.1e-47", "2.3e-23", "1.7e-9", "1.1e-2", "6.2e-103")]
    public void Binomial_Table_IsReproduced(int seats, params string[] row)
    {
        double[] shares = [0.10, 0.15, 0.20, 0.25, 0.30];
        for (int i = 0; i < shares.Length; i++) AssertTwoDigits(row[i], CaptureModel.Binomial(seats, shares[i]).Halt);
        AssertTwoDigits(row[^1], CaptureModel.Binomial(seats, 0.333).Forge);
    }

    // The committee_security table of hyperscale-rs: 128 seats from a pool of 20 times as many.
    [Theory]
    [InlineData(0.10, "4.5e-14")]
    [InlineData(0.15, "5.1e-8")]
    [InlineData(0.20, "1.5e-4")]
    [InlineData(0.25, "1.6e-2")]
    public void Hypergeometric_PoolOfTwentyTimes_IsReproduced(double share, string expected) =>
        AssertTwoDigits(expected, CaptureModel.Hypergeometric(128, 20 * 128, (int)Math.Round(share * 20 * 128)).Halt);

    [Fact]
    public void Hypergeometric_PoolOfFourTimes_IsReproduced() => AssertTwoDigits("1.3e-2", CaptureModel.Hypergeometric(100, 400, 100).Halt);

    [Theory]
    [InlineData(0.10, 124)]
    [InlineData(0.15, 238)]
    [InlineData(0.20, 508)]
    [InlineData(0.25, 1426)]
    public void SmallestCommittee_TwoToTheMinus40_IsReproduced(double share, int seats) =>
        Assert.Equal(seats, CaptureSizing.SmallestCommittee(share, CaptureEvent.Halt, Math.ScaleB(1, -40)));

    [Theory]
    [InlineData(64, 0.093, 0.111, 0.192, 0.240)]
    [InlineData(1024, 0.084, 0.102, 0.185, 0.235)]
    public void LargestShare_OneInAMillionNetworkYears_IsReproduced(int shards, params double[] shares)
    {
        int[] sizes = [100, 128, 400, 1000];
        for (int i = 0; i < sizes.Length; i++)
        {
            double share = CaptureSizing.LargestShare(sizes[i], CaptureEvent.Halt, 1e-6 / (shards * 1460.0));
            Assert.Equal(shares[i], Math.Round(share, 3));
            Assert.Equal(share, CaptureSizing.LargestShare(sizes[i], CaptureEvent.Halt, 1e-6 / (shards * 1460.0), pool: 100_000_000), 1e-4);
            var budget = new SecurityBudget { AdversaryShare = 0.1, Shards = shards, MaxHaltsPerYear = 1e-6, MaxForgeriesPerYear = 1e-6 };
            Assert.Equal(share, budget.TolerableShare(sizes[i]), 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(401)]
    [InlineData(1000)]
    public void AtLeast_AnyThreshold_IsExactToTwelveDigits(int seats)
    {
        foreach (double share in new[] { 1e-3, 0.1, 0.25, 1.0 / 3, 0.7 })
        {
            CaptureModel model = CaptureModel.Binomial(seats, share);
            BigInteger[] terms = BinomialTerms(seats, share, out BigInteger whole);
            CheckTails(model, terms, whole);
        }
        foreach ((int pool, int adversarial) in new[] { (seats, seats / 2), (seats + 3, 2), (4 * seats, seats), (20 * seats, 6 * seats), (3 * seats, 0), (3 * seats, 3 * seats) })
            CheckTails(CaptureModel.Hypergeometric(seats, pool, adversarial), HypergeometricTerms(seats, pool, adversarial, out BigInteger whole), whole);
    }

    [Fact]
    public void Log2AtLeast_BelowTheSmallestDouble_IsKnown()
    {
        CaptureModel model = CaptureModel.Binomial(1000, 0.1);
        Assert.Equal(0, model.AtLeast(900));
        BigInteger[] terms = BinomialTerms(1000, 0.1, out BigInteger whole);
        BigInteger tail = terms[900..].Aggregate(BigInteger.Zero, (sum, term) => sum + term);
        Assert.Equal(BigInteger.Log(tail, 2) - BigInteger.Log(whole, 2), model.Log2AtLeast(900), 1e-8);
        Assert.Equal(double.NegativeInfinity, CaptureModel.Hypergeometric(10, 100, 3).Log2AtLeast(4));
        Assert.Equal((1, 0), (CaptureModel.Binomial(5, 0.5).AtLeast(-3), CaptureModel.Binomial(5, 0.5).Log2AtLeast(0)));
    }

    [Fact]
    public void Model_Misuse_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CaptureModel.Binomial(0, 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CaptureModel.Binomial(10, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => CaptureModel.Binomial(10, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CaptureModel.Hypergeometric(10, 9, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CaptureModel.Hypergeometric(10, 20, 21));
        Assert.Throws<ArgumentOutOfRangeException>(() => CaptureSizing.SmallestCommittee(0.1, CaptureEvent.Halt, 0));
        Assert.Null(CaptureSizing.SmallestCommittee(0.33, CaptureEvent.Halt, 1e-12));
    }

    private static void CheckTails(CaptureModel model, BigInteger[] terms, BigInteger whole)
    {
        BigInteger tail = 0;
        for (int held = terms.Length - 1; held >= 0; held--)
        {
            tail += terms[held];
            double exact = Ratio(tail, whole);
            if (exact < 1e-290) continue;
            Assert.InRange(model.AtLeast(held), exact * (1 - 1e-12), exact * (1 + 1e-12));
        }
        Assert.Equal(whole, tail);
    }

    private static BigInteger[] BinomialTerms(int seats, double share, out BigInteger whole)
    {
        // The double is a fraction with a power of two below.
        const int Bits = 70;
        var hit = new BigInteger(Math.ScaleB(share, Bits));
        BigInteger miss = (BigInteger.One << Bits) - hit, choose = 1;
        var terms = new BigInteger[seats + 1];
        for (int held = 0; held <= seats; choose = choose * (seats - held) / ++held) terms[held] = choose * BigInteger.Pow(hit, held) * BigInteger.Pow(miss, seats - held);
        whole = BigInteger.One << (Bits * seats);
        return terms;
    }

    private static BigInteger[] HypergeometricTerms(int seats, int pool, int adversarial, out BigInteger whole)
    {
        whole = Choose(pool, seats);
        return [.. Enumerable.Range(0, seats + 1).Select(held => Choose(adversarial, held) * Choose(pool - adversarial, seats - held))];
    }

    private static BigInteger Choose(int n, int k)
    {
        if (k < 0 || k > n) return 0;
        BigInteger result = 1;
        for (int i = 0; i < k; i++) result = result * (n - i) / (i + 1);
        return result;
    }

    private static double Ratio(BigInteger part, BigInteger whole)
    {
        if (part.IsZero) return 0;
        int shift = (int)(whole.GetBitLength() - part.GetBitLength()) + 64;
        return Math.ScaleB((double)((part << shift) / whole), -shift);
    }

    private static void AssertTwoDigits(string expected, double actual) => Assert.Equal(
        double.Parse(expected, CultureInfo.InvariantCulture), double.Parse(actual.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), 1e-200);
}
