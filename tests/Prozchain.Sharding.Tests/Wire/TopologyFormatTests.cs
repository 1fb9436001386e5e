using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>What shards read about changes of the layout: docs/formats/sharding-replica.md.</summary>
public class TopologyFormatTests
{
    private static readonly TopologyChange s_split = new(7, ReshapeAction.Split(new ShardId(0x0102030405060708)), 9, 1_700_000_000_123);
    private static readonly TopologyChange s_merge = new(8, ReshapeAction.Merge(new ShardId(3), new ShardId(4)), 10, 5);

    [Fact]
    public void Change_Bytes_AreFrozen()
    {
        Assert.Equal("00" + "0700000000000000" + "0807060504030201" + "0000000000000000" + "0900000000000000" + "7b68e5cf8b010000", Convert.ToHexStringLower(TestNetwork.Encode(s_split.Write)));
        Assert.Equal("00" + "0800000000000000" + "0300000000000000" + "0400000000000000" + "0a00000000000000" + "0500000000000000", Convert.ToHexStringLower(TestNetwork.Encode(s_merge.Write)));
        foreach (TopologyChange change in (TopologyChange[])[s_split, s_merge])
        {
            Assert.Equal(ReadResult.Ok, TopologyChange.TryRead(TestNetwork.Encode(change.Write), out TopologyChange? read));
            Assert.Equal(change, read);
        }
    }

    [Fact]
    public void Change_WrongBytes_NamesTheFault()
    {
        byte[] good = TestNetwork.Encode(s_merge.Write);
        Assert.Equal(ReadResult.Truncated, TopologyChange.TryRead([], out _));
        for (int length = 1; length < good.Length; length++) Assert.Equal(ReadResult.Truncated, TopologyChange.TryRead(good.AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, TopologyChange.TryRead([.. good, 0], out _));
        Assert.Equal(ReadResult.UnknownVersion, TopologyChange.TryRead([1, .. good[1..]], out _));
        foreach (int zeroed in (int[])[1, 9])
        {
            byte[] bad = [.. good];
            bad.AsSpan(zeroed, 8).Clear();
            Assert.Equal(ReadResult.NotCanonical, TopologyChange.TryRead(bad, out _));
        }
        byte[] same = [.. good];
        same[17] = 3;
        Assert.Equal(ReadResult.NotCanonical, TopologyChange.TryRead(same, out _));
        byte[] late = [.. good];
        late[^1] = 0x80;
        Assert.Equal(ReadResult.NotCanonical, TopologyChange.TryRead(late, out _));
    }

    [Fact]
    public void Body_TopologyAndSettlements_ReadBack()
    {
        var store = new TrieStore();
        var settlement = new Settlement(new SettlementName(new ShardId(2), TestNetwork.Key(1), new Attempt(3, 4)), default, store.Prove(TestNetwork.Key(5)));
        var builder = new MicroBlockBuilder();
        ShardBody.Build(builder, [], [], [], [s_split, s_merge], [settlement]);
        byte[] bytes = TestNetwork.Encode(builder.Write);
        ShardBody body = ShardBody.TryRead(bytes)!;
        Assert.Equal([s_split, s_merge], body.Topology);
        Assert.Equal(settlement.Name, Assert.Single(body.Settlements).Name);
        Assert.False(body.IsTopologyAlone);
        Assert.True(ShardBody.TryRead(ShardMachine<TransferTransition>.BodyOf(s_split))!.IsTopologyAlone);
        var random = new Random((int)TestSettings.Seed);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            ShardBody.TryRead(damaged.AsMemory(0, random.Next(2) == 0 ? damaged.Length : random.Next(damaged.Length)));
        }
    }

    [Fact]
    public void State_WithAnotherLayout_HasAnotherDigest()
    {
        using var world = new Replication.LineageWorld(2, 8);
        MachineState before = world.Live[new ShardId(3)].State;
        world.Decide(ReshapeAction.Split(new ShardId(2)));
        world.CatchUp(world.Live[new ShardId(3)]);
        MachineState after = world.Live[new ShardId(3)].State;
        Assert.Equal(1UL, after.Layout.Version);
        Assert.NotEqual(before.ChannelsDigest, after.ChannelsDigest);
        byte[] bytes = TestNetwork.Encode(after.Write);
        Assert.Equal(ReadResult.Ok, MachineState.TryRead(bytes, out MachineState? read));
        Assert.Equal(after.Layout.Hash(), read!.Layout.Hash());
        for (int length = 0; length < bytes.Length; length++) Assert.NotEqual(ReadResult.Ok, MachineState.TryRead(bytes.AsSpan(0, length), out _));
    }

    [Fact]
    public void Directory_ChangeOutOfTurn_Throws()
    {
        var directory = new TopologyDirectory(ShardLayout.Create(2));
        Assert.Throws<ArgumentException>(() => directory.Add(s_split));
        var next = new TopologyChange(1, ReshapeAction.Split(new ShardId(2)), 0, 0);
        directory.Add(next);
        Assert.Equal(next, directory.Find(1));
        Assert.Null(directory.Find(2));
        Assert.Throws<ArgumentException>(() => directory.Add(next));
        Assert.Equal(3, directory.Newest.Shards.Count);
    }

    [Fact]
    public void HeirCommittee_KeepsTheParentsSeats()
    {
        ShardLayout layout = ShardLayout.Create(2).Split(new ShardId(2), 1).Split(new ShardId(3), 1);
        OrderingInstance Run(ulong shard, int first) => new(1, new Committee(new ShardId(shard), 1, [.. Enumerable.Range(first, 4).Select(seed => new CommitteeMember(new TestSigner(seed).PublicKey, 1 + seed))]), new byte[32]);
        layout.TryGetInfo(new ShardId(4), out ShardInfo? child);
        OrderingInstance parent = Run(2, 0), heir = HeirCommittee.Of(child!, 1, parent);
        Assert.Equal(parent.Committee.Members, heir.Committee.Members);
        Assert.NotEqual(parent.Id, heir.Id);
        ShardLayout merged = layout.Merge(new ShardId(4), new ShardId(5), 2);
        merged.TryGetInfo(new ShardId(8), out ShardInfo? whole);
        OrderingInstance union = HeirCommittee.Of(whole!, 1, Run(4, 0), Run(5, 2));
        Assert.Equal(6, union.Committee.Members.Count);
        Assert.Equal(1 + 2 + 3 + 4 + 5 + 6, union.Committee.Seats);
        Assert.Throws<ArgumentException>(() => HeirCommittee.Of(whole!, 1, parent));
    }
}
