using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>All against all, with timers that edges inherit.</summary>
public sealed class ParallelDisputeTests
{
    private const ulong Period = 168, Steps = 13;
    private const int Height = 4;
    private static readonly byte[] s_witness = [1];
    private static readonly ParallelTimers s_timers = new(Period, 20, 10);
    private static readonly L1Address s_honest = TournamentSimulation.Account(1), s_liar = TournamentSimulation.Account(2);
    private readonly BondVault _vault = new(0, 0);

    [Fact]
    public void UncontestedClaim_WinsAfterThePeriod()
    {
        ParallelDispute dispute = Make();
        var player = new ParallelPlayer(Tree(-1), _ => s_witness);
        Assert.Equal(1, player.Play(dispute, s_honest, 10));
        Assert.Equal(0, player.Play(dispute, s_honest, 10 + Period - 1));
        Assert.Equal(1, player.Play(dispute, s_honest, 10 + Period));
        Assert.Equal(Tree(-1).Claim, dispute.Winner);
        Assert.Equal((UInt128)20, _vault[s_honest].Amount);
        Assert.Equal(TournamentResult.Ended, dispute.Confirm(Tree(-1).Claim.Root, 10 + Period));
    }

    /// <summary>A lie at any depth, the padding included, whoever joins first, however slowly the liar plays.</summary>
    [Fact]
    public void Lie_LosesWhereverItIs()
    {
        for (int lieAt = 0; lieAt < 1 << Height; lieAt++)
            for (int pace = 1; pace < 30; pace += 9)
            {
                ParallelDispute dispute = Make();
                ulong end = Run(dispute, [Tree(lieAt)], (now, _) => now % (ulong)pace == 0, now => now >= (ulong)(lieAt % 3));
                Assert.Equal(Tree(-1).Claim, dispute.Winner);
                Assert.InRange(end, Period, s_timers.Longest);
            }
    }

    /// <summary>Many liars, some late, some silent, and the honest party censored in windows of less than a period in all.</summary>
    [Fact]
    public void ManyLies_LastNoLongerThanTwoPeriods()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            ParallelDispute dispute = Make();
            ClaimTree[] lies = [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => Tree(random.Next(1 << Height), i + 1))];
            ulong[] joins = [.. lies.Select(_ => (ulong)random.NextInt64((long)Period))];
            ulong start = (ulong)random.NextInt64((long)Period), length = (ulong)random.NextInt64((long)Period - 1);
            int pace = random.Next(1, 6);
            ulong end = Run(dispute, lies, (now, i) => now >= joins[i] && random.Next(pace) == 0, now => now < start || now >= start + length);
            Assert.Equal(Tree(-1).Claim, dispute.Winner);
            Assert.InRange(end, Period, s_timers.Longest);
            Assert.Equal((UInt128)20 * (UInt128)dispute.Claims, _vault.Unlocked + _vault.Burned - Settled);
            Settled = _vault.Unlocked + _vault.Burned;
            Assert.Equal((UInt128)0, _vault.Locked);
        }
    }

    [Fact]
    public void Moves_ThatDoNotFit_AreRefused()
    {
        ParallelDispute dispute = Make();
        ClaimTree truth = Tree(-1), lie = Tree(5);
        Claim claim = truth.Claim;
        Digest32[] opening = truth.Open((1UL << Height) - 1);
        Assert.Equal(TournamentResult.WrongBond, dispute.Join(claim, opening, s_honest, 19, 0));
        Assert.Equal(TournamentResult.WrongOpening, dispute.Join(claim with { FinalRoot = World.Root(4) }, opening, s_honest, 20, 0));
        Assert.Equal(TournamentResult.Accepted, dispute.Join(claim, opening, s_honest, 20, 0));
        Assert.Equal(TournamentResult.DuplicateClaim, dispute.Join(claim, opening, s_liar, 20, 0));
        Digest32 root = dispute.Find(default, claim.Root, Height, 0)!.Id, left = truth.Node(Height - 1, 0), right = truth.Node(Height - 1, 1);
        Assert.Equal(TournamentResult.WrongMove, dispute.Bisect(root, left, right, 0));
        Assert.Equal(TournamentResult.NoMatch, dispute.Bisect(left, left, right, 0));
        dispute.Join(lie.Claim, lie.Open((1UL << Height) - 1), s_liar, 20, 1);
        Assert.Equal(TournamentResult.WrongOpening, dispute.Bisect(root, right, left, 1));
        Assert.Equal(TournamentResult.WrongMove, dispute.Step(root, default, s_witness));
        Assert.Equal(TournamentResult.Accepted, dispute.Bisect(root, left, right, 1));
        Assert.Equal(TournamentResult.WrongMove, dispute.Bisect(root, left, right, 1));
        Assert.Equal(TournamentResult.TooEarly, dispute.Confirm(claim.Root, Period - 1));
        Assert.Equal(TournamentResult.NoMatch, dispute.Confirm(left, 1_000));
        // One second alone, and both halves from then on.
        Assert.Equal(TournamentResult.Accepted, dispute.Confirm(claim.Root, Period));
    }

    /// <summary>A leaf is proven with a root that its prefix holds, or not at all.</summary>
    [Fact]
    public void Step_NeedsTheAgreedRoot()
    {
        ParallelDispute dispute = Make();
        ClaimTree truth = Tree(-1), lie = Tree(3);
        new ParallelPlayer(lie, _ => default).Play(dispute, s_liar, 0);
        var blind = new ParallelPlayer(truth, _ => default);
        for (ulong now = 0; now < 4; now++)
        {
            blind.Play(dispute, s_honest, now);
            new ParallelPlayer(lie, _ => default).Play(dispute, s_liar, now);
        }
        Digest32 prefix = ParallelDispute.Extend(ParallelDispute.Extend(default, truth.Node(1, 0), 1), truth.Leaf(2), 0);
        DisputeEdge leaf = dispute.Find(prefix, truth.Leaf(3), 0, 3)!, other = dispute.Find(prefix, lie.Leaf(3), 0, 3)!;
        var before = new PrefixOpening(truth.Leaf(2), ParallelDispute.Extend(default, truth.Node(1, 0), 1), default);
        Assert.Equal(TournamentResult.WrongOpening, dispute.Step(leaf.Id, before with { Root = truth.Leaf(1) }, s_witness));
        Assert.Equal(TournamentResult.WrongOpening, dispute.Step(leaf.Id, before with { Siblings = new Digest32[40] }, s_witness));
        Assert.Equal(TournamentResult.WrongWitness, dispute.Step(leaf.Id, before, default));
        Assert.Equal(TournamentResult.WrongWitness, dispute.Step(other.Id, before, s_witness));
        Assert.Equal(TournamentResult.Accepted, dispute.Step(leaf.Id, before, s_witness));
        Assert.Equal(TournamentResult.WrongMove, dispute.Step(leaf.Id, before, s_witness));
        Assert.Equal(ulong.MaxValue, ParallelDispute.Uncontested(leaf, 9));
        Assert.InRange(ParallelDispute.Uncontested(other, 1_000), 0UL, 1UL);
    }

    [Fact]
    public void BondBelowTwiceTheCost_CannotBeMade()
    {
        foreach (ParallelTimers timers in new[] { s_timers with { Bond = 19 }, s_timers with { AnswerCost = 0 }, s_timers with { Period = 0 } })
            Assert.Throws<ArgumentException>(() => new ParallelDispute(timers, World.Root(0), Steps, Check, _vault));
    }

    private UInt128 Settled { get; set; }

    private static ulong Run(ParallelDispute dispute, ClaimTree[] lies, Func<ulong, int, bool> lieMoves, Func<ulong, bool> isHeard)
    {
        ulong now = 0;
        for (; dispute.Winner is null && now < 10 * Period; now++)
        {
            for (int i = 0; i < lies.Length; i++)
                if (lieMoves(now, i)) new ParallelPlayer(lies[i], _ => s_witness).Play(dispute, s_liar, now);
            // A new player each time: all it knows is the dispute.
            if (isHeard(now)) new ParallelPlayer(Tree(-1), _ => s_witness).Play(dispute, s_honest, now);
        }
        return now - 1;
    }

    private ParallelDispute Make() => new(s_timers, World.Root(0), Steps, Check, _vault);

    private static ClaimTree Tree(int lieAt, int variant = 0)
    {
        var tree = new ClaimTree(Height);
        Digest32 root = World.Root(0);
        for (int i = 0; i < 1 << Height; i++) tree.Append(root = i == lieAt ? World.Root(700 + variant) : i < (int)Steps ? Hashing.Pair(root, World.Root(i)) : root);
        return tree;
    }

    private static StepVerdict Check(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness) =>
        witness.IsEmpty ? StepVerdict.Unreadable : Hashing.Pair(preRoot, World.Root((int)step)) == postRoot ? StepVerdict.Confirmed : StepVerdict.Refuted;
}
