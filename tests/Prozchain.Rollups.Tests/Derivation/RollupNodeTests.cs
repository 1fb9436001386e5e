using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Derivation;

public sealed class RollupNodeTests
{
    [Fact]
    public async Task SyncAsync_OfANewNode_GivesWhatTheSequencerHas()
    {
        var world = new World();
        SequencedBatch[] batches = [await world.PostAsync(30, 1), await world.PostAsync(1, 2), await world.PostAsync(50, 3)];
        RollupNode node = world.NewNode();
        SyncReport report = await node.SyncAsync();
        Assert.Equal((3L, 3L, -1L), (report.Calls, report.Batches, report.MissingBatch));
        Assert.Equal(world.Sequencer.StateRoot, node.StateRoot);
        foreach (SequencedBatch batch in batches)
        {
            DerivedBatch derived = node.GetBatch(batch.Index);
            Assert.False(derived.IsEmpty);
            Assert.Equal((batch.PreRoot, batch.PostRoot, batch.Trace.Commitment), (derived.PreRoot, derived.PostRoot, derived.Trace!.Commitment));
            Assert.Equal(batch.Statuses.ToArray(), derived.Statuses.ToArray());
            Assert.Equal(batch.Statistics, derived.Statistics);
            Assert.InRange(derived.Resources.ExecutionGas, (ulong)batch.Trace.Count * Costs.Signature, ulong.MaxValue);
        }
        foreach (HashSigner wallet in world.Wallets) Assert.Equal(world.Sequencer.GetAccount(wallet.Address), node.GetAccount(wallet.Address));
        Assert.Equal(world.Genesis.TotalBalance, node.CopyState().TotalBalance());
    }

    [Fact]
    public async Task SyncAsync_InManySteps_GivesTheSame()
    {
        var world = new World();
        RollupNode often = world.NewNode();
        for (int i = 0; i < 4; i++)
        {
            await world.PostAsync(10, i);
            await often.SyncAsync();
            world.Log.Advance(7);
        }
        RollupNode once = world.NewNode();
        await once.SyncAsync();
        await often.SyncAsync();
        Assert.Equal(often.StateRoot, once.StateRoot);
        Assert.Equal(often.Settlement.StateDigest(), once.Settlement.StateDigest());
    }

    [Fact]
    public async Task SyncAsync_WhileDataIsMissing_WaitsAndGoesOn()
    {
        var world = new World();
        await world.PostAsync(5, 1);
        SequencedBatch withheld = await world.PostAsync(5, 2);
        await world.PostAsync(5, 3);
        world.Data.Withhold(withheld.DataHash);
        RollupNode node = world.NewNode();
        Assert.Equal((1L, 1L), ((await node.SyncAsync()).MissingBatch, node.DerivedCount));
        // Other bytes under the commitment are no batch either.
        RollupNode deceived = world.NewNode(new LyingPublisher());
        Assert.Equal(0, (await deceived.SyncAsync()).MissingBatch);
        await world.Data.PublishAsync(withheld.Data, new byte[32], default);
        Assert.Equal(-1, (await node.SyncAsync()).MissingBatch);
        Assert.Equal(world.Sequencer.StateRoot, node.StateRoot);
    }

    [Theory]
    [InlineData("noise")]
    [InlineData("wrong length")]
    [InlineData("wrong count")]
    [InlineData("wrong index")]
    [InlineData("wrong parent")]
    [InlineData("wrong chain")]
    public async Task UndecodableBatch_IsAnEmptyBatch_AndALieAboutItLoses(string fault)
    {
        var world = new World();
        byte[] data = fault == "noise" ? [1, 2, 3] : Encode(world, fault);
        RollupNode node = world.NewNode();
        var commitment = new byte[32];
        await world.Data.PublishAsync(data, commitment, default);
        int length = data.Length + (fault == "wrong length" ? 1 : 0);
        await world.AppendAsync(node, world.Poster, new PostBatchCall(0, new Digest32(commitment), new Digest32(Hashing.Keccak(data)), length, fault == "wrong count" ? 4 : 3));
        Assert.True(node.GetBatch(0).IsEmpty);
        Assert.Equal(world.Genesis.StateRoot, node.StateRoot);
        // Somebody asserts it all the same, as if it had been executed.
        int steps = node.GetBatch(0).Posting.TransferCount;
        var lie = new BatchTrace([world.Genesis.StateRoot, .. Enumerable.Range(0, steps).Select(World.Root)]);
        var liar = new Proposer(world.NewNode(), world.Poster, _ => lie);
        var verifier = new Verifier(node, world.Watcher);
        await DisputeTests.PlayAsync(world, node, liar, verifier);
        Assert.Equal(DisputePhase.ChallengerWon, node.Settlement.FindDispute(0)!.Phase);
        // And the truth about it survives a challenge.
        var honest = new Proposer(world.NewNode(), world.Rescuer);
        await honest.StepAsync();
        await world.AppendAsync(node, world.Stranger, new ChallengeCall(1));
        for (int round = 0; round < 30 && node.Settlement.FindDispute(1)!.IsOpen; round++)
        {
            await honest.StepAsync();
            await node.SyncAsync();
            Dispute dispute = node.Settlement.FindDispute(1)!;
            if (dispute.Phase == DisputePhase.Respond) await world.AppendAsync(node, world.Stranger, new RespondCall(1, dispute.Middle, false));
        }
        Assert.Equal(DisputePhase.AsserterWon, node.Settlement.FindDispute(1)!.Phase);
        // The next batch builds on it as on any other.
        world.Sequencer = Sequencer.Resume(node, new SequencerOptions { Verifier = new HashVerifier() });
        SequencedBatch next = await world.PostAsync(5);
        await node.SyncAsync();
        Assert.False(node.GetBatch(1).IsEmpty);
        Assert.Equal(next.PostRoot, node.StateRoot);
    }

    [Fact]
    public async Task InvalidTransfersInABatch_ChangeNothing()
    {
        var world = new World();
        HashSigner alice = world.Wallets[0], bob = world.Wallets[1];
        L2Transfer forged = L2Transfer.FromParts(World.ChainId, bob.PublicKey.Span, alice.Address, 500, 0, [1, .. new byte[64]]);
        L2Transfer[] transfers = [World.Transfer(alice, bob.Address, 5, 0), forged, World.Transfer(world.Wallets[2], bob.Address, 5, 9), World.Transfer(alice, bob.Address, 6, 1)];
        byte[] data = Encode(world, transfers);
        var commitment = new byte[32];
        await world.Data.PublishAsync(data, commitment, default);
        RollupNode node = world.NewNode();
        await world.AppendAsync(node, world.Poster, new PostBatchCall(0, new Digest32(commitment), new Digest32(commitment), data.Length, 4));
        DerivedBatch batch = node.GetBatch(0);
        Assert.Equal([TransitionStatus.Applied, TransitionStatus.BadSignature, TransitionStatus.WrongNonce, TransitionStatus.Applied], batch.Statuses.ToArray());
        Assert.Equal((2, 1), (batch.CountOf(TransitionStatus.Applied), batch.CountOf(TransitionStatus.BadSignature)));
        Assert.Equal(new AccountState(World.Money - 11, 2), node.GetAccount(alice.Address));
        // A claim that the forged one counted loses at just that step.
        BatchTrace truth = batch.Trace!;
        Digest32[] roots = [truth[0], truth[1], World.Root(1), World.Root(2), World.Root(3)];
        await DisputeTests.PlayAsync(world, node, new Proposer(world.NewNode(), world.Poster, _ => new BatchTrace(roots)), new Verifier(node, world.Watcher));
        Assert.Equal((DisputePhase.ChallengerWon, 1), (node.Settlement.FindDispute(0)!.Phase, node.Settlement.FindDispute(0)!.Low));
    }

    [Fact]
    public async Task Final_ForgetsWhatOnlyADisputeNeeds()
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(5);
        RollupNode node = world.NewNode();
        await new Proposer(node, world.Poster).StepAsync();
        world.Log.Advance(node.Genesis.Parameters.ChallengeWindow + 1);
        SyncReport report = await node.SyncAsync();
        Assert.Contains(report.Events, happened => happened.Kind == SettlementEventKind.Finalized);
        Assert.Null(node.GetBatch(0).Trace);
        Assert.Equal((batch.PostRoot, AssertionVerdict.Right), (node.GetBatch(0).PostRoot, node.Judge(node.Settlement.FindAssertion(0)!)));
    }

    [Fact]
    public async Task UnchallengedLie_BecomesFinal_AndTheNodeSaysSo()
    {
        var world = new World();
        SequencedBatch batch = await world.PostAsync(3);
        RollupNode node = world.NewNode();
        await world.AppendAsync(node, world.Poster, World.AssertionOf(0, DisputeTests.Falsify(world, batch, DisputeTests.Lie.Minted, 2)));
        world.Log.Advance(node.Genesis.Parameters.ChallengeWindow + 1);
        await node.SyncAsync();
        Assert.True(node.HasDiverged);
        Assert.True((await new Verifier(node, world.Watcher).StepAsync()).CannotChallenge);
        Assert.Equal(0, await new Proposer(node, world.Rescuer).StepAsync());
        Assert.Equal(world.Sequencer.StateRoot, node.StateRoot);
    }

    internal static byte[] Encode(World world, L2Transfer[] transfers, BatchHeader? header = null)
    {
        var builder = new BatchBuilder();
        foreach (L2Transfer transfer in transfers) Assert.True(builder.TryAdd(transfer, BatchLimits.Default));
        var output = new ArrayBufferWriter<byte>();
        builder.Write(output, header ?? new BatchHeader(World.ChainId, 0, world.Genesis.Digest, 0, 0));
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Encode(World world, string fault)
    {
        ulong chain = fault == "wrong chain" ? 1 : World.ChainId;
        L2Transfer[] transfers = [.. Enumerable.Range(0, 3).Select(i => World.Transfer(world.Wallets[0], world.Wallets[1].Address, 5, (ulong)i, chain))];
        return Encode(world, transfers, new BatchHeader(chain, fault == "wrong index" ? 1 : 0, fault == "wrong parent" ? default : world.Genesis.Digest, 0, 0));
    }

    private sealed class LyingPublisher : IDataPublisher
    {
        public ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
        {
            destination.Write(new byte[] { 1, 2, 3 });
            return ValueTask.FromResult(true);
        }
    }
}
