using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>The one-round game: its table of payouts, row by row, and its calls one by one.</summary>
public sealed class ValidityLaneTests
{
    private static readonly byte[] s_proof = [7];
    private static readonly L1Address s_proposer = TournamentSimulation.Account(1), s_challenger = TournamentSimulation.Account(2), s_prover = TournamentSimulation.Account(3);
    private readonly ValidityGameParameters _parameters = new() { ChallengeDuration = 100, ProveDuration = 50, FinalityDelay = 10, LongestPause = 30, ProposerBond = 80, ChallengerBond = 60, ProofCost = 30 };
    private readonly BondVault _vault = new(5, 20);
    private readonly ValidityLane _lane;

    // In these tests, any proof of one byte is valid: what is under test is the game.
    public ValidityLaneTests() => _lane = new ValidityLane(_parameters, World.Root(0), 10, static (in Digest32 _, in Digest32 _, ulong _, ReadOnlySpan<byte> proof) => proof.Length == 1, _vault);

    /// <summary>Rows 1 to 5 of the table: challenged, proven, by the proposer or another; what proposer, challenger and prover get.</summary>
    [Theory]
    [InlineData(false, false, false, ValidityGameOutcome.DefenderWins, 80, 0, 0)]
    [InlineData(false, true, false, ValidityGameOutcome.DefenderWins, 80, 0, 0)]
    [InlineData(true, false, false, ValidityGameOutcome.ChallengerWins, 0, 140, 0)]
    [InlineData(true, true, true, ValidityGameOutcome.DefenderWins, 140, 0, 0)]
    [InlineData(true, true, false, ValidityGameOutcome.DefenderWins, 80, 0, 60)]
    public void Payouts(bool challenged, bool proven, bool byProposer, ValidityGameOutcome outcome, int proposer, int challenger, int prover)
    {
        Create(null, 1, 11, now: 0);
        if (challenged) Assert.Equal(ValidityGameResult.Accepted, _lane.Challenge(0, s_challenger, 60, 99));
        if (proven) Assert.Equal(ValidityGameResult.Accepted, _lane.Prove(0, s_proof, byProposer ? s_proposer : s_prover, 99));
        Finish(0, 200, outcome);
        AssertPaid(proposer, challenger, prover, burned: 0);
        Assert.Equal(outcome == ValidityGameOutcome.DefenderWins ? (World.Root(1), 11UL) : (World.Root(0), 10UL), (_lane.AnchorRoot, _lane.AnchorSequence));
    }

    /// <summary>Rows 6 and 7: whatever was proven, a child falls with its parent; its bond is the challenger's, or nobody's.</summary>
    [Theory]
    [InlineData(true, false, 0, 280, 0)]
    [InlineData(true, true, 0, 280, 0)]
    [InlineData(false, false, 0, 140, 80)]
    [InlineData(false, true, 0, 140, 80)]
    public void ChildFallsWithItsParent(bool challenged, bool proven, int proposer, int challenger, int burned)
    {
        Create(null, 1, 11, now: 0);
        Create(0, 2, 12, now: 0);
        Assert.Equal(ValidityGameResult.Accepted, _lane.Challenge(0, s_challenger, 60, 1));
        if (challenged) Assert.Equal(ValidityGameResult.Accepted, _lane.Challenge(1, s_challenger, 60, 1));
        if (proven) Assert.Equal(ValidityGameResult.Accepted, _lane.Prove(1, s_proof, s_prover, 2));
        Assert.Equal(ValidityGameResult.ParentUnresolved, _lane.Resolve(1, 200));
        Finish(0, 200, ValidityGameOutcome.ChallengerWins);
        Assert.Equal(ValidityGameResult.WrongParent, _lane.Prove(1, s_proof, s_prover, 200));
        Finish(1, 250, ValidityGameOutcome.ChallengerWins);
        AssertPaid(proposer, challenger, 0, burned);
        Assert.Equal(10UL, _lane.AnchorSequence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GameSetAside_RefundsBoth(bool retired)
    {
        Create(null, 1, 11, now: 0);
        _lane.Challenge(0, s_challenger, 60, 1);
        if (retired) _lane.Retire(1);
        else Assert.True(_lane.Blacklist(0));
        Assert.Equal(ValidityGameResult.WrongParent, Try(0, 2, 12, now: 2));
        Finish(0, 200, ValidityGameOutcome.ChallengerWins);
        AssertPaid(80, 60, 0, 0);
        Assert.False(_lane.Blacklist(0));
    }

    [Fact]
    public void Deadlines_AreExclusive()
    {
        Create(null, 1, 11, now: 0);
        Create(null, 2, 11, now: 0);
        Assert.Equal(ValidityGameResult.TooEarly, _lane.Resolve(0, 99));
        Assert.Equal(ValidityGameResult.WrongBond, _lane.Challenge(0, s_challenger, 59, 99));
        Assert.Equal(ValidityGameResult.Accepted, _lane.Challenge(0, s_challenger, 60, 99));
        Assert.Equal(ValidityGameResult.AlreadyChallenged, _lane.Challenge(0, s_prover, 60, 99));
        Assert.Equal(ValidityGameResult.Over, _lane.Challenge(1, s_challenger, 60, 100));
        Assert.Equal(ValidityGameResult.Over, _lane.Prove(1, s_proof, s_prover, 100));
        Assert.Equal(ValidityGameResult.WrongProof, _lane.Prove(0, default, s_prover, 148));
        Assert.Equal(ValidityGameResult.Accepted, _lane.Prove(0, s_proof, s_prover, 148));
        Assert.Equal(ValidityGameResult.Over, _lane.Prove(0, s_proof, s_prover, 148));
        Assert.Equal(ValidityGameResult.Accepted, _lane.Resolve(0, 148));
        Assert.Equal(ValidityGameResult.AlreadyDone, _lane.Resolve(0, 148));
        Assert.Equal(ValidityGameResult.TooEarly, _lane.Close(0, 158));
        Assert.True(_lane.TryPause(159));
        Assert.Equal(ValidityGameResult.Paused, _lane.Close(0, 159));
        Assert.False(_lane.TryPause(200));
        Assert.Equal(ValidityGameResult.Accepted, _lane.Close(0, 189));
        Assert.Equal(ValidityGameResult.AlreadyDone, _lane.Close(0, 189));
        Assert.Equal(ValidityGameResult.NoGame, _lane.Close(2, 189));
    }

    [Fact]
    public void TwoProofsForDifferentRoots_HaltTheLane()
    {
        Create(null, 1, 11, now: 0);
        Create(null, 2, 11, now: 0);
        Create(null, 3, 12, now: 0);
        _lane.Challenge(2, s_challenger, 60, 1);
        Assert.Equal(ValidityGameResult.Accepted, _lane.Prove(2, s_proof, s_prover, 1));
        Assert.Equal(ValidityGameResult.Accepted, _lane.Prove(0, s_proof, s_prover, 1));
        Assert.False(_lane.IsHalted);
        Assert.Equal(ValidityGameResult.Accepted, _lane.Prove(1, s_proof, s_prover, 1));
        Assert.True(_lane.IsHalted);
        Assert.Equal(ValidityGameResult.Halted, _lane.Resolve(0, 1_000));
        Assert.Equal(ValidityGameResult.Halted, Try(null, 4, 13, 1_000));
        for (int game = 0; game < 3; game++) Assert.Equal(ValidityGameResult.Accepted, _lane.Close(game, 1_000));
        AssertPaid(240, 60, 0, 0);
        Assert.Equal(10UL, _lane.AnchorSequence);
    }

    [Fact]
    public void ProofAgainstAProvenGame_HaltsTheLane()
    {
        Create(null, 1, 11, now: 0);
        Assert.Equal(ValidityGameResult.TooEarly, _lane.Contradict(0, World.Root(9), s_proof));
        _lane.Prove(0, s_proof, s_prover, 1);
        Assert.Equal(ValidityGameResult.WrongProof, _lane.Contradict(0, World.Root(1), s_proof));
        Assert.Equal(ValidityGameResult.WrongProof, _lane.Contradict(0, World.Root(9), default));
        Assert.Equal(ValidityGameResult.Accepted, _lane.Contradict(0, World.Root(9), s_proof));
        Assert.True(_lane.IsHalted);
        Assert.Equal(ValidityGameResult.AlreadyDone, _lane.Contradict(0, World.Root(9), s_proof));
    }

    [Fact]
    public void ParametersNobodyCouldLiveWith_AreRefused()
    {
        ValidityGameParameters[] bad =
        [
            _parameters with { ChallengerBond = 59 },
            _parameters with { ProofCost = 0 },
            _parameters with { ProposerBond = 0 },
            _parameters with { ChallengeDuration = 0 },
            _parameters with { ProveDuration = 0 },
            _parameters with { FinalityDelay = 0 },
            _parameters with { LongestPause = 0 },
        ];
        foreach (ValidityGameParameters parameters in bad) Assert.Throws<ArgumentException>(parameters.Check);
        _ = new ValidityGameParameters().Check();
    }

    private ValidityGameResult Try(int? parent, int root, ulong sequence, ulong now) => _lane.Create(parent, World.Root(root), sequence, s_proposer, 80, now);

    private void Create(int? parent, int root, ulong sequence, ulong now) => Assert.Equal(ValidityGameResult.Accepted, Try(parent, root, sequence, now));

    private void Finish(int game, ulong now, ValidityGameOutcome outcome)
    {
        Assert.Equal(ValidityGameResult.Accepted, _lane.Resolve(game, now));
        Assert.Equal(outcome, _lane.Games[game].Outcome);
        Assert.Equal(ValidityGameResult.Accepted, _lane.Close(game, now + 11));
    }

    private void AssertPaid(int proposer, int challenger, int prover, int burned)
    {
        Assert.Equal((UInt128)proposer, _vault[s_proposer].Amount);
        Assert.Equal((UInt128)challenger, _vault[s_challenger].Amount);
        Assert.Equal((UInt128)prover, _vault[s_prover].Amount);
        Assert.Equal((UInt128)burned, _vault.Burned);
        Assert.Equal((UInt128)0, _vault.Locked);
    }
}
