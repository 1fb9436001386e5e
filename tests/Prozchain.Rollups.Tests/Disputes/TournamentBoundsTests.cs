using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>The published figures, reproduced.</summary>
public sealed class TournamentBoundsTests
{
    /// <summary>"Dave", table 2: groups of 4, grace period 8 hours. Days in hundredths.</summary>
    [Theory]
    [InlineData(4, 2_175, 49, 3_675)]
    [InlineData(8, 2_700, 56, 4_200)]
    [InlineData(12, 3_000, 60, 4_500)]
    [InlineData(16, 3_300, 64, 4_800)]
    [InlineData(20, 3_525, 67, 5_025)]
    [InlineData(24, 3_825, 71, 5_325)]
    [InlineData(28, 4_050, 74, 5_550)]
    [InlineData(32, 4_275, 77, 5_775)]
    public void DaveTable2(int logClaims, ulong hundredthsOfDays, int rounds, ulong censoredHundredths)
    {
        TournamentParameters dave = TournamentParameters.Dave;
        ulong claims = 1UL << logClaims;
        Assert.Equal(21, dave.MaxDemotions);
        Assert.Equal(rounds, TournamentBounds.RoundsWithCensorship(dave, claims));
        Assert.Equal(hundredthsOfDays * 864, TournamentBounds.Delay(dave, claims));
        Assert.Equal(censoredHundredths * 864, TournamentBounds.DelayWithCensorship(dave, claims));
    }

    /// <summary>Section 6.2: one Sybil against the hero plays at most 21 rounds.</summary>
    [Fact]
    public void OneSybil_LastsAsManyRoundsAsDemotions() => Assert.Equal(21, TournamentBounds.Rounds(TournamentParameters.Dave, 2));

    [Fact]
    public void Rounds_NeverFallWithMoreClaims()
    {
        int last = 0;
        for (ulong claims = 1; claims < 3_000; claims++)
        {
            int rounds = TournamentBounds.Rounds(TournamentParameters.Dave, claims);
            Assert.True(rounds >= last, $"{claims}");
            last = rounds;
        }
        Assert.Equal(0, TournamentBounds.RoundsWithCensorship(TournamentParameters.Dave, 1));
    }

    [Fact]
    public void ParallelTimers_TakeTwoPeriods() => Assert.Equal(2 * 45_818UL, TournamentBounds.ParallelTimers(45_818));

    /// <summary>Bond incentives of the OP stack: 400,000 gas at the root, about 300 million at depth 73.</summary>
    [Fact]
    public void OpBondCurve()
    {
        Assert.Equal(400_000UL, TournamentBounds.OpBondGas(0));
        Assert.Equal(437_972UL, TournamentBounds.OpBondGas(1));
        Assert.Equal(479_548UL, TournamentBounds.OpBondGas(2));
        Assert.InRange(TournamentBounds.OpBondGas(73), 299_500_000UL, 300_500_000UL);
        for (int depth = 1; depth <= 73; depth++) Assert.InRange(TournamentBounds.OpBondGas(depth) - 1.09493 * TournamentBounds.OpBondGas(depth - 1), -2, 2);
        // One game played to the end locks about 631 ETH at 200 gwei.
        ulong all = 0;
        for (int depth = 0; depth <= 73; depth++) all += TournamentBounds.OpBondGas(depth);
        Assert.InRange(all * 200.0 / 1e9, 630, 693);
    }

    [Fact]
    public void ParametersNobodyCouldLiveWith_AreRefused()
    {
        TournamentParameters good = new();
        Assert.Same(good, good.Check());
        TournamentParameters[] bad =
        [
            good with { Bond = 2 * good.AnswerCost - 1 },
            good with { AnswerCost = 0 },
            good with { GroupSize = 1 },
            good with { GroupSize = 17 },
            good with { GracePeriod = 0 },
            good with { GracePeriod = good.ChallengePeriod + 1 },
            good with { GracePeriod = 60 },
            good with { ChallengePeriod = 0 },
            good with { MatchTime = 1 },
            good with { MaxExtensions = 17 },
            good with { MoveRefund = good.AnswerCost + 1 },
        ];
        foreach (TournamentParameters parameters in bad) Assert.Throws<ArgumentException>(parameters.Check);
        Assert.Equal(2 * good.AnswerCost, (good with { Bond = 2 * good.AnswerCost }).Check().Bond);
    }
}
