using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

public class ShardTableTests
{
    private static readonly byte[][] s_stripes = [.. Enumerable.Range(0, 2000).Select(i => GeneratedStream.Bytes(32, (ulong)i * 7919))];

    [Fact]
    public void Place_EnoughShards_GivesEachAtMostOnePieceAndByCapacity()
    {
        long[] capacities = [.. Enumerable.Range(0, 40).Select(i => i % 4 == 0 ? 4L : i % 4 == 1 ? 0 : 1)];
        var table = new ShardTable(3, capacities);
        var counts = new int[40];
        var shards = new int[6];
        foreach (byte[] stripe in s_stripes)
        {
            table.Place(stripe, shards);
            Assert.Equal(6, shards.Distinct().Count());
            foreach (int shard in shards) counts[shard]++;
        }
        double heavy = Enumerable.Range(0, 40).Where(i => i % 4 == 0).Average(i => counts[i]), light = Enumerable.Range(0, 40).Where(i => i % 4 > 1).Average(i => counts[i]);
        // Without replacement a weight of four draws a little less than four times as often.
        Assert.InRange(heavy / light, 3.2, 4.1);
        Assert.All(Enumerable.Range(0, 40).Where(i => i % 4 == 1), i => Assert.Equal(0, counts[i]));
    }

    [Fact]
    public void Place_OneDraw_IsInProportionToCapacity()
    {
        var table = new ShardTable(0, [1, 2, 5]);
        var counts = new int[3];
        var shard = new int[1];
        foreach (byte[] stripe in s_stripes)
        {
            table.Place(stripe, shard);
            counts[shard[0]]++;
        }
        Assert.InRange(counts[0], 200, 300);
        Assert.InRange(counts[1], 430, 570);
        Assert.InRange(counts[2], 1180, 1320);
    }

    [Fact]
    public void Place_FewShards_TakeTurns()
    {
        var shards = new int[24];
        foreach (byte[] stripe in s_stripes.Take(100))
        {
            ShardTable.Equal(5).Place(stripe, shards);
            Assert.All(shards.GroupBy(s => s), g => Assert.InRange(g.Count(), 4, 5));
        }
    }

    [Fact]
    public void Place_ShardThatJoinsOrLeaves_MovesFewPiecesBesidesItsOwn()
    {
        ShardTable before = ShardTable.Equal(48), more = ShardTable.Equal(49, epoch: 1);
        long[] fewer = [.. Enumerable.Repeat(1L, 48)];
        fewer[7] = 0;
        var left = new ShardTable(1, fewer);
        int joined = 0, gone = 0, total = 0;
        int[] a = new int[24], b = new int[24], c = new int[24];
        foreach (byte[] stripe in s_stripes.Take(200))
        {
            before.Place(stripe, a);
            more.Place(stripe, b);
            left.Place(stripe, c);
            total += 24;
            joined += Enumerable.Range(0, 24).Count(i => a[i] != b[i]);
            gone += Enumerable.Range(0, 24).Count(i => a[i] != c[i]);
        }
        // A fair share of the pieces is 1 / 48; each that moves pushes some others on.
        Assert.InRange((double)joined / total, 0.01, 0.06);
        Assert.InRange((double)gone / total, 0.01, 0.06);
    }

    [Fact]
    public void Constructor_ImpossibleTable_SaysWhatItExpects()
    {
        Assert.Throws<ArgumentException>(() => new ShardTable(0, []));
        Assert.Throws<ArgumentException>(() => new ShardTable(0, [0, 0]));
        Assert.Throws<ArgumentException>(() => new ShardTable(0, [1, -1]));
        Assert.Throws<ArgumentException>(() => new ShardTable(0, [ShardTable.MaxCapacity + 1]));
        Assert.NotEqual(ShardTable.Equal(3).Digest.ToArray(), ShardTable.Equal(3, epoch: 1).Digest.ToArray());
        Assert.NotEqual(ShardTable.Equal(3).Digest.ToArray(), new ShardTable(0, [1, 1, 2]).Digest.ToArray());
    }

    [Fact]
    public void Place_SeededStripes_IsFrozen()
    {
        var encodings = new List<byte[]>();
        var shards = new int[24];
        foreach (ShardTable table in new[] { ShardTable.Equal(24), new ShardTable(9, [1, 5, 0, 1L << 40, 7, 7]) })
            foreach (byte[] stripe in s_stripes.Take(50))
            {
                table.Place(stripe, shards);
                encodings.Add([.. shards.Select(s => (byte)s)]);
            }
        Fixtures.AssertFrozen(Fixtures.Placements, encodings);
    }
}
