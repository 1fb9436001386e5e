using FsCheck;
using FsCheck.Fluent;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

public class VaultGeometryTests
{
    [Theory]
    [InlineData(1, 64, 1)]
    [InlineData(1024, 64, 16)]
    [InlineData(1025, 128, 9)]
    [InlineData(10_000, 640, 16)]
    [InlineData(1_000_000, 62_528, 16)]
    [InlineData(16 << 20, 1 << 20, 16)]
    public void PieceLength_OneStripe_IsTheShareRoundedUpTo64(int size, int pieceLength, int leaves)
    {
        Assert.True(VaultGeometry.TryCreate((ulong)size, 1 << 20, 16, 8, out VaultGeometry? geometry));
        Assert.Equal((1, pieceLength, leaves), (geometry!.StripeCount, geometry.PieceLength(0), geometry.LeafCount));
    }

    [Fact]
    public void Leaves_AnySizes_CoverTheFileOnceWithBoundedPadding()
    {
        var sizes = from size in Gen.Choose(0, 300_000)
                    from leaf in Gen.Choose(1, 40)
                    from k in Gen.Choose(1, 20)
                    from m in Gen.Choose(1, 9)
                    select (size, leaf * 64, k, m);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(sizes.ToArbitrary(), t =>
        {
            (int size, int leafSize, int k, int m) = t;
            Assert.True(VaultGeometry.TryCreate((ulong)size, (ulong)leafSize, k, m, out VaultGeometry? geometry));
            LeafLayout layout = geometry!.Layout;
            long bytes = 0, stored = 0;
            int leaves = 0;
            for (int stripe = 0; stripe < geometry.StripeCount; stripe++)
            {
                for (int i = 0; i < layout.LeavesIn(stripe); i++, leaves++)
                {
                    Assert.InRange(layout.LeafLength(stripe, i), 1, leafSize);
                    bytes += layout.LeafLength(stripe, i);
                }
                int mostPadding = stripe == geometry.StripeCount - 1 ? 64 * k : 0;
                Assert.InRange(layout.PieceLength(stripe) * k - layout.StripeLength(stripe), 0, mostPadding);
                for (int piece = 0; piece < k + m; piece++) stored += PieceFrame.SizeOf(layout.PieceLength(stripe), k + m, piece);
            }
            Assert.Equal((size, geometry.LeafCount, geometry.StoredSize), (bytes, leaves, stored));
        }));
    }

    [Theory]
    [InlineData(1UL << 44, 1 << 20, 16, 8, true)]
    [InlineData((1UL << 44) + 1, 1 << 20, 16, 8, false)]
    [InlineData(ulong.MaxValue, 1 << 20, 16, 8, false)]
    [InlineData(1, 65, 16, 8, false)]
    [InlineData(1, 0, 16, 8, false)]
    [InlineData(1, ulong.MaxValue, 16, 8, false)]
    [InlineData(1, 1 << 24, 65, 8, false)]
    [InlineData(1, 1 << 24, 8, 65, false)]
    [InlineData(1, 64, 200, 56, false)]
    [InlineData(1, 64, 0, 8, false)]
    [InlineData(1, 64, 16, 0, false)]
    public void TryCreate_Limits_AreKept(ulong rawSize, ulong leafSize, int k, int m, bool possible) =>
        Assert.Equal(possible, VaultGeometry.TryCreate(rawSize, leafSize, k, m, out _));

    [Theory]
    [InlineData(4_096, 2.42)]
    [InlineData(65_536, 1.56)]
    [InlineData(16 << 20, 1.5003)]
    [InlineData(1 << 30, 1.5003)]
    public void StoredRatio_SixteenPlusEight_IsWhatTheReadmeSays(long size, double ratio)
    {
        VaultGeometry.TryCreate((ulong)size, 1 << 20, 16, 8, out VaultGeometry? geometry);
        Assert.Equal(ratio, geometry!.StoredRatio, 0.01);
    }
}
