using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>A beacon that draws the committees of both duties by a security.</summary>
public class BeaconSecurityTests
{
    [Fact]
    public void Draw_BothDuties_AreFrozenAnEpochAheadAndCertifyBySize()
    {
        var world = World();
        Assert.All(world.State.Layout.Shards, shard => Assert.Equal((7, 12), (world.State.Committees.Of(shard.Id).Seats, world.State.Attestation.Of(shard.Id).Seats)));
        for (ulong epoch = 1; epoch < 5; epoch++)
        {
            (CommitteeAssignment ordering, CommitteeAssignment attestation) = (world.State.NextCommittees, world.State.NextAttestation);
            world.Next(new BeaconBody { Anchors = world.AnchorAll(), Exits = epoch == 1 ? [world.Exit(100)] : [] });
            world.ToEpoch(epoch);
            Assert.Same(ordering, world.State.Committees);
            Assert.Same(attestation, world.State.Attestation);
            Assert.Equal(epoch + 1, world.State.NextAttestation.Epoch);
        }
        Assert.Equal(5, world.State.Validators.Members.Count);
        // Certified by the committee that orders, not by the one that attests.
        ShardId shard = world.State.Layout.Shards[0].Id;
        Assert.True(world.Try(new BeaconBody { Anchors = [world.Anchor(shard)] }).IsValid);
        Assert.Equal(BeaconResult.BadCertificate, world.Try(new BeaconBody { Anchors = [world.Anchor(shard, committee: world.State.Attestation.Of(shard))] }).Result);
    }

    [Fact]
    public void Budget_Security_DrawsTheSizesThatItAsksFor()
    {
        var budget = new SecurityBudget { AdversaryShare = 0.05, MaxHaltsPerYear = 1, MaxForgeriesPerYear = 1e-6, Shards = 2 };
        CommitteeSecurity security = CommitteeSecurity.Smallest(budget, budget with { MaxHaltsPerYear = 1e-6 });
        var world = new BeaconWorld(6, with: options => options with { Security = security, Sampler = new TicketSampler(poolTickets: 1), UnsafeDevelopment = null });
        ShardId shard = world.State.Layout.Shards[1].Id;
        Assert.Equal((security.OrderingSeats, security.AttestationSeats), (world.State.Committees.Of(shard).Seats, world.State.Attestation.Of(shard).Seats));
        Assert.True(security.OrderingSeats < security.AttestationSeats);
        // No network without a word about its committees, with two, or with more shards than its budget counts.
        Assert.Throws<ArgumentException>(() => new BeaconWorld(with: options => options with { UnsafeDevelopment = null }));
        Assert.Throws<ArgumentException>(() => new BeaconWorld(6, with: options => options with { Security = security }));
        Assert.Throws<ArgumentException>(() => new BeaconWorld(6, shards: 3, with: options => options with { Security = security, UnsafeDevelopment = null }));
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new BeaconWorld(6, with: options => options with
        {
            Security = security, UnsafeDevelopment = null, Topology = new TopologyRules { Trigger = (_, _) => true, DrainBlocks = 1, MaxShards = 100 },
        }));
        Assert.Contains("100 shards", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new BeaconWorld(2, stake: 3, with: options => options with { Security = security, UnsafeDevelopment = null }));
    }

    [Fact]
    public void Freeze_Security_DrawsBothCommitteesAfresh()
    {
        var world = World(options => options with { StallBlocks = 3 });
        ShardId stalled = world.State.Layout.Shards[0].Id, other = world.State.Layout.Shards[1].Id;
        while (!world.State.IsFrozen(stalled)) world.StepWithout(stalled);
        ulong back = world.State.Epoch + 2;
        world.ToEpochWithout(back - 1, stalled);
        CommitteeSet drawn = world.State.Next;
        world.ToEpochWithout(back, stalled);
        Assert.Same(drawn.Ordering.Of(other), world.State.Committees.Of(other));
        foreach (CommitteeDuty duty in (CommitteeDuty[])[CommitteeDuty.Ordering, CommitteeDuty.Attestation])
        {
            Committee fresh = CommitteeAssignment.Redraw(world.State.NextSeed.Span, back, duty, stalled, 1, world.State.Validators.Members, world.State.Layout, world.Options.Security!, world.Options.Sampler);
            Assert.Equal(fresh.Members, world.State.Current.Of(duty, stalled).Members);
            Assert.NotSame(drawn.Of(duty, stalled), world.State.Current.Of(duty, stalled));
        }
        Assert.True(world.Try(new BeaconBody { Anchors = [world.Anchor(stalled)] }).IsValid);
    }

    [Fact]
    public void Topology_Security_SplitKeepsBothCommitteesAndAClassHasItsFloors()
    {
        var world = World(options => options with { Topology = new TopologyRules { Trigger = (_, _) => true, DrainBlocks = 1, ShardsPerChange = 1 } });
        ShardId shard = world.State.Layout.Shards[0].Id;
        var split = new TopologyProposal(ReshapeAction.Split(shard), default);
        CommitteeSet next = world.State.Next;
        var rules = new LayoutClassRules(LayoutClass.AI, 3, 9, 15);
        world.Next(new BeaconBody { Proposals = [new TopologyProposal(rules, default), split] });
        world.Next(new BeaconBody { Ready = [.. next.Ordering.Of(shard).Members.Select((member, i) => new Readiness(split.Id, i, world.Say(BeaconWorld.WalletOf(member.PublicKey.Span), split.Ready(0))))] });
        world.ToEpoch(1);
        foreach (ShardInfo child in world.State.Layout.Shards.Where(info => info.Parents.Contains(shard) && info.BornVersion > 0))
        {
            Assert.Equal(next.Ordering.Of(shard).Members, world.State.Committees.Of(child.Id).Members);
            Assert.Equal(next.Attestation.Of(shard).Members, world.State.Attestation.Of(child.Id).Members);
        }
        world.ToEpoch(2);
        ShardId first = world.State.Layout.Shards[^1].Id;
        Assert.Equal((9, 15), (world.State.Committees.Of(first).Seats, world.State.Attestation.Of(first).Seats));
        Assert.Equal((9, 15), (world.State.NextCommittees.Of(first).Seats, world.State.NextAttestation.Of(first).Seats));
        // A budget that no size from the floor on meets: no such class.
        var budget = new SecurityBudget { AdversaryShare = 0.05, MaxHaltsPerYear = 1, MaxForgeriesPerYear = 1e-6, PoolTickets = 200 };
        var strict = World(options => options with { Topology = new TopologyRules { Trigger = (_, _) => true, DrainBlocks = 1, MaxShards = 64 }, Security = CommitteeSecurity.Smallest(budget, budget) });
        Assert.Equal(BeaconResult.BadProposal, strict.Try(new BeaconBody { Proposals = [new TopologyProposal(rules with { OrderingFloor = 300 }, default)] }).Result);
        Assert.True(strict.Try(new BeaconBody { Proposals = [new TopologyProposal(rules, default)] }).IsValid);
    }

    private static BeaconWorld World(Func<BeaconOptions, BeaconOptions>? with = null) => new(6, with: options =>
    {
        options = options with { Security = CommitteeSecurity.UnsafeDevelopment(7, 12), UnsafeDevelopment = null };
        return with is null ? options : with(options);
    });
}
