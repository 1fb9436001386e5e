using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>A class that begins while the network runs.</summary>
public class NewClassTests
{
    private static readonly ReadOnlyMemory<byte> s_true = new byte[] { 1 };
    private static readonly LayoutClassRules s_defi = new(LayoutClass.DeFi, 7, 6, 6);

    [Fact]
    public void NewClass_Proposed_BeginsTwoEpochsLaterAndAnchorsItsFirstHeader()
    {
        var world = World();
        world.Next(new BeaconBody { Proposals = [new TopologyProposal(s_defi, s_true)] });
        AssertRefused(world, new TopologyProposal(s_defi, s_true));
        AssertRefused(world, new TopologyProposal(s_defi with { Class = LayoutClass.NFT }, s_true));
        Assert.Equal(BeaconResult.BadReadiness, world.Try(new BeaconBody { Ready = [new Readiness(new TopologyProposal(s_defi, s_true).Id, 0, new byte[65])] }).Result);
        world.ToEpoch(1);
        Assert.False(world.State.Layout.TryGetRules(LayoutClass.DeFi, out _));
        world.ToEpoch(2);
        ShardInfo shard = Assert.Single(world.State.Layout.Shards, shard => shard.Class == LayoutClass.DeFi);
        Assert.Equal((0, 2UL, 0), (shard.Depth, shard.BornEpoch, shard.Parents.Count));
        Assert.True(world.State.Layout.TryGetRules(LayoutClass.DeFi, out LayoutClassRules rules));
        Assert.Equal(s_defi, rules);
        Assert.False(world.State.IsFrozen(shard.Id));
        Assert.Equal(6, world.State.Committees.Of(shard.Id).Seats);
        Assert.Equal(6, world.State.NextCommittees.Of(shard.Id).Seats);
        Assert.Null(world.State.Anchored(shard.Id));
        AssertRefused(world, new TopologyProposal(s_defi, s_true));
        Sharding.Consensus.FinalityProof first = world.Anchor(shard.Id);
        Assert.Equal((1UL, default), (first.Header.Height, first.Header.Parent));
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal(first.Header.Hash, world.State.TipOf(shard.Id).Hash);
        // It is a shard like any other: it splits.
        world.ToEpoch(4);
        Assert.True(world.Try(new BeaconBody { Proposals = [new TopologyProposal(ReshapeAction.Split(shard.Id), s_true)] }).IsValid);
    }

    [Fact]
    public void NewClass_WithASplitInTheSameEpoch_BothAreMade()
    {
        var world = World(options => options with { Topology = options.Topology with { ShardsPerChange = 1 } });
        ShardId split = world.State.Layout.Shards[0].Id;
        world.Next(new BeaconBody { Proposals = [new TopologyProposal(s_defi, s_true)] });
        world.ToEpoch(1);
        var proposal = new TopologyProposal(ReshapeAction.Split(split), s_true);
        Committee target = world.State.NextCommittees.Of(split);
        world.Next(new BeaconBody { Proposals = [proposal] });
        world.Next(new BeaconBody { Ready = [.. target.Members.Select((member, i) => new Readiness(proposal.Id, i, world.Say(BeaconWorld.WalletOf(member.PublicKey.Span), proposal.Ready(1))))] });
        world.ToEpoch(2);
        Assert.Equal(4, world.State.Layout.Shards.Count);
        Assert.Equal(4, world.State.Layout.Shards.Count(shard => world.State.Committees.Of(shard.Id).Seats == 6));
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal(4, world.Last!.Header.Anchors);
    }

    [Fact]
    public void NewClass_NotPossible_IsRefused()
    {
        AssertRefused(World(), new TopologyProposal(s_defi, default));
        AssertRefused(World(), new TopologyProposal(s_defi with { OrderingFloor = 7 }, s_true));
        AssertRefused(new BeaconWorld(), new TopologyProposal(s_defi, s_true));
        AssertRefused(World(options => options with { Topology = options.Topology with { MaxShards = 2 } }), new TopologyProposal(s_defi, s_true));
        AssertRefused(World(options => options with { UnsafeDevelopment = new CommitteeParameters(6, 3) }), new TopologyProposal(s_defi, s_true));
        Assert.Throws<ArgumentException>(() => new TopologyProposal(s_defi with { Class = LayoutClass.General }, s_true));
        Assert.Throws<ArgumentException>(() => new TopologyProposal(s_defi with { OrderingFloor = 0 }, s_true));
    }

    [Fact]
    public void NewClass_ThatNeverStarts_IsFrozenAndDrawnAfresh()
    {
        var world = World(options => options with { StallBlocks = 3 });
        world.Next(new BeaconBody { Anchors = world.AnchorAll(), Proposals = [new TopologyProposal(s_defi, s_true)] });
        ShardId old = world.State.Layout.Shards[0].Id;
        while (world.State.Epoch < 2) world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        ShardId shard = world.State.Layout.Shards[^1].Id;
        Committee first = world.State.Committees.Of(shard);
        while (!world.State.IsFrozen(shard)) world.StepWithout(shard);
        Assert.False(world.State.IsFrozen(old));
        world.ToEpochWithout(4, shard);
        Assert.False(world.State.IsFrozen(shard));
        Assert.Equal((6, 4UL), (world.State.Committees.Of(shard).Seats, world.State.Committees.Of(shard).Epoch));
        Assert.NotSame(first, world.State.Committees.Of(shard));
        world.Next(new BeaconBody { Anchors = world.AnchorAll() });
        Assert.Equal(1UL, world.State.Anchored(shard)!.Value.Height);
    }

    [Fact]
    public void Proposal_OfAClass_HasOneEncoding()
    {
        byte[] bytes = TestNetwork.Encode(new TopologyProposal(new LayoutClassRules(LayoutClass.DeFi, 7, 64, 400), s_true).Write);
        Assert.Equal("0202070000004000900101" + "01", Convert.ToHexStringLower(bytes));
        var reader = new WireReader(bytes);
        Assert.Equal(ReadResult.Ok, TopologyProposal.Read(ref reader, out TopologyProposal read));
        Assert.Equal(bytes, TestNetwork.Encode(read.Write));
        Assert.Equal(ReadResult.NotCanonical, Read([2, 0, .. bytes[2..]]));
        Assert.Equal(ReadResult.NotCanonical, Read([.. bytes[..6], 0, 0, .. bytes[8..]]));
        Assert.Equal(ReadResult.NotCanonical, Read([3, .. bytes[1..]]));
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(ReadResult.Truncated, Read(bytes[..length]));

        static ReadResult Read(byte[] source)
        {
            var reader = new WireReader(source);
            return TopologyProposal.Read(ref reader, out _);
        }
    }

    [Fact]
    public void AddClass_Layout_RoutesRoundTripsAndForgets()
    {
        ShardLayout before = ShardLayout.Create(3), layout = before.AddClass(s_defi, 4);
        ShardId shard = layout.ShardOf(LayoutClass.DeFi, TestNetwork.Key(1));
        Assert.Equal((new ShardId(before.NextId), 1UL, 4), (shard, layout.Version, layout.Shards.Count));
        Assert.Empty(layout.PredecessorsOf(new ShardChannel(before.Shards[0].Id, shard)));
        Assert.Equal([new ShardChannel(before.Shards[0].Id, shard)], layout.SuccessorsOf(new ShardChannel(before.Shards[0].Id, shard)));
        for (int i = 0; i < 50; i++) Assert.Equal(before.ShardOf(TestNetwork.Key(i)), layout.ShardOf(TestNetwork.Key(i)));
        ShardLayout later = layout.AddClass(new LayoutClassRules(LayoutClass.AI, 1), 5).Split(shard, 6).Split(before.Shards[1].Id, 7);
        foreach (ShardLayout sample in new[] { layout, later, later.Forget(7), later.Forget(8) })
        {
            byte[] bytes = TestNetwork.Encode(sample.Write);
            Assert.Equal(ReadResult.Ok, ShardLayout.TryRead(bytes, out ShardLayout? read));
            Assert.Equal(bytes, TestNetwork.Encode(read!.Write));
            Assert.Equal((sample.Version, sample.NextId, 3 - (sample.Classes.Count == 2 ? 1 : 0)), (read.Version, read.NextId, read.Classes.Count));
        }
        Assert.False(layout.CanAddClass(s_defi));
        Assert.Throws<ArgumentException>(() => layout.AddClass(s_defi, 5));
        Assert.Throws<ArgumentException>(() => before.AddClass(s_defi with { AttestationFloor = 0 }, 0));
        Assert.Throws<ArgumentException>(() => layout.AddClass(s_defi with { Class = LayoutClass.AI }, 3));
        // The general class is there from the start: a single shard that claims to have begun it later is no layout.
        byte[] root = TestNetwork.Encode(ShardLayout.Create(1).Write);
        Assert.Equal(ReadResult.Ok, ShardLayout.TryRead(root, out _));
        root[^17] = 1;
        Assert.Equal(ReadResult.NotCanonical, ShardLayout.TryRead(root, out _));
    }

    private static BeaconWorld World(Func<BeaconOptions, BeaconOptions>? with = null) => new(5, with: options =>
    {
        options = options with { Topology = new TopologyRules { Trigger = (_, proposal) => proposal.Claim.Span.SequenceEqual(s_true.Span), DrainBlocks = 1 } };
        return with is null ? options : with(options);
    });

    private static void AssertRefused(BeaconWorld world, TopologyProposal proposal) => Assert.Equal(new BeaconVerdict(BeaconResult.BadProposal, 0), world.Try(new BeaconBody { Proposals = [proposal] }));
}
