using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Layout;

public class ReshapedLayoutTests
{
    [Fact]
    public void Split_LiveShard_GivesTwoHalvesUnderFreshIds()
    {
        ShardLayout before = ShardLayout.Create(3);
        ShardInfo parent = before.Shards[1];
        ShardLayout after = before.Split(parent.Id, epoch: 7);
        Assert.Equal((1UL, 4), (after.Version, after.Shards.Count));
        Assert.Equal((0UL, 3), (before.Version, before.Shards.Count));
        Assert.True(after.TryGetInfo(parent.Id, out ShardInfo? past));
        Assert.False(past.IsLive);
        Assert.Equal([new ShardId(before.NextId), new ShardId(before.NextId + 1)], past.Children);
        foreach (ShardId id in past.Children)
        {
            Assert.True(after.TryGetInfo(id, out ShardInfo? child));
            Assert.Equal([parent.Id], child.Parents);
            Assert.Equal((parent.Depth + 1, 1UL, 7UL), (child.Depth, child.BornVersion, child.BornEpoch));
            Assert.True(parent.Contains(child.Prefix));
        }
        for (int i = 0; i < 300; i++)
        {
            Digest key = TestNetwork.Key(i);
            if (!parent.Contains(key)) Assert.Equal(before.ShardOf(key), after.ShardOf(key));
            else Assert.Equal(past.Children[key.Bytes.Bit(parent.Depth)], after.ShardOf(key));
        }
    }

    [Fact]
    public void Merge_Siblings_GivesOneFreshShardWithTwoParents()
    {
        ShardLayout split = ShardLayout.Create(1).Split(new ShardId(1), 0), merged = split.Merge(new ShardId(2), new ShardId(3), 4);
        ShardInfo whole = Assert.Single(merged.Shards);
        Assert.Equal((new ShardId(4), 0, 2UL, 4UL), (whole.Id, whole.Depth, whole.BornVersion, whole.BornEpoch));
        Assert.Equal([new ShardId(2), new ShardId(3)], whole.Parents);
        Assert.True(merged.IsAncestor(new ShardId(1), whole.Id));
        Assert.Equal(5UL, merged.NextId);
    }

    [Fact]
    public void Reshape_RandomWalk_KeepsEveryLaw()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            ShardLayout layout = ShardLayout.Create(random.Next(1, 6));
            var used = layout.Lineage.Select(shard => shard.Id).ToHashSet();
            for (int step = 1; step <= 60; step++)
            {
                ShardInfo pick = layout.Shards[random.Next(layout.Shards.Count)];
                ShardLayout next;
                if (random.Next(2) == 0 && layout.TryGetSibling(pick.Id, out ShardInfo? sibling))
                {
                    (ShardInfo left, ShardInfo right) = pick.Prefix < sibling.Prefix ? (pick, sibling) : (sibling, pick);
                    Assert.True(layout.CanMerge(left.Id, right.Id), $"seed {seed} step {step}");
                    Assert.False(layout.CanMerge(right.Id, left.Id));
                    next = layout.Merge(left.Id, right.Id, (ulong)step);
                }
                else
                {
                    next = layout.Split(pick.Id, (ulong)step);
                }
                foreach (ShardInfo made in next.Lineage.Where(shard => shard.BornVersion == next.Version)) Assert.True(used.Add(made.Id), $"seed {seed} step {step}: {made.Id} used twice");
                Assert.False(next.IsLive(pick.Id));
                layout = next;
                CheckRouting(layout, random);
            }
            CheckLineage(layout);
        }
    }

    [Fact]
    public void Split_OnePathToTheBottom_RoutesByTheLastBit()
    {
        ShardLayout layout = ShardLayout.Create(1);
        Digest key = TestNetwork.Key(5);
        for (int depth = 0; depth < 255; depth++) layout = layout.Split(layout.ShardOf(key), 0);
        ShardId deepest = layout.ShardOf(key);
        Assert.False(layout.CanSplit(deepest));
        Assert.Throws<ArgumentException>(() => layout.Split(deepest, 0));
        CheckRouting(layout, new Random(1));
        foreach (ShardInfo shard in layout.Shards) Assert.Equal(shard.Id, layout.ShardOf(shard.Prefix));
    }

    [Fact]
    public void Change_Misuse_Throws()
    {
        ShardLayout layout = ShardLayout.Create(4).Split(new ShardId(4), epoch: 3);
        Assert.Throws<ArgumentException>(() => layout.Split(new ShardId(4), 3)); // no longer live
        Assert.Throws<ArgumentException>(() => layout.Split(new ShardId(99), 3));
        Assert.Throws<ArgumentException>(() => layout.Split(new ShardId(5), epoch: 2)); // back in time
        Assert.Throws<ArgumentException>(() => layout.Merge(new ShardId(9), new ShardId(8), 3)); // right before left
        Assert.Throws<ArgumentException>(() => layout.Merge(new ShardId(5), new ShardId(6), 3)); // neighbours, not siblings
        Assert.False(ShardLayout.Create(1024).CanSplit(new ShardId(1500)));
        Assert.Throws<ArgumentException>(() => layout.ShardOf(LayoutClass.NFT, default));
        Assert.Throws<ArgumentException>(() => ShardLayout.Create([(new LayoutClassRules(LayoutClass.AI, 0), 4)]));
        Assert.Throws<ArgumentException>(() => ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 1000), (new LayoutClassRules(LayoutClass.AI, 0), 25)]));
        Assert.Throws<ArgumentException>(() => ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0, OrderingFloor: 0), 1)]));
    }

    [Fact]
    public void Classes_EachHasItsOwnTrie()
    {
        ShardLayout layout = ShardLayout.Create([
            (new LayoutClassRules(LayoutClass.DeFi, 9, 96, 400), 2),
            (new LayoutClassRules(LayoutClass.General, 7), 4),
            (new LayoutClassRules(new LayoutClass(200), 8), 3),
        ]);
        Assert.Equal([0, 2, 200], layout.Classes.Select(rules => (int)rules.Class.Value));
        Assert.True(layout.TryGetRules(LayoutClass.DeFi, out LayoutClassRules defi));
        Assert.Equal((9U, 96, 400), (defi.TransitionId, defi.OrderingFloor, defi.AttestationFloor));
        Assert.False(layout.TryGetRules(LayoutClass.AI, out _));
        layout = layout.Split(layout.ShardOf(LayoutClass.DeFi, TestNetwork.Key(3)), 1);
        foreach (LayoutClassRules rules in layout.Classes)
            for (int i = 0; i < 100; i++)
            {
                Digest key = TestNetwork.Key(i);
                ShardInfo holder = Assert.Single(layout.Shards, shard => shard.Class == rules.Class && shard.Contains(key));
                Assert.Equal(holder.Id, layout.ShardOf(rules.Class, key));
            }
        Assert.Equal(layout.ShardOf(TestNetwork.Key(1)), layout.ShardOf(LayoutClass.General, TestNetwork.Key(1)));
    }

    [Fact]
    public void Channels_SplitAndMerge_SayWhereTheyWent()
    {
        // 2 and 3 are the halves; 2 becomes 4 and 5, then 3 becomes 6 and 7.
        ShardLayout layout = ShardLayout.Create(2).Split(new ShardId(2), 1);
        Assert.Equal([Channel(4, 3), Channel(5, 3)], layout.SuccessorsOf(Channel(2, 3)));
        Assert.Equal([Channel(2, 3)], layout.PredecessorsOf(Channel(5, 3)));
        layout = layout.Split(new ShardId(3), 1);
        Assert.Equal([Channel(4, 6), Channel(4, 7), Channel(5, 6), Channel(5, 7)], layout.SuccessorsOf(Channel(2, 3)));
        Assert.Equal([Channel(4, 3)], layout.PredecessorsOf(Channel(4, 7)));
        Assert.Empty(layout.PredecessorsOf(Channel(4, 5))); // one shard, before
        layout = layout.Merge(new ShardId(4), new ShardId(5), 2);
        Assert.Equal([Channel(4, 6), Channel(5, 6)], layout.PredecessorsOf(Channel(8, 6)));
        ShardChannel local = Assert.Single(layout.SuccessorsOf(Channel(4, 5)));
        Assert.True(local.IsLocal);
        Assert.Empty(layout.SuccessorsOf(Channel(4, 77)));
    }

    [Fact]
    public void Forget_PastShards_LeavesRoutingAndIdsAlone()
    {
        ShardLayout layout = ShardLayout.Create(2).Split(new ShardId(2), 1).Split(new ShardId(3), 5).Merge(new ShardId(4), new ShardId(5), 6);
        ShardLayout less = layout.Forget(5);
        Assert.Equal([3, 4, 5, 6, 7, 8], less.Lineage.Select(shard => (int)shard.Id.Value));
        Assert.Equal((layout.Version, layout.NextId), (less.Version, less.NextId));
        for (int i = 0; i < 50; i++) Assert.Equal(layout.ShardOf(TestNetwork.Key(i)), less.ShardOf(TestNetwork.Key(i)));
        Assert.True(less.HoldersOf(new ShardId(2)).IsEmpty);
        Assert.True(layout.IsAncestor(new ShardId(2), new ShardId(8)));
        Assert.False(less.IsAncestor(new ShardId(2), new ShardId(8)));
    }

    private static ShardChannel Channel(ulong source, ulong destination) => new(new ShardId(source), new ShardId(destination));

    private static void CheckRouting(ShardLayout layout, Random random)
    {
        Assert.Equal(1.0, layout.Shards.Sum(shard => Math.Pow(2, -shard.Depth)));
        Span<byte> bytes = stackalloc byte[Digest.Size];
        for (int i = 0; i < 20; i++)
        {
            random.NextBytes(bytes);
            if (i == 0) bytes.Clear();
            if (i == 1) bytes.Fill(0xFF);
            var key = new Digest(bytes);
            Assert.Equal(Assert.Single(layout.Shards, shard => shard.Contains(key)).Id, layout.ShardOf(key));
        }
    }

    private static void CheckLineage(ShardLayout layout)
    {
        ShardInfo[] all = [.. layout.Lineage];
        var ancestors = new Dictionary<ShardId, HashSet<ShardId>>();
        foreach (ShardInfo shard in all) ancestors[shard.Id] = [.. shard.Parents, .. shard.Parents.SelectMany(parent => ancestors[parent])];
        foreach (ShardInfo shard in all)
        {
            foreach (ShardInfo other in all) Assert.Equal(ancestors[shard.Id].Contains(other.Id), layout.IsAncestor(other.Id, shard.Id));
            Assert.Equal(layout.Shards.Where(live => live.Overlaps(shard)).Select(live => live.Id), layout.HoldersOf(shard.Id).ToArray().Select(live => live.Id));
        }
    }
}
