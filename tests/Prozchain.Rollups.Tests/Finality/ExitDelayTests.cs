using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Tests.Disputes;

namespace Prozchain.Rollups.Tests.Finality;

public sealed class ExitDelayTests : FinalityTest
{
    [Fact]
    public void ShorterDelay_CannotBeMade()
    {
        FinalityParameters finality = Parameters(FinalityMode.Optimistic);
        TournamentParameters dave = TournamentParameters.Dave;
        // Challenge period, a round that runs, 49 rounds of 18 hours, an interval and a margin.
        ulong least = 7 * Day + 50 * 18 * 3_600 + 3_600 + Day + 1;
        Assert.Equal(least, ExitDelay.ForDisputes(finality, dave, 16, 3_600, Day).Seconds);
        Assert.Equal(least, ExitDelay.ForDisputes(finality, dave, 16, 3_600, Day, least).Seconds);
        Assert.Throws<ArgumentException>(() => ExitDelay.ForDisputes(finality, dave, 16, 3_600, Day, least - 1));
        Assert.Throws<ArgumentException>(() => ExitDelay.ForDisputes(finality, dave, 17, 3_600, Day, least));
        Assert.Throws<ArgumentException>(() => ExitDelay.ForDisputes(finality, dave, 16, 3_600, Day - 1, 2 * least));
        Assert.Throws<ArgumentException>(() => ExitDelay.ForDisputes(finality, dave, 16, 3_600, Day, ExitDelay.ValidityDefault));
        Assert.Throws<ArgumentException>(() => ExitDelay.ForDisputes(Parameters(FinalityMode.Validity), dave, 16, 3_600, Day));
        Assert.Throws<ArgumentException>(() => ExitDelay.ForValidity(finality, Day, Day));
        Assert.Throws<ArgumentException>(() => ExitDelay.ForValidity(Parameters(FinalityMode.Validity), 14 * Day, Day));
        Assert.Equal(14 * Day, ExitDelay.ForValidity(Parameters(FinalityMode.Validity), Day, Day).Seconds);
    }

    [Fact]
    public void PeriodsBelowTheMinimum_CannotBeMade()
    {
        FinalityParameters good = new();
        Assert.Equal((7 * Day, 600UL), (good.Check().OptimisticPeriod, good.ValidityDelay));
        FinalityParameters[] bad =
        [
            good with { OptimisticPeriod = FinalityParameters.LeastOptimisticPeriod - 1 },
            good with { ValidityDelay = FinalityParameters.LeastValidityDelay - 1 },
            good with { SegmentSteps = 0 },
            good with { SegmentSteps = 3 },
            good with { AgreeingSystems = 0 },
            good with { AgreeingSystems = 5 },
            good with { Mode = (FinalityMode)3 },
        ];
        foreach (FinalityParameters parameters in bad) Assert.Throws<ArgumentException>(parameters.Check);
    }

    [Fact]
    public void TableInWhichMoreValueWaitsForLess_CannotBeMade()
    {
        Assert.Throws<ArgumentException>(() => new FinalityPolicy(new FinalityRule(EffectKind.Withdrawal, 1, 9, FinalityRequirement.Prove), new FinalityRule(EffectKind.Withdrawal, 1, 10, FinalityRequirement.Optimistic)));
        Assert.Throws<ArgumentException>(() => new FinalityPolicy(new FinalityRule(EffectKind.Withdrawal, 0, 9, FinalityRequirement.Prove), new FinalityRule(EffectKind.Withdrawal, 0, 9, FinalityRequirement.Prove)));
        foreach (var rule in (FinalityRule[])[new(EffectKind.Message, 1, 0, FinalityRequirement.Prove), new(EffectKind.Message, 0, 1, FinalityRequirement.Prove), new((EffectKind)3, 0, 0, FinalityRequirement.Prove), new(EffectKind.Message, 0, 0, (FinalityRequirement)3)])
            Assert.Throws<ArgumentException>(() => new FinalityPolicy(rule));
        Assert.Throws<ArgumentException>(() => new FinalityPolicy([.. Enumerable.Range(0, 33).Select(i => new FinalityRule(EffectKind.Withdrawal, (uint)i, 0, FinalityRequirement.Prove))]));
        // Of each token apart.
        var policy = new FinalityPolicy(new FinalityRule(EffectKind.Withdrawal, 2, 5, FinalityRequirement.Prove), new FinalityRule(EffectKind.Withdrawal, 1, 9, FinalityRequirement.Both));
        Assert.Equal(
            [FinalityRequirement.Optimistic, FinalityRequirement.Both, FinalityRequirement.Optimistic, FinalityRequirement.Prove, FinalityRequirement.Optimistic],
            ((uint, UInt128)[])[(1, 8), (1, 9), (2, 4), (2, UInt128.MaxValue), (0, UInt128.MaxValue)] is var asked ? asked.Select(of => policy.Requirement(EffectKind.Withdrawal, of.Item1, of.Item2)) : []);
        Assert.Equal(FinalityRequirement.Prove, FinalityPolicy.Default.Requirement(EffectKind.Message, 0, 0));
        Assert.Equal(FinalityRequirement.Optimistic, FinalityPolicy.Default.Requirement(EffectKind.Withdrawal, 0, UInt128.MaxValue));
    }

    /// <summary>
    /// Sixteen claims in one dispute, fought with the strategy that delays longest, the honest party censored for a whole
    /// challenge period: nobody can leave for lack of a final state, and the honest claim becomes final.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SixteenClaims_NeverTriggerTheExit(bool late)
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        TournamentParameters dave = TournamentParameters.Dave;
        var run = new TournamentSimulation(3, 3, 15, _ => Sybil.LongestDelay, dave, late)
        {
            Censor = world =>
            {
                Assert.False(lane.IsExitDue(world.Now));
                return world.Tournament.Claims.Count(claim => !claim.IsOut && claim.Demotions < dave.MaxDemotions - 1) <= 1 && world.Now > Day && world.Censored < dave.ChallengePeriod;
            },
        };
        // The chain lost nothing before the dispute but the interval between two claims.
        Assert.Equal(FinalityResult.Accepted, lane.Propose(null, run.Truth, run.Tournament.Steps, 0));
        Assert.Equal(FinalityResult.Accepted, lane.Challenge(0, 0));
        run.Run();
        Assert.Equal(run.Truth, run.Tournament.Winner!.Claim);
        Assert.False(lane.IsExitDue(run.Now));
        Assert.Equal(FinalityResult.Accepted, lane.Settle(0, stands: true, run.Now));
        Assert.Equal(run.Truth.FinalRoot, lane.FinalRoot);
        // It is no empty promise: the dispute lasted longer than the default of validity mode.
        Assert.True(run.Now > ExitDelay.ValidityDefault);
    }
}
