using System.Security.Cryptography;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

public class LayoutFormatTests
{
    // A change of this is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    private const string Frozen = "001159d5e5bcd50d30049e0c406196d7c45a36a2518d25a47c86b698b573f82d";

    private static readonly ShardLayout[] s_layouts = [.. Layouts()];
    private static readonly byte[][] s_samples = [.. s_layouts.Select(layout => TestNetwork.Encode(layout.Write))];

    [Fact]
    public void TryRead_ValidEncoding_RoundTrips()
    {
        for (int i = 0; i < s_samples.Length; i++)
        {
            Assert.Equal(ReadResult.Ok, ShardLayout.TryRead(s_samples[i], out ShardLayout? read));
            Assert.Equal(s_samples[i], TestNetwork.Encode(read!.Write));
            Assert.Equal((s_layouts[i].Version, s_layouts[i].NextId, s_layouts[i].Hash()), (read.Version, read.NextId, read.Hash()));
            Assert.Equal(s_layouts[i].Lineage.SelectMany(shard => shard.Children), read.Lineage.SelectMany(shard => shard.Children));
            for (int k = 0; k < 50; k++) Assert.Equal(s_layouts[i].ShardOf(TestNetwork.Key(k)), read.ShardOf(TestNetwork.Key(k)));
        }
    }

    [Fact]
    public void TryRead_EveryPrefixAndTrailingByte_IsRefused()
    {
        foreach (byte[] sample in s_samples)
        {
            for (int length = 0; length < sample.Length; length += 1 + sample.Length / 300)
                Assert.Equal(ReadResult.Truncated, ShardLayout.TryRead(sample.AsSpan(0, length), out _));
            Assert.Equal(ReadResult.TrailingBytes, ShardLayout.TryRead([.. sample, 0], out _));
            Assert.Equal(ReadResult.UnknownVersion, ShardLayout.TryRead([1, .. sample[1..]], out _));
        }
        Assert.Equal(ReadResult.TooLarge, ShardLayout.TryRead([0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0x81, 0x80, 0x04], out _));
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndIsALayout()
    {
        int accepted = 0;
        HostileBytes.Feed(s_samples[..^1], bytes =>
        {
            byte[] copy = bytes.ToArray();
            if (ShardLayout.TryRead(copy, out ShardLayout? layout) != ReadResult.Ok) { Assert.Null(layout); return; }
            accepted++;
            Assert.Equal(copy, TestNetwork.Encode(layout!.Write));
            Assert.Equal(layout.Classes.Count, layout.Shards.GroupBy(shard => shard.Class).Sum(shards => shards.Sum(shard => Math.Pow(2, -shard.Depth))));
            foreach (ShardInfo shard in layout.Lineage) Assert.NotEqual(0, layout.HoldersOf(shard.Id).Length);
        }, count: 50_000);
        Assert.True(accepted > 100, $"Expected mutations of versions and rules among the accepted, got {accepted}.");
    }

    // What no split or merge can lead to: the mutation of one field of a valid layout each time.
    [Theory]
    [InlineData(8 + 1, "depth of a shard without parents")]
    [InlineData(8, "a class without rules")]
    [InlineData(8 + 2, "born after the first layout, without parents")]
    public void TryRead_ImpossibleLineage_IsRefused(int offset, string what)
    {
        byte[] sample = [.. s_samples[0]];
        const int Shards = 1 + 1 + 9 + 1;
        sample[Shards + offset] = 1;
        Assert.True(ShardLayout.TryRead(sample, out _) != ReadResult.Ok, what);
    }

    [Fact]
    public void Write_Layouts_AreFrozen()
    {
        string actual = Convert.ToHexStringLower(SHA256.HashData(s_samples.SelectMany(sample => sample).ToArray()));
        Assert.True(Frozen == actual, $"Expected {Frozen} for layout, got {actual}.");
    }

    private static IEnumerable<ShardLayout> Layouts()
    {
        yield return ShardLayout.Create(1);
        yield return ShardLayout.Create(5);
        ShardLayout layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 1, 64, 400), 3), (new LayoutClassRules(LayoutClass.NFT, 2, 100, 1000), 2)]);
        yield return layout;
        for (ulong epoch = 1; epoch < 12; epoch++)
        {
            ShardInfo shard = layout.Shards[(int)(epoch * 7 % (ulong)layout.Shards.Count)];
            layout = epoch % 3 == 0 && layout.TryGetSibling(shard.Id, out ShardInfo? sibling) && shard.Prefix < sibling.Prefix
                ? layout.Merge(shard.Id, sibling.Id, epoch)
                : layout.Split(shard.Id, epoch);
            yield return layout;
        }
        yield return layout.Merge(layout.Shards.First(left => layout.TryGetSibling(left.Id, out ShardInfo? right) && left.Prefix < right.Prefix).Id, Right(layout), 20);
        yield return layout.Forget(6);
        yield return ShardLayout.Create(1024);
    }

    private static ShardId Right(ShardLayout layout)
    {
        foreach (ShardInfo left in layout.Shards)
            if (layout.TryGetSibling(left.Id, out ShardInfo? right) && left.Prefix < right.Prefix) return right.Id;
        throw new InvalidOperationException("Expected siblings.");
    }
}
