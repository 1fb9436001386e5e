using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>Splits and merges as the beacon decides them.</summary>
public class TopologyTests
{
    private static readonly ReadOnlyMemory<byte> s_true = new byte[] { 1 };

    [Fact]
    public void Split_ReadyTargetCommittee_CutsAtTheEpochsEnd()
    {
        var world = World();
        ShardId shard = First(world);
        Committee target = world.State.NextCommittees.Of(shard);
        world.Next(new BeaconBody { Anchors = world.AnchorAll(), Proposals = [SplitOf(shard, s_true)] });
        Readiness[] all = Ready(world, shard, target);
        int enough = 0, seats = 0;
        while (seats < target.Quorum) seats += target.Members[enough++].Seats;
        world.Next(new BeaconBody { Ready = all[..(enough - 1)] });
        Assert.False(world.State.IsScheduled(shard));
        world.Next(new BeaconBody { Ready = [all[enough - 1]] });
        Assert.True(world.State.IsScheduled(shard));
        Assert.True(world.State.Layout.IsLive(shard));
        world.ToEpoch(1);
        Digest tip = world.State.TipOf(world.State.Layout.Shards[0].Id).Hash;

        Assert.False(world.State.Layout.IsLive(shard));
        Assert.Equal(3, world.State.Layout.Shards.Count);
        Assert.True(world.State.Layout.TryGetInfo(shard, out ShardInfo? past));
        foreach (ShardId child in past.Children)
        {
            // The parent's seats stay, in both halves, and both go on from the parent's tip.
            Assert.Equal(target.Members, world.State.Committees.Of(child).Members);
            Assert.Null(world.State.Anchored(child));
            Assert.Null(world.State.ProveAnchor(child));
            Assert.Equal(6, world.State.NextCommittees.Of(child).Seats);
        }
        Assert.Equal(1, world.Last!.Header.Anchors);
        FinalityProof[] children = [.. past.Children.Select(child => world.Anchor(child))];
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal((3UL, tip), (world.State.TipOf(past.Children[0]).Height, children[0].Header.Parent));
        Assert.Equal(3, world.Last!.Header.Anchors);
        // The parent's last run is known for another epoch, so that what it sent is still believed; the beacon takes in nothing more of it.
        OrderingInstance old = world.State.OrderingOf(world.Options, shard, 0)!;
        Assert.All(past.Children, child => Assert.Null(world.State.OrderingOf(world.Options, child, 0)));
        OrderingInstance early = new(world.Options.ChainId, old.Committee.For(past.Children[0], 0), new byte[32]);
        Assert.Equal(BeaconResult.WrongAnchorEpoch, world.Try(new BeaconBody { Anchors = [BeaconWorld.Prove(early, [BeaconWorld.Header(early, 9, tip)])] }).Result);
        Assert.Equal(BeaconResult.UnknownShard, world.Try(new BeaconBody { Anchors = [BeaconWorld.Prove(old, [BeaconWorld.Header(old, 9, tip)])] }).Result);
        world.ToEpoch(2);
        Assert.Null(world.State.OrderingOf(world.Options, shard, 0));
        Assert.Null(world.State.OrderingOf(world.Options, shard, 1));
    }

    [Fact]
    public void Merge_OfTheHalves_AfterTheCooldown()
    {
        var world = World();
        ShardId shard = First(world);
        Split(world, shard);
        world.State.Layout.TryGetInfo(shard, out ShardInfo? past);
        ShardId left = past!.Children[0], right = past.Children[1];
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        AssertRefused(world, MergeOf(left, right, s_true));
        world.ToEpoch(3);
        AssertRefused(world, MergeOf(right, left, s_true));
        AssertRefused(world, MergeOf(left, shard, s_true));
        Committee target = world.State.TargetOf(ReshapeAction.Merge(left, right));
        world.Next(new BeaconBody { Proposals = [MergeOf(left, right, s_true)] });
        Assert.True(world.State.IsScheduled(right) is false);
        world.Next(new BeaconBody { Ready = [.. target.Members.Select((_, i) => ReadyOf(world, MergeOf(left, right, default), target, i))] });
        Assert.True(world.State.IsScheduled(right));
        FinalityProof[] ends = [world.Anchor(left, kind: MicroBlockKind.Terminal), world.Anchor(right, kind: MicroBlockKind.Terminal, skip: 5)];
        world.Next(new BeaconBody { Anchors = ends });
        Digest one = world.State.TipOf(left).Hash, other = world.State.TipOf(right).Hash;
        while (world.State.Epoch < 4) world.Next();
        ShardInfo whole = world.State.Layout.Shards.Single(info => info.Parents.SequenceEqual([left, right]));
        ShardStanding standing = world.State.Standing(whole.Id);
        Assert.Equal(new Digest(Sharding.Hashing.Domains.Merge.Hash(one.Bytes, other.Bytes)), standing.Tip.Hash);
        Assert.Equal(target.Members, world.State.Committees.Of(whole.Id).Members);
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal((ends[1].Header.Height, standing.Tip.Height + 1), (standing.Tip.Height, world.State.TipOf(whole.Id).Height));
    }

    [Fact]
    public void Split_WithoutTheTerminalBlock_IsPutOff()
    {
        var world = World();
        ShardId shard = First(world);
        Committee target = world.State.NextCommittees.Of(shard);
        world.Next(new BeaconBody { Proposals = [SplitOf(shard, s_true)] });
        world.Next(new BeaconBody { Ready = Ready(world, shard, target) });
        Assert.True(world.State.IsScheduled(shard));
        // Anchored, but not its last block: what it finalized after it would be in neither half.
        world.Next(new BeaconBody { Anchors = [world.Anchor(shard)] });
        world.Next();
        Assert.Equal((1UL, true, false), (world.State.Epoch, world.State.Layout.IsLive(shard), world.State.IsScheduled(shard)));
        // The next epoch's target committee has to be ready, and its terminal block anchored; that of epoch 0 is no use any more.
        target = world.State.NextCommittees.Of(shard);
        world.Next(new BeaconBody { Ready = Ready(world, shard, target) });
        Assert.True(world.State.IsScheduled(shard));
        world.ToEpoch(2);
        Assert.False(world.State.Layout.IsLive(shard));
    }

    [Fact]
    public void Proposal_NotPossible_IsRefused()
    {
        var world = World(options => options with { Topology = options.Topology with { MaxShards = 3 } });
        ShardId shard = First(world), other = world.State.Layout.Shards[1].Id;
        AssertRefused(world, SplitOf(shard, default));
        AssertRefused(world, SplitOf(new ShardId(99), s_true));
        AssertRefused(world, MergeOf(shard, new ShardId(99), s_true));
        // One change at a time in so small a network.
        Assert.Equal(new BeaconVerdict(BeaconResult.BadProposal, 1), world.Try(new BeaconBody { Proposals = [SplitOf(shard, s_true), SplitOf(other, s_true)] }));
        Split(world, shard);
        AssertRefused(world, SplitOf(other, s_true));
        var none = new BeaconWorld();
        AssertRefused(none, SplitOf(First(none), s_true));
        var poor = World(options => options with { UnsafeDevelopment = new CommitteeParameters(6, 3) });
        AssertRefused(poor, SplitOf(First(poor), s_true));
    }

    [Fact]
    public void Readiness_NotTheTargets_IsRefused()
    {
        var world = World();
        ShardId shard = First(world);
        Committee target = world.State.NextCommittees.Of(shard);
        TopologyProposal split = SplitOf(shard, s_true);
        AssertNotReady(world, ReadyOf(world, split, target, 0));
        world.Next(new BeaconBody { Proposals = [split] });
        Readiness good = ReadyOf(world, split, target, 0);
        AssertNotReady(world, good with { Member = target.Members.Count });
        AssertNotReady(world, good with { Member = 1 });
        AssertNotReady(world, good with { Proposal = default });
        Assert.Equal(new BeaconVerdict(BeaconResult.BadReadiness, 1), world.Try(new BeaconBody { Ready = [good, good] }));
        world.Next();
        world.Next();
        // The last block of the epoch is for draining.
        AssertNotReady(world, good);
        world.ToEpoch(1);
        // Another epoch, another target committee, and the old word does not count for it.
        AssertNotReady(world, good);
        Assert.True(world.Try(new BeaconBody { Ready = [ReadyOf(world, split, world.State.NextCommittees.Of(shard), 0)] }).IsValid);
    }

    [Fact]
    public void Proposal_NobodyReadyFor_Lapses()
    {
        var world = World();
        ShardId shard = First(world);
        world.Next(new BeaconBody { Proposals = [SplitOf(shard, s_true)] });
        world.ToEpoch(4);
        AssertRefused(world, SplitOf(shard, s_true));
        world.ToEpoch(5);
        Assert.True(world.Try(new BeaconBody { Proposals = [SplitOf(shard, s_true)] }).IsValid);
    }

    [Fact]
    public void Split_OfAFrozenShard_IsCalledOff()
    {
        var world = World(options => options with { StallBlocks = 3 });
        ShardId shard = First(world);
        Committee target = world.State.NextCommittees.Of(shard);
        world.Next(new BeaconBody { Proposals = [SplitOf(shard, s_true)] });
        world.Next(new BeaconBody { Ready = Ready(world, shard, target) });
        Assert.True(world.State.IsScheduled(shard));
        world.ToEpoch(1);
        Assert.True(world.State.IsFrozen(shard));
        Assert.False(world.State.IsScheduled(shard));
        AssertRefused(world, SplitOf(shard, s_true));
    }

    private static BeaconWorld World(Func<BeaconOptions, BeaconOptions>? with = null) => new(5, with: options =>
    {
        options = options with { Topology = new TopologyRules { Trigger = (_, proposal) => proposal.Claim.Span.SequenceEqual(s_true.Span), DrainBlocks = 1 } };
        return with is null ? options : with(options);
    });

    private static TopologyProposal SplitOf(ShardId shard, ReadOnlyMemory<byte> claim) => new(ReshapeAction.Split(shard), claim);

    private static TopologyProposal MergeOf(ShardId left, ShardId right, ReadOnlyMemory<byte> claim) => new(ReshapeAction.Merge(left, right), claim);

    private static ShardId First(BeaconWorld world) => world.State.Layout.Shards[0].Id;

    private static void Split(BeaconWorld world, ShardId shard)
    {
        Committee target = world.State.NextCommittees.Of(shard);
        world.Next(new BeaconBody { Proposals = [SplitOf(shard, s_true)] });
        world.Next(new BeaconBody { Ready = Ready(world, shard, target) });
        world.ToEpoch(world.State.Epoch + 1);
        Assert.False(world.State.Layout.IsLive(shard));
    }

    private static Readiness[] Ready(BeaconWorld world, ShardId shard, Committee target) =>
        [.. target.Members.Select((_, i) => ReadyOf(world, SplitOf(shard, default), target, i))];

    private static Readiness ReadyOf(BeaconWorld world, TopologyProposal proposal, Committee target, int member) =>
        new(proposal.Id, member, world.Say(BeaconWorld.WalletOf(target.Members[member].PublicKey.Span), proposal.Ready(world.State.Epoch)));

    private static void AssertRefused(BeaconWorld world, TopologyProposal proposal) => Assert.Equal(new BeaconVerdict(BeaconResult.BadProposal, 0), world.Try(new BeaconBody { Proposals = [proposal] }));

    private static void AssertNotReady(BeaconWorld world, Readiness readiness) => Assert.Equal(new BeaconVerdict(BeaconResult.BadReadiness, 0), world.Try(new BeaconBody { Ready = [readiness] }));
}
