using System.Globalization;
using System.Numerics;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Committees;

public class SamplerTests
{
    [Fact]
    public void NegativeLog2_KnownValues_AreExact()
    {
        Assert.Equal(0UL, FixedLog.NegativeLog2(ulong.MaxValue));
        Assert.Equal(64UL << 56, FixedLog.NegativeLog2(0));
        for (int bit = 0; bit < 64; bit++) Assert.Equal((ulong)(64 - bit) << 56, FixedLog.NegativeLog2((1UL << bit) - 1));
        // log2(3) = 1.584962500721156181453738943947...: 2^64 · 3/4 leaves 2 - log2(3), rounded up.
        Assert.Equal(1 + (ulong)(BigInteger.Parse("415037499278843818546261056052", CultureInfo.InvariantCulture) * (BigInteger.One << 56) / BigInteger.Pow(10, 30)), FixedLog.NegativeLog2((3UL << 62) - 1));
    }

    [Fact]
    public void NegativeLog2_AnyNumber_IsTheLogarithm()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            ulong x = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(60);
            double expected = 64 - Math.Log2((double)x + 1), actual = FixedLog.NegativeLog2(x) / Math.ScaleB(1, 56);
            Assert.InRange(actual, expected - 4e-14, expected + 4e-14);
            Assert.InRange(FixedLog.AtLeast(x), 0UL, FixedLog.NegativeLog2(x));
            Assert.True(x == ulong.MaxValue || FixedLog.NegativeLog2(x) >= FixedLog.NegativeLog2(x + 1));
        }
    }

    [Fact]
    public void WeightedDraw_AgainstSortingAllKeys_Agrees()
    {
        var random = new Random(8);
        for (int trial = 0; trial < 60; trial++)
        {
            ulong[] stakes = [.. Enumerable.Range(0, random.Next(20, 400)).Select(_ => random.Next(5) == 0 ? 0 : (ulong)random.NextInt64(1, 1L << random.Next(1, 60)))];
            int[] sizes = [3, Math.Min(15, stakes.Count(stake => stake > 0)), 1], seats = new int[sizes.Sum()];
            Digest seed = TestNetwork.Key(trial);
            new WeightedSampler().Draw(seed.Span, stakes, sizes, seats);
            var expected = new List<int>();
            for (int committee = 0; committee < 3; committee++)
            {
                byte[] Numbers(int block) => Sharding.Hashing.Domains.CommitteeDraw.Hash([.. seed.Span, .. BitConverter.GetBytes(committee), .. BitConverter.GetBytes(block)]).Span.ToArray();
                expected.AddRange(Enumerable.Range(0, stakes.Length).Where(i => stakes[i] > 0)
                    .OrderBy(i => ((BigInteger)FixedLog.NegativeLog2(BitConverter.ToUInt64(Numbers(i / 4), i % 4 * 8)) << 200) / stakes[i]).ThenBy(i => i).Take(sizes[committee]));
            }
            Assert.Equal(expected, seats);
        }
    }

    // Every ordered result of a small draw, with its exact probability.
    [Theory]
    [InlineData(2, new ulong[] { 1, 2, 3, 4 })]
    [InlineData(3, new ulong[] { 5, 1, 1, 30, 0, 7 })]
    [InlineData(3, new ulong[] { ulong.MaxValue, ulong.MaxValue / 2, ulong.MaxValue / 3, ulong.MaxValue / 10 })]
    public void WeightedDraw_SmallPool_HasTheExactDistribution(int seats, ulong[] stakes)
    {
        const int Draws = 4000, PerDraw = 30;
        int[] sizes = [.. Enumerable.Repeat(seats, PerDraw)], drawn = new int[seats * PerDraw];
        var counts = new Dictionary<string, int>();
        for (int draw = 0; draw < Draws; draw++)
        {
            new WeightedSampler().Draw(TestNetwork.Key(draw).Span, stakes, sizes, drawn);
            foreach (int[] committee in drawn.Chunk(seats)) Count(counts, committee);
        }
        var expected = new Dictionary<string, double>();
        Enumerate([], 1, stakes.Sum(stake => (double)stake));
        AssertChiSquare(expected, counts, Draws * PerDraw);

        void Enumerate(int[] chosen, double probability, double left)
        {
            if (chosen.Length == seats) { expected.Add(string.Join(',', chosen), probability); return; }
            for (int i = 0; i < stakes.Length; i++)
                if (stakes[i] > 0 && !chosen.Contains(i)) Enumerate([.. chosen, i], probability * stakes[i] / left, left - stakes[i]);
        }
    }

    [Fact]
    public void TicketDraw_SmallPool_HasTheExactDistribution()
    {
        const int Draws = 15_000;
        ulong[] stakes = [100, 200, 300]; // 1, 2 and 3 tickets; two committees, of 2 seats and of 1
        int[] drawn = new int[6];
        var counts = new Dictionary<string, int>();
        for (int draw = 0; draw < Draws; draw++)
        {
            new TicketSampler(6, poolTickets: 6).Draw(TestNetwork.Key(draw).Span, stakes, [2, 1, 3], drawn);
            Count(counts, drawn[..3]);
        }
        int[] tickets = [0, 1, 1, 2, 2, 2];
        var expected = new Dictionary<string, double>();
        for (int a = 0; a < 6; a++)
            for (int b = 0; b < 6; b++)
                for (int c = 0; c < 6; c++)
                {
                    if (a == b || b == c || a == c) continue;
                    string key = $"{tickets[a]},{tickets[b]},{tickets[c]}";
                    expected[key] = expected.GetValueOrDefault(key) + 1.0 / 120;
                }
        AssertChiSquare(expected, counts, Draws);
    }

    [Fact]
    public void WeightedDraw_Committee_HasEveryValidatorOnceAndShorterOnesAreItsStart()
    {
        ulong[] stakes = [.. Enumerable.Range(1, 200).Select(i => (ulong)(i * i))];
        int[] long_ = new int[120], short_ = new int[40];
        new WeightedSampler().Draw(TestNetwork.Key(1).Span, stakes, [120], long_);
        new WeightedSampler().Draw(TestNetwork.Key(1).Span, stakes, [40], short_);
        Assert.Equal(120, long_.Distinct().Count());
        Assert.Equal(short_, long_[..40]);
    }

    [Fact]
    public void TicketDraw_OneCommittee_IsDrawnFromManyMoreTickets()
    {
        ulong[] stakes = [.. Enumerable.Range(0, 60).Select(i => 1000 + (ulong)i * 50)];
        int[] seats = new int[10];
        var seen = new HashSet<int>();
        for (int draw = 0; draw < 300; draw++)
        {
            new TicketSampler().Draw(TestNetwork.Key(draw).Span, stakes, [10], seats);
            seen.UnionWith(seats);
        }
        Assert.Equal(60, seen.Count); // with 10 tickets for 10 seats only the ten richest would ever sit
        Assert.False(new TicketSampler().CanFill([3, 3, 3, 3], [2]));
        Assert.True(new TicketSampler().CanFill([10, 10, 10, 10], [2]));
    }

    [Fact]
    public void Draw_Misuse_Throws()
    {
        ulong[] stakes = [5, 0, 5];
        int[] seats = new int[3];
        foreach (ICommitteeSampler sampler in new ICommitteeSampler[] { new WeightedSampler(), new TicketSampler(1, poolTickets: 1) })
        {
            Assert.False(sampler.CanFill(stakes, [3]));
            Assert.True(sampler.CanFill(stakes, [2]));
            Assert.Throws<ArgumentException>(() => sampler.Draw(new byte[32], stakes, [3], seats));
            Assert.Throws<ArgumentException>(() => sampler.Draw(new byte[32], stakes, [2], seats));
            Assert.Throws<ArgumentException>(() => sampler.Draw(new byte[31], stakes, [2], seats.AsSpan(0, 2).ToArray()));
            Assert.Throws<ArgumentException>(() => sampler.Draw(new byte[32], stakes, [2, 0], seats));
            Assert.Throws<ArgumentException>(() => sampler.Draw(new byte[32], stakes, [], seats));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new TicketSampler(-1));
    }

    private static void Count(Dictionary<string, int> counts, int[] committee)
    {
        string key = string.Join(',', committee);
        counts[key] = counts.GetValueOrDefault(key) + 1;
    }

    // A fair draw exceeds the bound, mean + 6 standard deviations of chi-square, less than once in a million.
    private static void AssertChiSquare(Dictionary<string, double> expected, Dictionary<string, int> counts, int draws)
    {
        Assert.Equal(1, expected.Values.Sum(), 1e-9);
        Assert.Empty(counts.Keys.Except(expected.Keys));
        double chi = 0;
        foreach ((string key, double probability) in expected)
        {
            double mean = probability * draws;
            Assert.True(mean > 5, $"Expected cells of more than 5, got {mean} of {key}.");
            chi += Math.Pow(counts.GetValueOrDefault(key) - mean, 2) / mean;
        }
        int freedom = expected.Count - 1;
        Assert.True(chi < freedom + 6 * Math.Sqrt(2 * freedom), $"Expected chi-square near {freedom}, got {chi}.");
    }
}
