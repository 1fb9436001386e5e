using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Sequencing;

public sealed class SequencerTests
{
    private readonly World _world = new(wallets: 4);

    private HashSigner Alice => _world.Wallets[0];

    private HashSigner Bob => _world.Wallets[1];

    [Fact]
    public void Submit_ChecksAtTheDoor()
    {
        Sequencer sequencer = _world.Sequencer;
        Assert.Equal(SubmitResult.WrongChain, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 0, 1)));
        Assert.Equal(SubmitResult.WrongNonce, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 1)));
        Assert.Equal(SubmitResult.BadSignature, sequencer.Submit(L2Transfer.FromParts(World.ChainId, Alice.PublicKey.Span, Bob.Address, 1, 0, [1, .. new byte[64]])));
        Assert.Equal(SubmitResult.Accepted, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 0)));
        Assert.Equal(SubmitResult.WrongNonce, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 0)));
        Assert.Equal(SubmitResult.Accepted, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 1)));
        Assert.Equal((2, 2UL), (sequencer.PendingCount, sequencer.NextNonce(Alice.Address)));
        Assert.Equal(0UL, sequencer.GetAccount(Alice.Address).Nonce);
    }

    [Fact]
    public void Submit_BeyondTheBounds_IsRefused()
    {
        var sequencer = Sequencer.Start(_world.Genesis, new SequencerOptions { PoolCapacity = 3, SenderCapacity = 2, Verifier = new HashVerifier() });
        Assert.Equal(SubmitResult.Accepted, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 0)));
        Assert.Equal(SubmitResult.Accepted, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 1)));
        Assert.Equal(SubmitResult.SenderLimit, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 2)));
        Assert.Equal(SubmitResult.Accepted, sequencer.Submit(World.Transfer(Bob, Alice.Address, 1, 0)));
        Assert.Equal(SubmitResult.PoolFull, sequencer.Submit(World.Transfer(Bob, Alice.Address, 1, 1)));
        Assert.NotNull(sequencer.BuildBatch(BatchLimits.Default, 0));
        Assert.Equal(SubmitResult.Accepted, sequencer.Submit(World.Transfer(Alice, Bob.Address, 1, 2)));
    }

    [Fact]
    public void BuildBatch_OfAnEmptyPool_IsNull() => Assert.Null(_world.Sequencer.BuildBatch(BatchLimits.Default, 0));

    [Fact]
    public void BuildBatch_TakesTheFirstInOrderAndChainsBatches()
    {
        Sequencer sequencer = _world.Sequencer;
        ulong[] nonces = [0, 0, 0];
        for (int i = 0; i < 10; i++) sequencer.Submit(World.Transfer(_world.Wallets[i % 3], Bob.Address, (ulong)(100 + i), nonces[i % 3]++));
        SequencedBatch first = sequencer.BuildBatch(new BatchLimits(7, 1 << 20), 1_000)!;
        SequencedBatch second = sequencer.BuildBatch(new BatchLimits(7, 1 << 20), 500)!;
        Assert.Equal((0L, 1L, 2L), (first.Index, second.Index, sequencer.NextIndex));
        Assert.Equal([100, 101, 102, 103, 104, 105, 106], Amounts(first));
        Assert.Equal([107, 108, 109], Amounts(second));
        Assert.Equal(first.PostRoot, second.PreRoot);
        Assert.Equal(_world.Genesis.StateRoot, first.PreRoot);
        Assert.Equal(sequencer.StateRoot, second.PostRoot);
        Assert.Equal(_world.Genesis.Digest, Read(first).Header.PreviousHash);
        Assert.Equal(first.DataHash, Read(second).Header.PreviousHash);
        Assert.Equal((1_000L, 1_000L), (Read(first).Header.TimeMs, Read(second).Header.TimeMs));
    }

    [Fact]
    public void BuildBatch_KeepsFailingTransfersAndSaysSo()
    {
        Sequencer sequencer = _world.Sequencer;
        sequencer.Submit(World.Transfer(Alice, Bob.Address, World.Money + 1, 0));
        sequencer.Submit(World.Transfer(Alice, Bob.Address, World.Money, 1));
        SequencedBatch batch = sequencer.BuildBatch(BatchLimits.Default, 0)!;
        Assert.Equal([TransitionStatus.InsufficientBalance, TransitionStatus.Applied], batch.Statuses.ToArray());
        Assert.Equal(new AccountState(0, 2), sequencer.GetAccount(Alice.Address));
    }

    [Fact]
    public void BuildBatch_UnderAnotherPolicy_NeverBreaksANonce()
    {
        var sequencer = Sequencer.Start(_world.Genesis, new SequencerOptions { Ordering = new LastInFirstOut(), Verifier = new HashVerifier() });
        ulong[] nonces = [0, 0, 0];
        for (int i = 0; i < 9; i++) sequencer.Submit(World.Transfer(_world.Wallets[i % 3], Bob.Address, (ulong)i, nonces[i % 3]++));
        SequencedBatch batch = sequencer.BuildBatch(new BatchLimits(4, 1 << 20), 0)!;
        // The last places are those of wallets 2, 1, 0, 2; each is filled with the wallet's first transfers.
        Assert.Equal([2, 1, 0, 5], Amounts(batch));
        // Left are wallet 0 with 3 and 6, wallet 1 with 4 and 7, wallet 2 with 8.
        Assert.Equal([3, 4, 6, 7, 8], Amounts(sequencer.BuildBatch(BatchLimits.Default, 0)!).Order());
        Assert.Equal(0, sequencer.PendingCount);
    }

    [Fact]
    public async Task Resume_GoesOnWhereThePostedDataEnds()
    {
        await _world.PostAsync(20, seed: 1);
        await _world.PostAsync(20, seed: 2);
        _world.Sequence(20, seed: 3); // closed, never posted: lost
        RollupNode node = _world.NewNode();
        Assert.Equal(2, (await node.SyncAsync()).Batches);
        _world.Sequencer = Sequencer.Resume(node, new SequencerOptions { Verifier = new HashVerifier() });
        Assert.Equal((2L, node.StateRoot), (_world.Sequencer.NextIndex, _world.Sequencer.StateRoot));
        SequencedBatch batch = await _world.PostAsync(20, seed: 4);
        await node.SyncAsync();
        Assert.False(node.GetBatch(2).IsEmpty);
        Assert.Equal(batch.PostRoot, node.StateRoot);
    }

    [Fact]
    public async Task Resume_FromANodeThatLacksData_IsRefused()
    {
        await _world.PostAsync(3);
        RollupNode node = _world.NewNode(new InMemoryDataPublisher());
        await node.SyncAsync();
        Assert.Throws<ArgumentException>(() => Sequencer.Resume(node));
    }

    private static Batch Read(SequencedBatch batch)
    {
        Assert.Equal(BatchReadResult.Ok, Batch.TryRead(batch.Data, BatchLimits.Default, out Batch? read));
        return read!;
    }

    private static int[] Amounts(SequencedBatch batch) => [.. Enumerable.Range(0, batch.Trace.Count).Select(i => (int)Read(batch).GetTransfer(i).Amount)];

    private sealed class LastInFirstOut : IOrderingPolicy
    {
        public void Order(Span<PendingTransfer> pending) => pending.Reverse();
    }
}
