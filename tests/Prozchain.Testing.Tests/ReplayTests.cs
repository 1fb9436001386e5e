using FsCheck.Fluent;

namespace Prozchain.Testing.Tests;

public sealed class ReplayTests
{
    [Fact]
    public void Run_CaseFails_TokenBringsBackThatCase()
    {
        ulong bad = 0;
        int seen = 0;
        void Body(SeededRandom random)
        {
            if (seen++ < 5) return;
            bad = random.NextUInt64();
            throw new InvalidOperationException("no good");
        }
        var failure = Assert.Throws<ReplayableException>(() => Replay.Run(Body, 10, seed: 0xab, onlyCase: null));
        Assert.Contains("PROZCHAIN_SEED=0xab:5", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no good", failure.Message, StringComparison.Ordinal);

        (ulong seed, int? index) = TestSettings.ParseSeed("0xab:5");
        var replayed = new List<ulong>();
        Replay.Run(random => replayed.Add(random.NextUInt64()), 10, seed, index);
        Assert.Equal([bad], replayed);
    }

    [Theory]
    [InlineData("12", 12UL, null)]
    [InlineData("0xFf", 255UL, null)]
    [InlineData("0x1:0", 1UL, 0)]
    [InlineData("7:3", 7UL, 3)]
    public void ParseSeed_WellFormed_Reads(string text, ulong seed, int? index) => Assert.Equal((seed, index), TestSettings.ParseSeed(text));

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1:")]
    [InlineData("1:2:3")]
    public void ParseSeed_Malformed_SaysWhatWasExpected(string text) => Assert.Throws<FormatException>(() => TestSettings.ParseSeed(text));

    [Fact]
    public void LawCheck_LawFails_NamesTheLawAndTheSeed()
    {
        var failure = Assert.Throws<ReplayableException>(() => Law.Check(Prop.ForAll<int>(x => x < 20), "ints are small", 1000, seed: 0x77));
        Assert.Contains("ints are small", failure.Message, StringComparison.Ordinal);
        Assert.Contains("PROZCHAIN_SEED=0x77", failure.Message, StringComparison.Ordinal);
        Assert.Contains("20", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LawCheck_SameSeed_SameCases()
    {
        List<int> Cases(ulong seed)
        {
            var cases = new List<int>();
            Law.Check(Prop.ForAll<int>(x => { cases.Add(x); return true; }), "records", 50, seed);
            return cases;
        }
        Assert.Equal(Cases(5), Cases(5));
        Assert.NotEqual(Cases(5), Cases(6));
        Assert.True(Cases(5).Count >= 50);
    }

    [Fact]
    public void AlgebraicLaws_Integers_HoldAndSubtractionDoesNotCommute()
    {
        var laws = new AlgebraicLaws<int>(ArbMap.Default.ArbFor<int>());
        laws.Associative((a, b) => a + b, "+");
        laws.Commutative((a, b) => a + b, "+");
        laws.Identity((a, b) => a + b, 0, "+");
        laws.Inverse((a, b) => a + b, a => -a, 0, "+");
        laws.Distributive((a, b) => a * b, (a, b) => a + b, "*");
        laws.RoundTrip(BitConverter.GetBytes, bytes => BitConverter.ToInt32(bytes), "bytes");
        Assert.Throws<ReplayableException>(() => laws.Commutative((a, b) => a - b, "-"));
        Assert.Throws<ReplayableException>(() => laws.Inverse((a, b) => a + b, a => a, 0, "+"));
    }
}
