using Prozchain.Rollups.Disputes;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>The honest claim wins against everything, within the bounds, at a cost that the number of liars does not change.</summary>
public sealed class TournamentCampaignTests
{
    private const int Height = 4;

    /// <summary>The adversary's best strategy, for real: exactly as many rounds as worked out on paper.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(256)]
    public void LongestDelay_TakesTheRoundsOfTheFormula(int claims)
    {
        var run = new TournamentSimulation(1, Height, claims - 1, _ => Sybil.LongestDelay).Run();
        AssertWon(run);
        Assert.Equal(TournamentBounds.Rounds(TournamentParameters.Dave, (ulong)claims), run.Tournament.Rounds);
        Assert.True(run.Now <= TournamentBounds.Delay(TournamentParameters.Dave, (ulong)claims) + (ulong)run.Tournament.Rounds * TournamentSimulation.Hour);
        Assert.InRange(run.HonestMoves, 1, 1 + run.Tournament.Rounds * 3 * (Height + 2));
    }

    /// <summary>With two claims left, censoring the honest one keeps the tournament going for as long as the censorship lasts.</summary>
    [Fact]
    public void Censorship_DemotesTheHonestClaim_ButNeverOften()
    {
        TournamentParameters dave = TournamentParameters.Dave;
        var run = new TournamentSimulation(2, Height, 15, _ => Sybil.LongestDelay)
        {
            // When the honest claim is alone with those that the next demotion throws out.
            Censor = world => world.Tournament.Claims.Count(claim => !claim.IsOut && claim.Demotions < dave.MaxDemotions - 1) <= 1
                && world.Now > 24 * TournamentSimulation.Hour && world.Censored < dave.ChallengePeriod,
        }.Run();
        AssertWon(run);
        Assert.InRange(run.Tournament.Winner!.Demotions, 10, dave.MaxDemotions - 1);
        Assert.InRange(run.Tournament.Rounds, TournamentBounds.Rounds(dave, 16) + 10, TournamentBounds.RoundsWithCensorship(dave, 16));
        Assert.True(run.Now <= TournamentBounds.WorstCase(dave, 16));
    }

    /// <summary>All kinds of liars, lies at any depth, late entries, windows of censorship, with and without extensions.</summary>
    [Fact]
    public void HonestClaim_AlwaysWins()
    {
        for (int seed = 0; seed < (TestSettings.IsLong ? 600 : 60); seed++)
        {
            var random = new Random(seed);
            TournamentParameters parameters = random.Next(2) == 0 ? TournamentParameters.Dave : new() { GroupSize = random.Next(2, 6), MaxExtensions = (uint)random.Next(3) };
            int claims = random.Next(2, 40);
            ulong[] windows = [.. Enumerable.Range(0, 4).Select(_ => (ulong)random.NextInt64(60 * 24))];
            ulong length = (ulong)random.Next(42);
            var run = new TournamentSimulation(seed, random.Next(2, 7), claims - 1, Pick(random), parameters, joinLate: random.Next(2) == 0)
            {
                // Four windows of at most 42 hours make a challenge period. The honest claim is heard before it is too late to join.
                Censor = world => windows.Any(start => world.Now / TournamentSimulation.Hour - start < length) && world.Now > 0,
            }.Run();
            AssertWon(run);
            Assert.InRange(run.Tournament.Rounds, 0, Math.Max(TournamentBounds.RoundsWithCensorship(parameters, (ulong)claims), 0) + (int)(parameters.ChallengePeriod / (parameters.Clock)) + 1);
            Assert.True(run.Now <= TournamentBounds.WorstCase(parameters, (ulong)claims) + (ulong)run.Tournament.Rounds * TournamentSimulation.Hour, $"seed {seed}");
            Assert.InRange(run.LongestRound, 0UL, parameters.RoundLength + TournamentSimulation.Hour);
        }
    }

    [Fact]
    public void HonestCost_DoesNotDependOnTheNumberOfLiars()
    {
        int few = PerRound(4), many = PerRound(256);
        Assert.InRange(many, 1, Math.Max(few, 3 * (Height + 1)));

        static int PerRound(int claims)
        {
            var run = new TournamentSimulation(5, Height, claims - 1, _ => Sybil.LastMoment).Run();
            AssertWon(run);
            return (run.HonestMoves + run.Tournament.Rounds - 1) / run.Tournament.Rounds;
        }
    }

    private static Func<Random, Sybil> Pick(Random random)
    {
        int kind = random.Next(8);
        return kind < 5 ? _ => (Sybil)kind : each => (Sybil)each.Next(5);
    }

    private static void AssertWon(TournamentSimulation run)
    {
        Tournament tournament = run.Tournament;
        Assert.Equal(run.Truth, tournament.Winner!.Claim);
        UInt128 bonds = tournament.Parameters.Bond * (UInt128)tournament.Claims.Count;
        foreach (L1Address account in tournament.Claims.Select(claim => claim.Poster).Append(TournamentSimulation.Keeper).Distinct())
        {
            tournament.Apply(new CollectMove(account), account, run.Now);
            Assert.Equal(TournamentResult.NothingToDo, tournament.Apply(new CollectMove(account), account, run.Now));
        }
        Assert.Equal(bonds, run.Vault.Unlocked + run.Vault.Burned + run.Vault.Locked);
        Assert.Equal((UInt128)0, run.Vault.Locked);
        Assert.True(run.Vault[TournamentSimulation.Honest].Amount >= tournament.Parameters.Bond);
        Assert.Equal((UInt128)0, run.Vault.Withdraw(TournamentSimulation.Honest, run.Now + run.Vault.DelaySeconds - 1));
        Assert.True(run.Vault.Withdraw(TournamentSimulation.Honest, run.Now + run.Vault.DelaySeconds) >= tournament.Parameters.Bond);
    }
}
