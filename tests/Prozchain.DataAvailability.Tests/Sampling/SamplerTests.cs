using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Tests.Sampling;

public class SamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Draw_WholePopulation_IsAPermutation(int population)
    {
        var draw = new DistinctDraw(TestSquares.Seed(1), population);
        var seen = new bool[population];
        for (int i = 0; i < population; i++)
        {
            Assert.True(draw.TryNext(out int number));
            Assert.False(seen[number]);
            seen[number] = true;
        }
        Assert.False(draw.TryNext(out _));
    }

    [Fact]
    public void Draw_FirstThreeOfFour_AreUniform()
    {
        // 24 ordered triples, 1000 of each expected; chi squared with 23 degrees of freedom exceeds 60 once in 40,000.
        var counts = new Dictionary<(int, int, int), int>();
        for (int i = 0; i < 24_000; i++)
        {
            var draw = new DistinctDraw(TestSquares.Seed(i), 4);
            Assert.True(draw.TryNext(out int a) && draw.TryNext(out int b) && draw.TryNext(out int c) && (counts[(a, b, c)] = counts.GetValueOrDefault((a, b, c)) + 1) > 0);
        }
        Assert.Equal(24, counts.Count);
        Assert.InRange(counts.Values.Sum(n => (n - 1000.0) * (n - 1000.0) / 1000), 4, 60);
    }

    /// <summary>Frozen: a seed that someone wrote down still draws the same cells.</summary>
    [Fact]
    public void TryNext_FixedSeed_DrawsTheSameCells()
    {
        ExtendedSquare square = TestSquares.Full(8);
        var sampler = Sampler.ForSquare(square.Header, new byte[32]);
        var drawn = new List<string>();
        for (int i = 0; i < 8; i++)
        {
            Assert.True(sampler.TryNext(out CellCoordinate at));
            drawn.Add($"{at.Row},{at.Column}");
            Submit(sampler, at, square.GetShare(at.Row, at.Column));
        }
        Assert.Equal("2,12 13,0 0,11 7,13 3,13 14,10 15,1 3,8", string.Join(' ', drawn));
    }

    [Fact]
    public void Submit_EveryKindOfAnswer_IsNamedAndTheCellStays()
    {
        ExtendedSquare square = TestSquares.Full(4), other = TestSquares.Full(4, 2), wider = TestSquares.Full(4, 1, 128);
        var sampler = Sampler.ForSquare(square.Header, TestSquares.Seed(1));
        Assert.True(sampler.TryNext(out CellCoordinate at));
        byte[] right = TestSquares.Encoded(square.GetShare(at.Row, at.Column).WriteTo);

        Expect(SampleOutcome.Missing, ShareStatus.Missing, []);
        Expect(SampleOutcome.Failed, ShareStatus.Failed, []);
        Expect(SampleOutcome.Failed, (ShareStatus)77, right);
        Expect(SampleOutcome.TimedOut, ShareStatus.TimedOut, []);
        Expect(SampleOutcome.Busy, ShareStatus.Busy, []);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, []);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, right[..^1]);
        Expect(SampleOutcome.Malformed, ShareStatus.Served, [.. right, 0]);
        Expect(SampleOutcome.WrongCell, ShareStatus.Served, TestSquares.Encoded(square.GetShare(at.Row ^ 1, at.Column).WriteTo));
        Expect(SampleOutcome.WrongSize, ShareStatus.Served, TestSquares.Encoded(wider.GetShare(at.Row, at.Column).WriteTo));
        Expect(SampleOutcome.BadProof, ShareStatus.Served, TestSquares.Encoded(other.GetShare(at.Row, at.Column).WriteTo));
        Assert.Equal(0, sampler.Confidence);
        Assert.Empty(sampler.Accepted);

        SampleReport report = sampler.Submit(at, ShareStatus.Served, right);
        Assert.Equal(new SampleReport(at, SampleOutcome.Accepted, 1, SamplingConfidence.Confidence(4, 1)), report);
        Assert.Equal(at, Assert.Single(sampler.Accepted).Coordinate);
        Assert.Throws<ArgumentException>(() => sampler.Submit(at, ShareStatus.Served, right));

        void Expect(SampleOutcome outcome, ShareStatus status, byte[] bytes)
        {
            Assert.Equal(new SampleReport(at, outcome, 0, 0), sampler.Submit(at, status, bytes));
            Assert.True(sampler.TryNext(out CellCoordinate again));
            Assert.Equal(at, again);
        }
    }

    [Fact]
    public void TryNext_WholeSquareAccepted_EndsWithCertainty()
    {
        ExtendedSquare square = TestSquares.Full(2);
        var sampler = Sampler.ForSquare(square.Header, TestSquares.Seed(3));
        while (sampler.TryNext(out CellCoordinate at))
        {
            Submit(sampler, at, square.GetShare(at.Row, at.Column));
            Assert.Equal(SamplingConfidence.MissProbability(2, sampler.Accepted.Count), sampler.MissProbability);
        }
        Assert.Equal(16, sampler.Accepted.Select(cell => cell.Coordinate).Distinct().Count());
        Assert.Equal(1, sampler.Confidence);
    }

    /// <summary>A source that sees several requests chooses which to answer: only what was accepted without a gap counts.</summary>
    [Fact]
    public void Submit_OutOfOrder_CountsOnlyWhatHasNoGap()
    {
        ExtendedSquare square = TestSquares.Full(4);
        var sampler = Sampler.ForSquare(square.Header, TestSquares.Seed(7));
        var asked = new CellCoordinate[5];
        for (int i = 0; i < 5; i++) Assert.True(sampler.TryNext(out asked[i], limit: 5));
        Assert.False(sampler.TryNext(out _, limit: 5));
        foreach (int i in new[] { 1, 2, 4 }) Submit(sampler, asked[i], square.GetShare(asked[i].Row, asked[i].Column));
        Assert.Equal(0, sampler.Confidence);
        Assert.Equal(3, sampler.Accepted.Count);
        Submit(sampler, asked[0], square.GetShare(asked[0].Row, asked[0].Column));
        Assert.Equal(SamplingConfidence.Confidence(4, 3), sampler.Confidence);

        // What was never answered is asked again, before anything new.
        sampler.Recall();
        Assert.True(sampler.TryNext(out CellCoordinate again, limit: 6));
        Assert.Equal(asked[3], again);
        Assert.True(sampler.TryNext(out CellCoordinate sixth, limit: 6));
        Assert.DoesNotContain(sixth, asked);
        Submit(sampler, again, square.GetShare(again.Row, again.Column));
        Assert.Equal(SamplingConfidence.Confidence(4, 5), sampler.Confidence);
    }

    [Fact]
    public void Constructor_WrongSeed_Throws() =>
        Assert.Contains("32 bytes, got 31", Assert.Throws<ArgumentException>(() => Sampler.ForSquare(TestSquares.Full(1).Header, new byte[31])).Message, StringComparison.Ordinal);

    private static void Submit(Sampler<CheckedCell> sampler, CellCoordinate at, Share share) =>
        Assert.Equal(SampleOutcome.Accepted, sampler.Submit(at, ShareStatus.Served, TestSquares.Encoded(share.WriteTo)).Outcome);
}
