using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>The rules of the moves, one by one.</summary>
public sealed class TournamentTests
{
    private const ulong Hour = 3_600, Steps = 5;
    private static readonly byte[] s_witness = [1];
    private static readonly L1Address s_one = TournamentSimulation.Account(1), s_two = TournamentSimulation.Account(2);
    private readonly BondVault _vault = new(Hour, Hour);
    private readonly Tournament _tournament;
    private readonly ClaimTree _truth = Tree(-1), _lie = Tree(2);
    private TournamentParameters _parameters = TournamentParameters.Dave;

    public TournamentTests() => _tournament = Make();

    [Fact]
    public void Join_ThatIsNotAllowed_IsRefused()
    {
        JoinMove good = Join(_truth);
        Assert.Equal(TournamentResult.WrongBond, Apply(good with { Value = _parameters.Bond - 1 }));
        Assert.Equal(TournamentResult.WrongBond, Apply(good with { Value = _parameters.Bond + 1 }));
        Assert.Equal(TournamentResult.WrongOpening, Apply(good with { Left = good.Right }));
        Assert.Equal(TournamentResult.WrongOpening, Apply(good with { Opening = default }));
        Assert.Equal(TournamentResult.WrongOpening, Apply(good with { Claim = good.Claim with { FinalRoot = World.Root(3) } }));
        Assert.Equal(TournamentResult.Accepted, Apply(good));
        Assert.Equal(TournamentResult.DuplicateClaim, Apply(good, s_two));
        Assert.Equal(TournamentResult.JoinedTooLate, Apply(Join(_lie), s_two, _parameters.ChallengePeriod));
        Assert.Equal(_parameters.Bond, _vault.Locked);
    }

    [Fact]
    public void LoneClaim_WinsWhenNobodyCanJoinAnyMore()
    {
        Assert.Equal(TournamentResult.NothingToDo, Apply(new ConcludeMove()));
        Apply(Join(_lie));
        Assert.Equal(TournamentResult.NothingToDo, Apply(new FormMove(1)));
        Assert.Equal(TournamentResult.NothingToDo, Apply(new ConcludeMove(), now: _parameters.ChallengePeriod - 1));
        Assert.Equal(TournamentResult.Accepted, Apply(new ConcludeMove(), now: _parameters.ChallengePeriod));
        Assert.Equal(_lie.Claim, _tournament.Winner!.Claim);
        Assert.Equal(TournamentResult.Ended, Apply(new ConcludeMove(), now: _parameters.ChallengePeriod));
        Assert.Equal(TournamentResult.Accepted, Apply(new CollectMove(s_one), now: _parameters.ChallengePeriod));
        Assert.Equal(_parameters.Bond, _vault[s_one].Amount);
    }

    [Fact]
    public void Moves_ThatDoNotFit_AreRefused()
    {
        TournamentMatch match = Begin(_tournament);
        var good = (AdvanceMove)Next(_lie);
        Assert.Null(new TournamentPlayer(_truth, _ => s_witness).NextMove(_tournament, 0));
        Assert.Equal(TournamentResult.NoMatch, Apply(good with { MatchId = 1 }));
        Assert.Equal(TournamentResult.NoMatch, Apply(good with { MatchId = -1 }));
        Assert.Equal(TournamentResult.WrongOpening, Apply(good with { Left = good.Right, Right = good.Left }));
        Assert.Equal(TournamentResult.WrongOpening, Apply(good with { NewLeft = good.NewRight }));
        Assert.Equal(TournamentResult.WrongMove, Apply(new SealMove(0, good.Left, good.Right, default, default)));
        Assert.Equal(TournamentResult.WrongMove, Apply(new StepMove(0, false, s_witness)));
        Assert.Equal(TournamentResult.TooEarly, Apply(new TimeoutMove(0), now: match.Deadline));
        Assert.Equal(TournamentResult.OutOfTime, Apply(good, now: match.Deadline + 1));
        Assert.Equal(MatchPhase.Bisecting, match.Phase);
        Assert.Throws<ArgumentException>(() => Apply(good, now: 0));
    }

    /// <summary>Nobody can defend a claim with what it does not commit to, so a liar cannot lose for the true claim.</summary>
    [Fact]
    public void MovesForTheTrueClaim_AreTheSameWhoeverMakesThem()
    {
        TournamentMatch match = Begin(_tournament);
        Apply(Next(_lie));
        AdvanceMove move = (AdvanceMove)Next(_truth);
        Assert.Equal(TournamentResult.WrongOpening, Apply(move with { Left = _lie.Node(1, 2), Right = _lie.Node(1, 3) }, s_two));
        Assert.Equal(TournamentResult.Accepted, Apply(move, s_two));
        Assert.Equal((1, 1UL), (match.Level, match.Position));
    }

    /// <summary>Eight leaves: three openings, and the step.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Bisection_FindsTheFirstDifference(int lieAt)
    {
        ClaimTree lie = Tree(lieAt);
        TournamentMatch match = Begin(_tournament, lie);
        int moves = 0;
        while (match.Phase == MatchPhase.Bisecting)
        {
            TournamentMove move = Next(match.Mover.Claim == _truth.Claim ? _truth : lie);
            if (move is SealMove { Opening.IsEmpty: false } seal)
            {
                Assert.Equal(TournamentResult.WrongOpening, Apply(seal with { PreRoot = World.Root(77) }));
                Assert.Equal(TournamentResult.WrongOpening, Apply(seal with { Opening = default }));
            }
            Assert.Equal(TournamentResult.Accepted, Apply(move));
            moves++;
        }
        Assert.Equal((3, (ulong)lieAt), (moves, match.Position));
        Assert.Equal(lieAt == 0 ? World.Root(0) : _truth.Leaf((ulong)lieAt - 1), match.Parent);
        Assert.Equal(TournamentResult.WrongWitness, Apply(new StepMove(0, false, default)));
        // Whichever side is executed, the lie falls.
        bool forSecond = lieAt % 2 == 0;
        Assert.Equal(TournamentResult.Accepted, Apply(new StepMove(0, forSecond, s_witness)));
        Assert.Equal((true, false, 1), (_tournament.Find(lie.Claim.Root)!.IsOut, _tournament.Find(_truth.Claim.Root)!.IsOut, _tournament.Survivors));
        Assert.Equal(TournamentResult.NoMatch, Apply(new StepMove(0, forSecond, s_witness)));
    }

    /// <summary>Beyond the last transaction the state stays as it is, and no witness is asked for.</summary>
    [Fact]
    public void LieInThePadding_Falls()
    {
        ClaimTree lie = Tree(6, count: 8);
        TournamentMatch match = Begin(_tournament, lie);
        while (match.Phase == MatchPhase.Bisecting) Apply(Next(match.Mover.Claim == _truth.Claim ? _truth : lie));
        Assert.Equal(6UL, match.Position);
        Assert.Equal(TournamentResult.Accepted, Apply(Next(_truth)));
        Assert.True(_tournament.Find(lie.Claim.Root)!.IsOut);
    }

    [Fact]
    public void Clocks_ArePerMatch_AndARoundEndsWithTheLastOne()
    {
        TournamentMatch match = Begin(_tournament);
        Assert.Equal(9 * Hour, match.Deadline);
        Apply(Next(_lie), now: 4 * Hour);
        Assert.Equal((5 * Hour, 13 * Hour), (match.Clock(match.First.Claim != _lie.Claim), match.Deadline));
        Assert.Equal(TournamentResult.Accepted, Apply(new TimeoutMove(0), now: 13 * Hour + 1));
        Assert.Equal((1, 0), (_tournament.Find(_truth.Claim.Root)!.Demotions, _tournament.Find(_lie.Claim.Root)!.Demotions));
        Assert.True(_tournament.CanForm);
    }

    /// <summary>A clock below the extension when its turn comes is raised to it, as often as allowed.</summary>
    [Fact]
    public void LowClock_IsExtended()
    {
        _parameters = TournamentParameters.Dave with { MaxExtensions = 1 };
        Tournament tournament = Make();
        TournamentMatch match = Begin(tournament);
        Apply(tournament, Next(tournament, _lie), 8 * Hour);
        bool lieIsSecond = match.Second.Claim == _lie.Claim;
        Assert.Equal((Hour, 9 * Hour), (match.Clock(lieIsSecond), match.Clock(!lieIsSecond)));
        Apply(tournament, Next(tournament, _truth), 9 * Hour);
        Assert.Equal((3 * Hour, 8 * Hour), (match.Clock(lieIsSecond), match.Clock(!lieIsSecond)));
        Assert.Equal(24 * Hour, _parameters.RoundLength);
        // Sealed with nothing left; it was raised once already, so the other's clock decides.
        Apply(tournament, Next(tournament, _lie), 12 * Hour);
        Assert.Equal((MatchPhase.Sealed, 0UL, 20 * Hour), (match.Phase, match.Clock(lieIsSecond), match.Deadline));
    }

    [Fact]
    public void StepThatNobodyShows_DemotesBoth()
    {
        TournamentMatch match = Begin(_tournament);
        while (match.Phase == MatchPhase.Bisecting) Apply(Next(match.Mover.Claim == _truth.Claim ? _truth : _lie));
        Assert.Equal(TournamentResult.OutOfTime, Apply(new StepMove(0, false, s_witness), now: 9 * Hour + 1));
        Assert.Equal(TournamentResult.Accepted, Apply(new TimeoutMove(0), now: 9 * Hour + 1));
        Assert.All(_tournament.Claims, claim => Assert.Equal(1, claim.Demotions));
    }

    [Fact]
    public void GroupsAreFormedInPieces_FromTheLeastDemotedUp()
    {
        for (int i = 0; i < 9; i++) Apply(Join(i == 0 ? _truth : Tree(i % 5, variant: i)));
        Assert.Equal(TournamentResult.NothingToDo, Apply(new FormMove(0)));
        Assert.Equal(TournamentResult.Accepted, Apply(new FormMove(1)));
        Assert.Equal(6, _tournament.OpenMatches.Count);
        // The round goes on being formed while its first group plays.
        Assert.Equal(TournamentResult.Accepted, Apply(new FormMove(9)));
        Assert.Equal((12, 1), (_tournament.OpenMatches.Count, _tournament.Rounds));
        Assert.False(_tournament.CanForm);
    }

    /// <summary>Somebody else may enter the true claim and forsake it: whoever defends it is repaid, who entered it is rewarded.</summary>
    [Fact]
    public void TrueClaim_EnteredByAnother_IsDefendedAllTheSame()
    {
        Apply(Join(_truth), s_two);
        Apply(Join(_lie), s_two);
        Apply(new FormMove(1), s_two);
        TournamentMatch match = _tournament.OpenMatches.First();
        while (match.Phase == MatchPhase.Bisecting)
        {
            bool mine = match.Mover.Claim == _truth.Claim;
            Apply(Next(mine ? _truth : _lie), mine ? s_one : s_two);
        }
        Apply(Next(_truth), s_one);
        Apply(new ConcludeMove(), now: _parameters.ChallengePeriod);
        int moves = _tournament.Winner!.Moves;
        Apply(new CollectMove(s_one), now: _parameters.ChallengePeriod);
        Apply(new CollectMove(s_two), now: _parameters.ChallengePeriod);
        UInt128 refunds = _parameters.MoveRefund * (UInt128)moves, left = _parameters.Bond - refunds - _parameters.MoveRefund;
        Assert.Equal(refunds, _vault[s_one].Amount);
        Assert.Equal(_parameters.Bond + left / 2 + _parameters.MoveRefund, _vault[s_two].Amount);
        Assert.Equal(left - left / 2, _vault.Burned);
    }

    [Fact]
    public void Vault_WaitsAndFreezesForAWhileOnly()
    {
        var vault = new BondVault(10, 5);
        vault.Lock(7);
        vault.Unlock(s_one, 4, 100);
        vault.Unlock(s_one, 2, 105);
        vault.Burn(1);
        Assert.Equal((UInt128)0, vault.Withdraw(s_one, 114));
        Assert.True(vault.TryFreeze(115));
        Assert.Equal((UInt128)0, vault.Withdraw(s_one, 119));
        Assert.False(vault.TryFreeze(124));
        Assert.Equal((UInt128)6, vault.Withdraw(s_one, 120));
        Assert.Equal((UInt128)0, vault.Withdraw(s_one, 120));
        Assert.Equal(((UInt128)0, (UInt128)0, (UInt128)6, (UInt128)1), (vault.Locked, vault.Unlocked, vault.Withdrawn, vault.Burned));
        Assert.True(vault.TryFreeze(125));
    }

    private Tournament Make() => new(_parameters, World.Root(0), Steps, Check, _vault, 0);

    private static ClaimTree Tree(int lieAt, int count = (int)Steps, int variant = 0)
    {
        var tree = new ClaimTree(3);
        Digest32 root = World.Root(0);
        for (int i = 0; i < count; i++) tree.Append(root = i == lieAt ? World.Root(500 + variant) : i < (int)Steps ? Hashing.Pair(root, World.Root(i)) : root);
        return tree;
    }

    private static StepVerdict Check(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness) =>
        witness.IsEmpty ? StepVerdict.Unreadable : Hashing.Pair(preRoot, World.Root((int)step)) == postRoot ? StepVerdict.Confirmed : StepVerdict.Refuted;

    private TournamentMatch Begin(Tournament tournament, ClaimTree? lie = null)
    {
        Assert.Equal(TournamentResult.Accepted, tournament.Apply(Join(_truth), s_one, 0));
        Assert.Equal(TournamentResult.Accepted, tournament.Apply(Join(lie ?? _lie), s_two, 0));
        Assert.Equal(TournamentResult.Accepted, tournament.Apply(new FormMove(9), s_two, 0));
        return Assert.Single(tournament.OpenMatches);
    }

    private JoinMove Join(ClaimTree tree) => new(tree.Claim, tree.Node(2, 0), tree.Node(2, 1), tree.Open(7), _parameters.Bond);

    private TournamentMove Next(ClaimTree tree) => Next(_tournament, tree);

    private static TournamentMove Next(Tournament tournament, ClaimTree tree) => new TournamentPlayer(tree, _ => s_witness).NextMove(tournament, tournament.OpenMatches.First().TurnStart)!;

    private TournamentResult Apply(TournamentMove move, L1Address? sender = null, ulong? now = null) => _tournament.Apply(move, sender ?? s_one, now ?? 0);

    private static void Apply(Tournament tournament, TournamentMove move, ulong now) => Assert.Equal(TournamentResult.Accepted, tournament.Apply(move, s_one, now));
}
