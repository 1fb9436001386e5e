using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;

namespace Prozchain.Rollups.Tests.Settlement;

public sealed class SettlementContractTests
{
    private readonly World _world = new();
    private readonly SettlementContract _contract;
    private readonly List<SettlementEvent> _events = [];
    private long _height;

    public SettlementContractTests() => _contract = new SettlementContract(_world.Genesis, new HashVerifier());

    [Fact]
    public void Apply_OfUnauthorisedCalls_IsRefused()
    {
        byte[] good = Encode(_world.Poster, 0, Post(0));
        Assert.Equal(SettlementResult.Malformed, _contract.Apply(0, good.AsMemory(1), _events));
        Assert.Equal(SettlementResult.Malformed, _contract.Apply(0, default, _events));
        Assert.Equal(SettlementResult.UnknownActor, _contract.Apply(0, Encode(_world.Wallets[0], 0, Post(0)), _events));
        Assert.Equal(SettlementResult.WrongSequence, _contract.Apply(0, Encode(_world.Poster, 1, Post(0)), _events));
        byte[] forged = [.. good];
        forged[^1] ^= 1;
        Assert.Equal(SettlementResult.BadSignature, _contract.Apply(0, forged, _events));
        Assert.Equal(SettlementResult.BadSignature, _contract.Apply(0, SettlementCall.Encode(_world.Poster, World.Root(1), 0, Post(0)), _events));
        Assert.Equal(SettlementResult.Accepted, _contract.Apply(0, good, _events));
        Assert.Equal(SettlementResult.WrongSequence, _contract.Apply(0, good, _events));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _contract.AdvanceTo(5, _events); _contract.Apply(4, good, _events); });
    }

    [Fact]
    public void PostBatch_OutOfOrderOrByAnyone_IsRefused()
    {
        Assert.Equal(SettlementResult.NotPermitted, Send(_world.Watcher, Post(0)));
        Assert.Equal(SettlementResult.WrongBatch, Send(_world.Poster, Post(1)));
        Assert.Equal(SettlementResult.WrongCount, Send(_world.Poster, Post(0) with { TransferCount = 1 << 17 }));
        Assert.Equal(SettlementResult.WrongCount, Send(_world.Poster, Post(0) with { Length = (1 << 24) + 1 }));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, Post(0)));
        Assert.Equal(SettlementResult.WrongBatch, Send(_world.Rescuer, Post(0)));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Rescuer, Post(1)));
        Assert.Equal(_world.Genesis.Digest, _contract.GetBatch(0).PreviousHash);
        Assert.Equal(_contract.GetBatch(0).DataHash, _contract.GetBatch(1).PreviousHash);
    }

    [Fact]
    public void Assert_ThatDoesNotFit_IsRefused()
    {
        BatchTrace trace = Trace(_world.Genesis.StateRoot, 3);
        AssertCall good = World.AssertionOf(0, trace);
        Assert.Equal(SettlementResult.WrongBatch, Send(_world.Poster, good));
        Send(_world.Poster, Post(0));
        Send(_world.Poster, Post(1));
        Assert.Equal(SettlementResult.WrongBatch, Send(_world.Poster, good with { BatchIndex = 1 }));
        Assert.Equal(SettlementResult.WrongCount, Send(_world.Poster, good with { TransferCount = 2 }));
        Assert.Equal(SettlementResult.WrongPreRoot, Send(_world.Poster, good with { PreRoot = World.Root(1) }));
        Assert.Equal(SettlementResult.WrongTrace, Send(_world.Poster, good with { PostRoot = World.Root(1) }));
        Assert.Equal(SettlementResult.WrongTrace, Send(_world.Poster, good with { LastProof = default }));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, good));
        Assert.Equal(SettlementResult.WrongBatch, Send(_world.Rescuer, good));
        Assert.Equal(SettlementResult.WrongPreRoot, Send(_world.Rescuer, good with { BatchIndex = 1 }));
        Assert.Equal(World.Bond, _contract.FindActor(_world.Poster.Address)!.Value.Bonded);
    }

    [Fact]
    public void Assert_OnABatchWithoutTransfers_MustChangeNothing()
    {
        Send(_world.Poster, Post(0) with { TransferCount = 0 });
        var nothing = new BatchTrace([_world.Genesis.StateRoot]);
        Assert.Equal(SettlementResult.WrongTrace, Send(_world.Poster, World.AssertionOf(0, nothing) with { PostRoot = World.Root(1) }));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, World.AssertionOf(0, nothing)));
        Assert.Equal(SettlementResult.NotChallengeable, Send(_world.Watcher, new ChallengeCall(0)));
    }

    [Fact]
    public void Challenge_ThatIsNotAllowed_IsRefused()
    {
        Propose();
        Assert.Equal(SettlementResult.NotChallengeable, Send(_world.Watcher, new ChallengeCall(1)));
        Assert.Equal(SettlementResult.NotPermitted, Send(_world.Poster, new ChallengeCall(0)));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Watcher, new ChallengeCall(0)));
        Assert.Equal(SettlementResult.NotChallengeable, Send(_world.Watcher, new ChallengeCall(0)));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Stranger, new ChallengeCall(0)));
        Assert.Equal((AssertionStatus.Challenged, 2), (_contract.FindAssertion(0)!.Status, _contract.FindAssertion(0)!.OpenDisputes));
    }

    [Fact]
    public void Challenge_AfterTheWindow_IsRefused()
    {
        Propose();
        _height = _world.Genesis.Parameters.ChallengeWindow + 1;
        Assert.Equal(SettlementResult.NotChallengeable, Send(_world.Watcher, new ChallengeCall(0)));
        Assert.Equal(AssertionStatus.Final, _contract.FindAssertion(0)!.Status);
        Assert.Equal(World.Deposit, _contract.FindActor(_world.Poster.Address)!.Value.Free);
    }

    [Fact]
    public void Moves_OutOfTurn_AreRefused()
    {
        BatchTrace trace = Propose(count: 8);
        Send(_world.Watcher, new ChallengeCall(0));
        var bisect = new BisectCall(0, 4, trace[4], trace.Open(4));
        Assert.Equal(SettlementResult.NoDispute, Send(_world.Poster, bisect with { DisputeId = 1 }));
        Assert.Equal(SettlementResult.NotYourMove, Send(_world.Watcher, new RespondCall(0, 4, true)));
        Assert.Equal(SettlementResult.NotYourMove, Send(_world.Watcher, bisect));
        Assert.Equal(SettlementResult.NotYourMove, Send(_world.Watcher, new ProveStepCall(0, default, default)));
        Assert.Equal(SettlementResult.WrongPosition, Send(_world.Poster, bisect with { Position = 5 }));
        Assert.Equal(SettlementResult.WrongTrace, Send(_world.Poster, bisect with { Root = World.Root(5) }));
        Assert.Equal(SettlementResult.WrongTrace, Send(_world.Poster, bisect with { Proof = trace.Open(5) }));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, bisect));
        Assert.Equal(SettlementResult.NotYourMove, Send(_world.Poster, bisect));
        Assert.Equal(SettlementResult.NotYourMove, Send(_world.Stranger, new RespondCall(0, 4, true)));
        Assert.Equal(SettlementResult.WrongPosition, Send(_world.Watcher, new RespondCall(0, 3, true)));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Watcher, new RespondCall(0, 4, true)));
        Assert.Equal((4, 8, 6), (_contract.FindDispute(0)!.Low, _contract.FindDispute(0)!.High, _contract.FindDispute(0)!.Middle));
        Assert.Equal(DisputePhase.Bisect, _contract.FindDispute(0)!.Phase);
    }

    [Fact]
    public void Clocks_AreSharedByAllMovesOfASide()
    {
        BatchTrace trace = Propose(count: 8);
        Send(_world.Watcher, new ChallengeCall(0));
        long clock = _world.Genesis.Parameters.DisputeClock;
        _height += clock;
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, new BisectCall(0, 4, trace[4], trace.Open(4))));
        Assert.Equal((0L, clock), (_contract.FindDispute(0)!.AsserterClock, _contract.FindDispute(0)!.ChallengerClock));
        _height += 3;
        Assert.Equal(SettlementResult.Accepted, Send(_world.Watcher, new RespondCall(0, 4, false)));
        Assert.Equal(clock - 3, _contract.FindDispute(0)!.ChallengerClock);
        // The asserter has no height left: it must move within this one.
        _height += 1;
        Assert.Equal(SettlementResult.NoDispute, Send(_world.Poster, new BisectCall(0, 2, trace[2], trace.Open(2))));
        Assert.Equal(DisputePhase.ChallengerWon, _contract.FindDispute(0)!.Phase);
    }

    [Fact]
    public void ChallengerThatDoesNotRespond_Loses_AndTheWindowOpensAgain()
    {
        BatchTrace trace = Propose(count: 2);
        Send(_world.Stranger, new ChallengeCall(0));
        Send(_world.Poster, new BisectCall(0, 1, trace[1], trace.Open(1)));
        SettlementParameters parameters = _world.Genesis.Parameters;
        _contract.AdvanceTo(parameters.DisputeClock + 1, _events);
        Assert.Equal(DisputePhase.AsserterWon, _contract.FindDispute(0)!.Phase);
        Assert.Equal(AssertionStatus.Challenged, _contract.FindAssertion(0)!.Status);
        // A challenger that lost on purpose has not shut the door on an honest one.
        _height = parameters.DisputeClock + 1 + parameters.ChallengeWindow;
        Assert.Equal(SettlementResult.Accepted, Send(_world.Watcher, new ChallengeCall(0)));
    }

    [Fact]
    public void StepThatNobodyProves_IsLostForTheAsserter()
    {
        Propose(count: 1);
        Send(_world.Watcher, new ChallengeCall(0));
        Assert.Equal(DisputePhase.ProveStep, _contract.FindDispute(0)!.Phase);
        _contract.AdvanceTo(_world.Genesis.Parameters.StepWindow, _events);
        Assert.True(_contract.FindDispute(0)!.IsOpen);
        _contract.AdvanceTo(_world.Genesis.Parameters.StepWindow + 1, _events);
        Assert.Equal(DisputePhase.ChallengerWon, _contract.FindDispute(0)!.Phase);
    }

    [Fact]
    public void Rejection_TakesDescendantsAndTheirDisputesAlong()
    {
        BatchTrace first = Propose(count: 1);
        for (int i = 1; i < 4; i++) Send(_world.Poster, Post(i) with { TransferCount = 1 });
        BatchTrace second = Trace(first.PostRoot, 1, 2), third = Trace(second.PostRoot, 1, 3);
        Send(_world.Rescuer, World.AssertionOf(1, second));
        Send(_world.Poster, World.AssertionOf(2, third));
        Send(_world.Stranger, new ChallengeCall(1));
        Send(_world.Watcher, new ChallengeCall(0));
        Send(_world.Stranger, new ChallengeCall(0));
        _height = 5;
        _contract.AdvanceTo(5, _events);
        Assert.Equal(3, _contract.OpenDisputes.Count);
        _contract.AdvanceTo(_world.Genesis.Parameters.StepWindow + 1, _events);
        Assert.Empty(_contract.OpenDisputes);
        Assert.Equal(0, _contract.AssertedCount);
        for (int i = 0; i < 3; i++) Assert.Equal(AssertionStatus.Rejected, _contract.FindAssertion(i)!.Status);
        // The dispute on the child came first and cost the rescuer its bond; the rest got theirs back but the first asserter.
        Assert.Equal(_contract.TotalUnits, 4 * World.Deposit);
        Assert.All((HashSigner[])[_world.Poster, _world.Watcher, _world.Stranger, _world.Rescuer], actor => Assert.Equal(0UL, _contract.FindActor(actor.Address)!.Value.Bonded));
        _height = 20;
        Assert.Equal(SettlementResult.Accepted, Send(_world.Rescuer, World.AssertionOf(0, first)));
    }

    [Fact]
    public void Child_IsNeverFinalBeforeItsParent()
    {
        BatchTrace first = Propose(count: 2);
        Send(_world.Poster, Post(1) with { TransferCount = 1 });
        Send(_world.Poster, World.AssertionOf(1, Trace(first.PostRoot, 1, 2)));
        long window = _world.Genesis.Parameters.ChallengeWindow;
        _height = window;
        Send(_world.Stranger, new ChallengeCall(0));
        _contract.AdvanceTo(window + 5, _events);
        Assert.Equal((0L, AssertionStatus.Proposed), (_contract.FinalCount, _contract.FindAssertion(1)!.Status));
        _height = window + 5;
        Send(_world.Poster, new BisectCall(0, 1, first[1], first.Open(1)));
        _contract.AdvanceTo(10 * window, _events);
        Assert.Equal(2, _contract.FinalCount);
        SettlementEvent[] finals = [.. _events.Where(happened => happened.Kind == SettlementEventKind.Finalized)];
        Assert.Equal([0L, 1L], finals.Select(happened => happened.BatchIndex));
        Assert.Equal(finals[0].Height, finals[1].Height);
    }

    [Fact]
    public void Bond_WithoutDeposit_IsRefused()
    {
        var poor = new HashSigner(9);
        var genesis = new RollupGenesis(1, [], [new SettlementActor(poor.PublicKey, 1_500, true)], new SettlementParameters { AssertionBond = 1_000 });
        var contract = new SettlementContract(genesis, new HashVerifier());
        for (int i = 0; i < 2; i++) contract.Apply(0, SettlementCall.Encode(poor, genesis.Digest, i, Post(i) with { TransferCount = 1 }), _events);
        BatchTrace first = Trace(genesis.StateRoot, 1), second = Trace(first.PostRoot, 1, 2);
        Assert.Equal(SettlementResult.Accepted, contract.Apply(0, SettlementCall.Encode(poor, genesis.Digest, 2, World.AssertionOf(0, first)), _events));
        Assert.Equal(SettlementResult.InsufficientDeposit, contract.Apply(0, SettlementCall.Encode(poor, genesis.Digest, 3, World.AssertionOf(1, second)), _events));
    }

    [Fact]
    public async Task Proposer_DoesNotBuildOnAWrongAssertion()
    {
        SequencedBatch batch = await _world.PostAsync(3, 1);
        await _world.PostAsync(3, 2);
        RollupNode node = _world.NewNode();
        await _world.AppendAsync(node, _world.Poster, World.AssertionOf(0, DisputeTests.Falsify(_world, batch, DisputeTests.Lie.Minted, 1)));
        Assert.Equal(0, await new Proposer(node, _world.Rescuer).StepAsync());
    }

    [Fact]
    public async Task Proposer_GivenABatchOutOfTurn_SaysExpectedAndGot()
    {
        SequencedBatch batch = await _world.PostAsync(3, 1);
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(async () => await new Proposer(_world.NewNode(), _world.Poster).PostAsync(batch));
        Assert.Contains("Expected batch 1, got 0", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Proposer(_world.NewNode(), _world.Wallets[0]));
    }

    private static PostBatchCall Post(long index) => new(index, World.Root(1), World.Root(2), 100, 3);

    private static BatchTrace Trace(Digest32 pre, int count, int seed = 1) => new([pre, .. Enumerable.Range(0, count).Select(i => World.Root(100 * seed + i))]);

    private BatchTrace Propose(int count = 3)
    {
        BatchTrace trace = Trace(_world.Genesis.StateRoot, count);
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, Post(0) with { TransferCount = count }));
        Assert.Equal(SettlementResult.Accepted, Send(_world.Poster, World.AssertionOf(0, trace)));
        return trace;
    }

    private byte[] Encode(HashSigner author, long sequence, SettlementPayload payload) => SettlementCall.Encode(author, _world.Genesis.Digest, sequence, payload);

    private SettlementResult Send(HashSigner author, SettlementPayload payload) =>
        _contract.Apply(_height, Encode(author, _contract.FindActor(author.Address)!.Value.NextSequence, payload), _events);
}
