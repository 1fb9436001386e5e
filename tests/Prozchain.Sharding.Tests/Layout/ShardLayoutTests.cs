using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Layout;

public class ShardLayoutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(1024)]
    public void Create_AnyCount_CoversEveryKeyOnce(int count)
    {
        ShardLayout layout = ShardLayout.Create(count);
        Assert.Equal(count, layout.Shards.Count);
        Assert.Equal(count, layout.Shards.Select(shard => shard.Id).Distinct().Count());
        // The widths add up to the whole space, and depths differ by one at most: the shallowest is split first.
        Assert.Equal(1.0, layout.Shards.Sum(shard => Math.Pow(2, -shard.Depth)));
        Assert.InRange(layout.Shards.Max(shard => shard.Depth) - layout.Shards.Min(shard => shard.Depth), 0, 1);
        for (int i = 0; i < 500; i++)
        {
            Digest key = TestNetwork.Key(i);
            ShardInfo holder = Assert.Single(layout.Shards, shard => shard.Contains(key));
            Assert.Equal(holder.Id, layout.ShardOf(key));
        }
    }

    [Fact]
    public void Create_SameCount_GivesSameLayout()
    {
        ShardLayout a = ShardLayout.Create(13), b = ShardLayout.Create(13);
        Assert.Equal(a.Shards.Select(shard => (shard.Id, shard.Prefix, shard.Depth)), b.Shards.Select(shard => (shard.Id, shard.Prefix, shard.Depth)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Create_BadCount_Throws(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => ShardLayout.Create(count));

    [Fact]
    public void TryGetInfo_Lineage_LeadsToTheFirstShard()
    {
        ShardLayout layout = ShardLayout.Create(11);
        foreach (ShardInfo shard in layout.Shards)
        {
            ShardInfo at = shard;
            int steps = 0;
            for (; at.Parents.Count == 1; steps++)
            {
                Assert.True(layout.TryGetInfo(at.Parents[0], out ShardInfo? above));
                Assert.True(above.Contains(at.Prefix));
                Assert.Equal(at.Depth - 1, above.Depth);
                Assert.False(layout.IsLive(above.Id));
                Assert.Contains(at.Id, above.Children);
                at = above;
            }
            Assert.Equal(shard.Depth, steps);
        }
    }

    [Fact]
    public void Shards_Order_IsThatOfPrefixes()
    {
        ShardLayout layout = ShardLayout.Create(100);
        Assert.Equal(layout.Shards.OrderBy(shard => shard.Prefix), layout.Shards);
    }
}
