using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;

namespace Prozchain.Rollups.Tests.Settlement;

public sealed class SettlementContractTests : ContractTest
{
    [Fact]
    public void Apply_OfUnauthorisedCalls_IsRefused()
    {
        byte[] good = Encode(Setup.Poster, 0, Post(0));
        Assert.Equal(SettlementResult.Malformed, Contract.Apply(0, good.AsMemory(1), Events));
        Assert.Equal(SettlementResult.Malformed, Contract.Apply(0, default, Events));
        Assert.Equal(SettlementResult.UnknownActor, Contract.Apply(0, Encode(Setup.Wallets[0], 0, Post(0)), Events));
        Assert.Equal(SettlementResult.WrongSequence, Contract.Apply(0, Encode(Setup.Poster, 1, Post(0)), Events));
        byte[] forged = [.. good];
        forged[^1] ^= 1;
        Assert.Equal(SettlementResult.BadSignature, Contract.Apply(0, forged, Events));
        Assert.Equal(SettlementResult.BadSignature, Contract.Apply(0, SettlementCall.Encode(Setup.Poster, World.Root(1), 0, Post(0)), Events));
        Assert.Equal(SettlementResult.Accepted, Contract.Apply(0, good, Events));
        Assert.Equal(SettlementResult.WrongSequence, Contract.Apply(0, good, Events));
        Assert.Throws<ArgumentOutOfRangeException>(() => { Contract.AdvanceTo(5, Events); Contract.Apply(4, good, Events); });
    }

    [Fact]
    public void PostBatch_OutOfOrderOrByAnyone_IsRefused()
    {
        Assert.Equal(SettlementResult.NotPermitted, Send(Setup.Watcher, Post(0)));
        Assert.Equal(SettlementResult.WrongBatch, Send(Setup.Poster, Post(1)));
        Assert.Equal(SettlementResult.WrongCount, Send(Setup.Poster, Post(0) with { TransferCount = 1 << 17 }));
        Assert.Equal(SettlementResult.WrongCount, Send(Setup.Poster, Post(0) with { Length = (1 << 24) + 1 }));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, Post(0)));
        Assert.Equal(SettlementResult.WrongBatch, Send(Setup.Rescuer, Post(0)));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Rescuer, Post(1)));
        Assert.Equal(Setup.Genesis.Digest, Contract.GetBatch(0).PreviousHash);
        Assert.Equal(Contract.GetBatch(0).DataHash, Contract.GetBatch(1).PreviousHash);
    }

    [Fact]
    public void Assert_ThatDoesNotFit_IsRefused()
    {
        BatchTrace trace = Trace(Setup.Genesis.StateRoot, 3);
        AssertCall good = World.AssertionOf(0, trace);
        Assert.Equal(SettlementResult.WrongBatch, Send(Setup.Poster, good));
        Send(Setup.Poster, Post(0));
        Send(Setup.Poster, Post(1));
        Assert.Equal(SettlementResult.WrongBatch, Send(Setup.Poster, good with { BatchIndex = 1 }));
        Assert.Equal(SettlementResult.WrongCount, Send(Setup.Poster, good with { TransferCount = 2 }));
        Assert.Equal(SettlementResult.WrongPreRoot, Send(Setup.Poster, good with { PreRoot = World.Root(1) }));
        Assert.Equal(SettlementResult.WrongTrace, Send(Setup.Poster, good with { PostRoot = World.Root(1) }));
        Assert.Equal(SettlementResult.WrongTrace, Send(Setup.Poster, good with { LastProof = default }));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, good));
        Assert.Equal(SettlementResult.WrongBatch, Send(Setup.Rescuer, good));
        Assert.Equal(SettlementResult.WrongPreRoot, Send(Setup.Rescuer, good with { BatchIndex = 1 }));
        Assert.Equal(World.Bond, Contract.FindActor(Setup.Poster.Address)!.Value.Bonded);
    }

    [Fact]
    public void Assert_OnABatchWithoutTransfers_MustChangeNothing()
    {
        Send(Setup.Poster, Post(0) with { TransferCount = 0 });
        var nothing = new BatchTrace([Setup.Genesis.StateRoot]);
        Assert.Equal(SettlementResult.WrongTrace, Send(Setup.Poster, World.AssertionOf(0, nothing) with { PostRoot = World.Root(1) }));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, World.AssertionOf(0, nothing)));
        Assert.Equal(SettlementResult.NotChallengeable, Send(Setup.Watcher, new ChallengeCall(0)));
    }

    [Fact]
    public void Bond_WithoutDeposit_IsRefused()
    {
        var poor = new HashSigner(9);
        var genesis = new RollupGenesis(1, [], [new SettlementActor(poor.PublicKey, 1_500, true)], new SettlementParameters { AssertionBond = 1_000 });
        var contract = new SettlementContract(genesis, new HashVerifier());
        for (int i = 0; i < 2; i++) contract.Apply(0, SettlementCall.Encode(poor, genesis.Digest, i, Post(i) with { TransferCount = 1 }), Events);
        BatchTrace first = Trace(genesis.StateRoot, 1), second = Trace(first.PostRoot, 1, 2);
        Assert.Equal(SettlementResult.Accepted, contract.Apply(0, SettlementCall.Encode(poor, genesis.Digest, 2, World.AssertionOf(0, first)), Events));
        Assert.Equal(SettlementResult.InsufficientDeposit, contract.Apply(0, SettlementCall.Encode(poor, genesis.Digest, 3, World.AssertionOf(1, second)), Events));
    }

    [Fact]
    public async Task Proposer_DoesNotBuildOnAWrongAssertion()
    {
        SequencedBatch batch = await Setup.PostAsync(3, 1);
        await Setup.PostAsync(3, 2);
        RollupNode node = Setup.NewNode();
        await Setup.AppendAsync(node, Setup.Poster, World.AssertionOf(0, DisputeTests.Falsify(Setup, batch, DisputeTests.Lie.Minted, 1)));
        Assert.Equal(0, await new Proposer(node, Setup.Rescuer).StepAsync());
    }

    [Fact]
    public async Task Proposer_GivenABatchOutOfTurn_SaysExpectedAndGot()
    {
        SequencedBatch batch = await Setup.PostAsync(3, 1);
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(async () => await new Proposer(Setup.NewNode(), Setup.Poster).PostAsync(batch));
        Assert.Contains("Expected batch 1, got 0", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Proposer(Setup.NewNode(), Setup.Wallets[0]));
    }
}
