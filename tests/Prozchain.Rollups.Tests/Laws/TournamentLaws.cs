using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Tests.Disputes;

namespace Prozchain.Rollups.Tests.Laws;

public sealed class TournamentLaws
{
    private const int Height = 3, Steps = 7;
    private static readonly byte[] s_witness = [1];

    /// <summary>
    /// Whatever anybody calls, in whatever order, with whatever bytes: nothing throws, bonds are conserved, and a true claim
    /// that is defended within its clocks is never demoted, never out, and wins.
    /// </summary>
    [Fact]
    public void RandomSchedules_NeverHurtTheTrueClaim() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            TournamentParameters parameters = TournamentParameters.Dave with { GroupSize = random.Next(2, 5), MaxExtensions = (uint)random.Next(2) };
            var vault = new BondVault(10, 10);
            var tournament = new Tournament(parameters, World.Root(0), Steps, Check1, vault, 0);
            ClaimTree truth = Tree(random, -1);
            ClaimTree[] lies = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => Tree(random, random.Next(Steps + 1)))];
            ulong now = 0;
            int calls = 0;
            while (!tournament.HasEnded && ++calls < 20_000)
            {
                if (random.Next(3) == 0) now += (ulong)random.Next(5_400);
                if (random.Next(3) > 0) Try(Garble(random, Any(random, tournament, lies, now), tournament));
                else if (Any(random, tournament, lies, now) is { } move) Try(move);
                while (new TournamentPlayer(truth, _ => s_witness).NextMove(tournament, now) is { } honest) Assert.Equal(TournamentResult.Accepted, Try(honest));
                if (TournamentPlayer.Keep(tournament, random.Next(1, 4), now) is { } call) Try(call);

                TournamentClaim mine = tournament.Find(truth.Claim.Root)!;
                Assert.Equal((0, false), (mine.Demotions, mine.IsOut));
                Assert.Equal(parameters.Bond * (UInt128)tournament.Claims.Count, vault.Locked + vault.Unlocked + vault.Burned);
                Assert.Equal(tournament.Claims.Count(claim => !claim.IsOut), tournament.Survivors);
                Assert.All(tournament.OpenMatches, match => Assert.False(match.First.IsOut || match.Second.IsOut));
            }
            Assert.Equal(truth.Claim, tournament.Winner?.Claim);
            for (int account = 0; account < 5; account++) tournament.Apply(new CollectMove(TournamentSimulation.Account(account)), default, now);
            Assert.Equal((UInt128)0, vault.Locked);
            Assert.Equal(parameters.Bond * (UInt128)tournament.Claims.Count, vault.Unlocked + vault.Burned);

            TournamentResult Try(TournamentMove move) => tournament.Apply(move, TournamentSimulation.Account(random.Next(5)), now);
        }));

    private static StepVerdict Check1(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness) =>
        !witness.SequenceEqual(s_witness) ? StepVerdict.Unreadable : Hashing.Pair(preRoot, World.Root((int)step)) == postRoot ? StepVerdict.Confirmed : StepVerdict.Refuted;

    private static ClaimTree Tree(Random random, int lieAt)
    {
        var tree = new ClaimTree(Height);
        Digest32 root = World.Root(0);
        // The last leaf is padding, and lies there too.
        for (int i = 0; i < Steps + 1; i++) tree.Append(root = i == lieAt ? World.Root(random.Next()) : i < Steps ? Hashing.Pair(root, World.Root(i)) : root);
        return tree;
    }

    private static TournamentMove? Any(Random random, Tournament tournament, ClaimTree[] lies, ulong now) =>
        new TournamentPlayer(lies[random.Next(lies.Length)], _ => s_witness).NextMove(tournament, now);

    private static TournamentMove Garble(Random random, TournamentMove? move, Tournament tournament)
    {
        Digest32 junk = World.Root(random.Next());
        long id = random.Next(-1, tournament.OpenMatches.Count == 0 ? 2 : (int)tournament.OpenMatches.Max(match => match.Id) + 2);
        return (move, random.Next(4)) switch
        {
            (JoinMove join, 0) => join with { Claim = join.Claim with { Root = junk } },
            (JoinMove join, 1) => join with { Opening = new Digest32[random.Next(5)] },
            (JoinMove join, 2) => join with { Value = join.Value - 1 },
            (AdvanceMove advance, 0) => advance with { Left = junk },
            (AdvanceMove advance, 1) => advance with { NewRight = junk },
            (AdvanceMove advance, 2) => new SealMove(advance.MatchId, advance.Left, advance.Right, junk, default),
            (SealMove seal, 0) => seal with { PreRoot = junk },
            (SealMove seal, 1) => seal with { Opening = new Digest32[random.Next(5)] },
            (SealMove seal, 2) => new AdvanceMove(seal.MatchId, seal.Left, seal.Right, junk, junk),
            (StepMove step, 0) => step with { Witness = default },
            (StepMove step, _) => step with { ForSecond = !step.ForSecond },
            (_, 0) => new TimeoutMove(id),
            (_, 1) => new StepMove(id, random.Next(2) == 0, s_witness),
            (_, 2) => new FormMove(random.Next(-1, 3)),
            _ => random.Next(2) == 0 ? new ConcludeMove() : new CollectMove(TournamentSimulation.Account(random.Next(5))),
        };
    }
}
