using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>What the beacon takes in of a shard's headers, over skipped heights, ends of epochs, freezes and cuts.</summary>
public class AnchorTests
{
    private readonly BeaconWorld _world = new(5);

    private ShardId Shard => _world.State.Layout.Shards[0].Id;

    private ShardId Other => _world.State.Layout.Shards[1].Id;

    [Fact]
    public void Apply_SkippedHeights_AreCertifiedNotShown()
    {
        FinalityProof far = _world.Anchor(Shard, skip: 40, headers: 3), low = _world.Anchor(Shard, skip: 7);
        Take(far);
        Assert.Equal(new OrderingAnchor(far.Headers[2].Hash, 43, 0), _world.State.TipOf(Shard));
        // Nothing at or below the tip any more, and what reaches down to it has to fit.
        AssertRefused(BeaconResult.BrokenHeaderChain, far);
        AssertRefused(BeaconResult.BrokenHeaderChain, low);
        OrderingInstance run = Run();
        AssertRefused(BeaconResult.BrokenHeaderChain, BeaconWorld.Prove(run, [BeaconWorld.Header(run, 44, TestNetwork.Key(1))]));
        MicroHeader rival = BeaconWorld.Header(run, 43, TestNetwork.Key(2));
        AssertRefused(BeaconResult.BrokenHeaderChain, BeaconWorld.Prove(run, [rival, BeaconWorld.Header(run, 44, rival.Hash)]));
        MicroHeader next = BeaconWorld.Header(run, 44, far.Headers[2].Hash);
        Assert.True(Try(BeaconWorld.Prove(run, [.. far.Headers, next])).IsValid);
        Assert.True(Try(BeaconWorld.Prove(run, [next])).IsValid);
    }

    [Fact]
    public void Apply_TwoProofsOfOneShard_AreRefused()
    {
        FinalityProof one = _world.Anchor(Shard), other = _world.Anchor(Shard, skip: 3);
        Assert.Equal(new BeaconVerdict(BeaconResult.AnchorsNotSorted, 1), _world.Try(new BeaconBody { Anchors = [one, other] }));
    }

    [Fact]
    public void Anchored_KeepsTheLastSealedRoot()
    {
        // Odd heights seal.
        AnchorEntry start = BeaconWorld.Start(Shard);
        Assert.Equal(start, _world.State.Anchored(Shard));
        Take(_world.Anchor(Shard, skip: 1));
        Assert.Equal((2UL, 0UL, start.StateRoot, TestNetwork.Key(2)), Seen());
        Take(_world.Anchor(Shard, headers: 2));
        Assert.Equal((4UL, 3UL, TestNetwork.Key((int)Shard.Value * 1000 + 3), TestNetwork.Key(4)), Seen());
        Take(_world.Anchor(Shard, skip: 1));
        Assert.Equal((6UL, 3UL, TestNetwork.Key((int)Shard.Value * 1000 + 3), TestNetwork.Key(6)), Seen());

        (ulong Height, ulong StateHeight, Digest StateRoot, Digest ReceiptsRoot) Seen() =>
            _world.State.Anchored(Shard) is { } entry ? (entry.Height, entry.StateHeight, entry.StateRoot, entry.ReceiptsRoot) : default;
    }

    [Fact]
    public void Apply_ClosingHeaders_OnlyCarryTheVotes()
    {
        FinalityProof end = _world.Anchor(Shard, headers: 2, kind: MicroBlockKind.Terminal);
        Assert.Equal((3, MicroBlockKind.Closing), (end.Headers.Count, end.Headers[2].Kind));
        Take(end);
        Assert.Equal((2UL, end.Headers[1].Hash), (_world.State.TipOf(Shard).Height, _world.State.TipOf(Shard).Hash));
        MicroHeader closing = BeaconWorld.Header(Run(), 3, end.Headers[1].Hash, MicroBlockKind.Closing);
        AssertRefused(BeaconResult.BrokenHeaderChain, BeaconWorld.Prove(Run(), [closing]));
        // Nothing of that run comes after its terminal block, whoever finalized it.
        AssertRefused(BeaconResult.BrokenHeaderChain, _world.Anchor(Shard));
        AssertRefused(BeaconResult.BrokenHeaderChain, _world.Anchor(Shard, skip: 5));
    }

    [Fact]
    public void HandOver_TheEpochBeforeStillCounts_UntilTheNewOneSpeaks()
    {
        FinalityProof end = _world.Anchor(Shard, headers: 3, kind: MicroBlockKind.Terminal), late = _world.Anchor(Shard, skip: 9);
        OrderingInstance old = Run();
        _world.ToEpoch(1);
        Assert.NotEqual(old.Id, Run().Id);
        Assert.Equal(old.Id, _world.State.OrderingOf(_world.Options, Shard, 0)!.Id);
        Assert.True(Try(late).IsValid);
        Take(end);
        // The new run goes on from the terminal block.
        FinalityProof first = _world.Anchor(Shard);
        Assert.Equal((end.Headers[2].Hash, 4UL, 1UL), (first.Header.Parent, first.Header.Height, first.Header.Epoch));
        Take(first);
        AssertRefused(BeaconResult.WrongAnchorEpoch, late);
        _world.ToEpoch(2);
        FinalityProof other = BeaconWorld.Prove(old, [BeaconWorld.Header(old, 30, default)]);
        AssertRefused(BeaconResult.WrongAnchorEpoch, other);
        Assert.Null(_world.State.OrderingOf(_world.Options, Shard, 0));
    }

    [Fact]
    public void Directory_AnswersForTheEpochAndTheOneBefore()
    {
        BeaconDirectory directory = Directory();
        Assert.Null(directory.Find(Shard, 1));
        Assert.Null(directory.Find(Shard, ulong.MaxValue));
        Assert.Null(directory.Find(new ShardId(99), 0));
        ShardCommittee found = directory.Find(Shard, 0)!;
        Assert.Same(found, directory.Find(Shard, 0));
        Assert.Equal(found.Instance.Committee.Members.Select(member => BeaconWorld.WalletOf(member.PublicKey.Span)), found.Peers.Select(peer => peer.Value));
        FinalityProof proof = _world.Anchor(Shard);
        Assert.Equal(CertificateResult.Valid, proof.Verify(found.Instance, found.Scheme));
        Assert.Equal(CertificateResult.WrongHeader, _world.Anchor(Other).Verify(found.Instance, found.Scheme));
        _world.ToEpoch(1);
        directory.Update(_world.State);
        Assert.Same(found, directory.Find(Shard, 0));
        Assert.NotEqual(found.Instance.Id, directory.Find(Shard, 1)!.Instance.Id);
        _world.ToEpoch(2);
        directory.Update(_world.State);
        // What it said is believed for as long as its stake is locked.
        Assert.Same(found, directory.Find(Shard, 0));
        Assert.NotNull(directory.Find(Shard, 1));
        _world.ToEpoch((ulong)_world.Options.Registry.UnbondingEpochs + 1);
        directory.Update(_world.State);
        Assert.Null(directory.Find(Shard, 0));
    }

    [Fact]
    public void Directory_FrozenShard_HasNoCommitteeUntilTheFreshDraw()
    {
        var world = new BeaconWorld(5, with: options => options with { StallBlocks = 3 });
        BeaconDirectory directory = Directory(world);
        while (!world.State.IsFrozen(Shard))
        {
            world.StepWithout(Shard);
            directory.Update(world.State);
        }
        ulong frozen = world.State.Epoch, recognised = world.State.TipOf(Shard).Height;
        for (; world.State.Epoch < frozen + 2; world.StepWithout(Shard))
        {
            directory.Update(world.State);
            Assert.Null(directory.FindNow(Shard, world.State.Epoch));
            Assert.True(directory.Counts(Shard, frozen, recognised));
            Assert.False(directory.Counts(Shard, frozen, recognised + 1));
            Assert.NotNull(directory.Find(Other, world.State.Epoch));
        }
        directory.Update(world.State);
        Assert.Null(directory.Find(Shard, frozen + 1));
        Assert.Equal(CertificateResult.Valid, world.Anchor(Shard).Verify(directory.Find(Shard, frozen + 2)!.Instance, directory.Find(Shard, frozen + 2)!.Scheme));
    }

    private static BeaconDirectory Directory(BeaconWorld world) => new(world.Options, world.State, key => new NodeId(BeaconWorld.WalletOf(key.Span)));

    private BeaconDirectory Directory() => Directory(_world);

    private OrderingInstance Run() => _world.State.OrderingOf(_world.Options, Shard, _world.State.Epoch)!;

    private void Take(FinalityProof anchor) => _world.Next(new BeaconBody { Anchors = [anchor] });

    private BeaconVerdict Try(FinalityProof anchor) => _world.Try(new BeaconBody { Anchors = [anchor] });

    private void AssertRefused(BeaconResult reason, FinalityProof anchor) => Assert.Equal(new BeaconVerdict(reason, 0), Try(anchor));
}
