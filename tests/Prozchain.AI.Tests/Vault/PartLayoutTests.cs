using FsCheck;
using FsCheck.Fluent;
using Prozchain.AI.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

public class PartLayoutTests
{
    [Theory]
    [InlineData(1, 64, 1)]
    [InlineData(1024, 64, 16)]
    [InlineData(1025, 128, 9)]
    [InlineData(10_000, 640, 16)]
    [InlineData(1_000_000, 62_528, 16)]
    [InlineData(16 << 20, 1 << 20, 16)]
    public void Leaves_OneStripe_AreTheShareRoundedUpTo64(int size, int leafLength, int leaves)
    {
        var layout = new PartLayout(size, 1 << 20, 16);
        Assert.Equal((1, leafLength, leaves), (layout.StripeCount, PartLayout.LeafLengthOf(layout.StripeLength(0), 16), PartLayout.LeavesOf(layout.StripeLength(0), 16)));
    }

    [Fact]
    public void Leaves_AnySizes_CoverThePartOnceWithBoundedPadding()
    {
        var sizes = from size in Gen.Choose(1, 300_000)
                    from leaf in Gen.Choose(1, 40)
                    from k in Gen.Choose(1, 20)
                    select (size, leaf * 64, k);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(sizes.ToArbitrary(), t =>
        {
            (int size, int leafSize, int k) = t;
            var layout = new PartLayout(size, leafSize, k);
            long bytes = 0;
            for (int s = 0; s < layout.StripeCount; s++)
            {
                var stripe = new StoredStripe(layout.StripeLength(s), k, 0, TensorType.U8, new Prozchain.Shared.Bytes32[PartLayout.LeavesOf(layout.StripeLength(s), k)]);
                for (int i = 0; i < stripe.Leaves.Length; i++)
                {
                    Assert.InRange(stripe.LeafLengthAt(i), 1, leafSize);
                    bytes += stripe.LeafLengthAt(i);
                }
                Assert.InRange(stripe.LeafLength * k - stripe.Length, 0, s == layout.StripeCount - 1 ? 64 * k : 0);
            }
            Assert.Equal(size, bytes);
        }));
    }

    [Theory]
    [InlineData(1 << 20, 16, 8, true)]
    [InlineData(65, 16, 8, false)]
    [InlineData(0, 16, 8, false)]
    [InlineData(ulong.MaxValue, 16, 8, false)]
    [InlineData(1 << 24, 65, 8, false)]
    [InlineData(1 << 24, 8, 65, false)]
    [InlineData(64, 200, 56, false)]
    [InlineData(64, 0, 8, false)]
    [InlineData(64, 16, 0, false)]
    public void IsCode_Limits_AreKept(ulong leafSize, int k, int m, bool possible) => Assert.Equal(possible, PartLayout.IsCode(leafSize, k, m));

    [Fact]
    public void Plan_TensorsOfAllSizes_AreAloneFromASixteenthOfALeafOnAndBundledBelow()
    {
        const int Leaf = 1024, Full = 16 * Leaf;
        TensorInfo Tensor(string name, long offset, long length) => new(name, TensorType.U8, [length], offset, length);
        TensorInfo[] tensors =
        [
            Tensor("a", 100, 63), Tensor("b", 163, 64), Tensor("c", 227, 0), Tensor("d", 227, 20), Tensor("e", 300, 50_000),
            Tensor("f", 80_000, 10),
        ];
        List<PlannedPart> plan = [.. PartPlanner.Plan(tensors, 90_000, Leaf, 16).Select(p => p with { Tensor = null })];
        Assert.Equal(
            [
                new(0, 163, TensorType.U8), new(163, 64, TensorType.U8), new(227, 73, TensorType.U8), new(300, 50_000, TensorType.U8),
                new(50_300, 29_700, TensorType.U8), new(80_000, 10_000, TensorType.U8),
            ], plan);
        Assert.Throws<ArgumentException>(() => PartPlanner.Plan([Tensor("a", 10, 20), Tensor("b", 29, 2)], 100, Leaf, 16));
        Assert.Throws<ArgumentException>(() => PartPlanner.Plan([Tensor("a", 10, 91)], 100, Leaf, 16));
        List<PlannedPart> many = PartPlanner.Plan([.. Enumerable.Range(0, 2000).Select(i => Tensor($"t{i}", 60 * i, 60))], 120_000, Leaf, 16);
        Assert.All(many, p => Assert.InRange(p.Length, 1, Full));
        Assert.All(many, p => Assert.Equal(0, p.Offset % 60));
        Assert.Equal(120_000, many.Sum(p => p.Length));
    }

    [Theory]
    [InlineData(4_096, 2.44)]
    [InlineData(65_536, 1.57)]
    [InlineData(4 << 20, 1.5016)]
    public async Task StoredRatio_SixteenPlusEight_IsWhatTheReadmeSays(int size, double ratio)
    {
        var vault = new ModelVault([.. Enumerable.Range(0, 24).Select(_ => new InMemoryPieceStore())]);
        ModelManifest manifest = await vault.StoreAsync(new GeneratedStream(size, 3), "ratio");
        Assert.Equal(ratio, manifest.Geometry.StoredRatio, 0.03);
    }
}
