using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>Splits and merges that are decided, and made within the epoch.</summary>
public class TopologyDecisionTests
{
    [Fact]
    public void Split_Decided_IsMadeByTheBlockThatAnchorsTheEnd()
    {
        var world = World();
        ShardId shard = First(world);
        Committee seats = world.State.Committees.Of(shard), later = world.State.NextCommittees.Of(shard);
        Decide(world, ReshapeAction.Split(shard));
        Assert.Equal(new TopologyChange(1, ReshapeAction.Split(shard), 0, world.State.TimeMs), world.State.Decided);
        Assert.True(world.State.Layout.IsLive(shard));
        FinalityProof end = world.Anchor(shard, kind: MicroBlockKind.Terminal);
        world.Next(new BeaconBody { Anchors = [end] });
        Assert.Null(world.State.Decided);
        Assert.Equal((0UL, 1UL), (world.State.Epoch, world.State.Layout.Version));
        Assert.True(world.State.Layout.TryGetInfo(shard, out ShardInfo? past));
        foreach (ShardId child in past.Children)
        {
            // The parent's seats stay, now and in the next epoch.
            Assert.Equal(seats.Members, world.State.Committees.Of(child).Members);
            Assert.Equal(later.Members, world.State.NextCommittees.Of(child).Members);
            Assert.Equal((end.Header.Hash, 0UL), (world.State.Standing(child).Start!.Value.Hash, world.State.Standing(child).AuthorityFrom));
        }
        // What the parent certified is still checked, and nothing more of it is taken in.
        OrderingInstance old = world.State.OrderingOf(world.Options, shard, 0)!;
        Assert.Equal(BeaconResult.UnknownShard, world.Try(new BeaconBody { Anchors = [BeaconWorld.Prove(old, [BeaconWorld.Header(old, 9, end.Header.Hash)])] }).Result);
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal(3, world.Last!.Header.Anchors);
        world.ToEpoch(2);
        Assert.All(past.Children, child => Assert.Equal(6, world.State.Committees.Of(child).Seats));
    }

    /// <summary>What ends late is made late: the change is not put off, and whoever was in the last run goes on.</summary>
    [Fact]
    public void Merge_WhoseEndsComeInTwoEpochs_IsMadeWithTheSecond()
    {
        var world = World();
        ShardId left = First(world), right = world.State.Layout.Shards[1].Id;
        Decide(world, ReshapeAction.Merge(left, right));
        world.Next(new BeaconBody { Anchors = [world.Anchor(left, kind: MicroBlockKind.Terminal)] });
        Committee one = world.State.Committees.Of(left), other = world.State.Committees.Of(right);
        while (world.State.Epoch < 1) world.Next();
        Assert.NotNull(world.State.Decided);
        Assert.Equal(2, world.State.Layout.Shards.Count);
        // Of the epoch before: both ended in it.
        world.Next(new BeaconBody { Anchors = [world.Anchor(right, committee: other, kind: MicroBlockKind.Terminal)] });
        ShardInfo whole = Assert.Single(world.State.Layout.Shards);
        ShardStanding standing = world.State.Standing(whole.Id);
        Assert.Equal((1UL, 0UL), (world.State.Epoch, standing.AuthorityFrom));
        Assert.Equal(Committee.Cut(whole.Id, one, other).Members, world.State.OrderingOf(world.Options, whole.Id, 0)!.Committee.Members);
        Assert.Equal(world.State.Committees.Of(whole.Id).Members, Committee.Cut(whole.Id, world.State.Committees.Of(left), world.State.Committees.Of(right)).Members);
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal(standing.Tip.Height + 1, world.State.TipOf(whole.Id).Height);
    }

    /// <summary>A terminal block of an epoch before the decision's only hands over.</summary>
    [Fact]
    public void HandOver_BeforeTheDecision_IsNoEnd()
    {
        var world = World();
        ShardId shard = First(world);
        Committee before = world.State.Committees.Of(shard);
        while (world.State.Epoch < 1) world.Next();
        Decide(world, ReshapeAction.Split(shard), new BeaconBody { Anchors = [world.Anchor(shard, committee: before, kind: MicroBlockKind.Terminal)] });
        world.Next();
        Assert.Equal((1UL, 2), (world.State.Decided!.Epoch, world.State.Layout.Shards.Count));
        world.Next(new BeaconBody { Anchors = [world.Anchor(shard, kind: MicroBlockKind.Terminal)] });
        Assert.Equal(3, world.State.Layout.Shards.Count);
    }

    [Fact]
    public void Decision_OneAtATimeAndNotInTheLastBlocks_WaitsItsTurn()
    {
        var world = World(options => options with { Topology = options.Topology with { ShardsPerChange = 1 } });
        ShardId one = First(world), other = world.State.Layout.Shards[1].Id;
        world.Next(new BeaconBody { Proposals = [ProposalOf(ReshapeAction.Split(one)), ProposalOf(ReshapeAction.Split(other))] });
        world.Next(new BeaconBody { Ready = [.. Ready(world, ReshapeAction.Split(one)), .. Ready(world, ReshapeAction.Split(other))] });
        Assert.Equal(ReshapeAction.Split(one), world.State.Decided!.Action);
        world.ToEpoch(1);
        Assert.Equal((3, null), (world.State.Layout.Shards.Count, world.State.Decided));
        // Ready again, of this epoch's committee, and too late in it.
        world.Next();
        world.Next();
        world.Next();
        Assert.Equal(new BeaconVerdict(BeaconResult.BadReadiness, 0), world.Try(new BeaconBody { Ready = Ready(world, ReshapeAction.Split(other)) }));
        world.ToEpoch(2);
        world.Next(new BeaconBody { Ready = Ready(world, ReshapeAction.Split(other)) });
        Assert.Equal(new TopologyChange(2, ReshapeAction.Split(other), 2, world.State.TimeMs), world.State.Decided);
    }

    /// <summary>A shard that is frozen before it has ended ends with its fresh committee; one that has ended is not frozen for silence.</summary>
    [Fact]
    public void Freeze_OfADecidedShard_DoesNotUndoTheDecision()
    {
        var world = World(options => options with { StallBlocks = 3 });
        ShardId left = First(world), right = world.State.Layout.Shards[1].Id;
        Decide(world, ReshapeAction.Merge(left, right), new BeaconBody { Anchors = world.AnchorAll() });
        world.Next(new BeaconBody { Anchors = [world.Anchor(left, kind: MicroBlockKind.Terminal)] });
        while (!world.State.IsFrozen(right)) world.Next();
        ulong frozen = world.State.Standing(right).FrozenEpoch!.Value;
        while (world.State.Epoch < frozen + 2) world.Next();
        Assert.Equal((false, false, 2), (world.State.IsFrozen(left), world.State.IsFrozen(right), world.State.Layout.Shards.Count));
        Assert.NotNull(world.State.Decided);
        world.Next(new BeaconBody { Anchors = [world.Anchor(right, kind: MicroBlockKind.Terminal)] });
        Assert.Equal(world.State.Epoch, world.State.Standing(Assert.Single(world.State.Layout.Shards).Id).AuthorityFrom);
    }

    /// <summary>Nobody but the members of an heir's first run has its state: their first header counts however late it is, and those after it as long as no later run has one.</summary>
    [Fact]
    public void Heir_ThatBeginsLate_IsNotFrozenAndAnchorsItsFirstRun()
    {
        var world = World(options => options with { StallBlocks = 3 });
        ShardId shard = First(world);
        Decide(world, ReshapeAction.Split(shard), new BeaconBody { Anchors = world.AnchorAll() });
        world.Next(new BeaconBody { Anchors = [world.Anchor(shard, kind: MicroBlockKind.Terminal)] });
        world.State.Layout.TryGetInfo(shard, out ShardInfo? past);
        ShardId child = past!.Children[0];
        Committee first = world.State.Committees.Of(child);
        ShardId[] quiet = [.. past.Children];
        while (world.State.Epoch < 4) world.Next(new BeaconBody { Anchors = [.. world.AnchorAll().Where(anchor => !quiet.Contains(anchor.Header.Shard))] });
        Assert.False(world.State.IsFrozen(child));
        for (int i = 0; i < 2; i++) world.Next(new BeaconBody { Anchors = [world.Anchor(child, committee: first)] });
        Assert.Equal(0UL, world.State.Anchored(child)!.Value.Epoch);
        world.Next(new BeaconBody { Anchors = [world.Anchor(child)] });
        Assert.Equal(BeaconResult.WrongAnchorEpoch, world.Try(new BeaconBody { Anchors = [world.Anchor(child, committee: first)] }).Result);
    }

    /// <summary>Neither goes with changes within an epoch.</summary>
    [Fact]
    public void NewClassOrRotation_WithinEpoch_IsRefused()
    {
        var proposal = new BeaconBody { Proposals = [new TopologyProposal(new LayoutClassRules(LayoutClass.DeFi, 1), default)] };
        BeaconWorld world = World(), atTheEnd = World(options => options with { Topology = options.Topology with { IsMadeWithinEpoch = false } });
        Assert.Equal(BeaconResult.BadProposal, world.Try(proposal).Result);
        Assert.Equal(BeaconResult.Valid, atTheEnd.Try(proposal).Result);
        Assert.Throws<ArgumentException>(() => (world.Options with { RotationBlocks = 1 }).Check());
        (atTheEnd.Options with { RotationBlocks = 1 }).Check();
    }

    private static BeaconWorld World(Func<BeaconOptions, BeaconOptions>? with = null) => new(5, with: options =>
    {
        options = options with { Topology = new TopologyRules { Trigger = (_, _) => true, DrainBlocks = 1, CooldownEpochs = 0, IsMadeWithinEpoch = true } };
        return with is null ? options : with(options);
    });

    private static ShardId First(BeaconWorld world) => world.State.Layout.Shards[0].Id;

    private static TopologyProposal ProposalOf(ReshapeAction action) => new(action, default);

    private static void Decide(BeaconWorld world, ReshapeAction action, BeaconBody? body = null) =>
        world.Next((body ?? new BeaconBody()) with { Proposals = [ProposalOf(action)], Ready = Ready(world, action) });

    private static Readiness[] Ready(BeaconWorld world, ReshapeAction action) =>
        [.. world.State.TargetOf(action, withinEpoch: true).Members.Select((member, i) => new Readiness(ProposalOf(action).Id, i, world.Say(BeaconWorld.WalletOf(member.PublicKey.Span), ProposalOf(action).Ready(world.State.Epoch))))];
}
