using FsCheck;
using FsCheck.Fluent;
using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Disputes;

public sealed class ClaimTreeTests
{
    [Theory]
    [InlineData(1UL, 1)]
    [InlineData(2UL, 1)]
    [InlineData(3UL, 2)]
    [InlineData(4UL, 2)]
    [InlineData(5UL, 3)]
    [InlineData(65_536UL, 16)]
    [InlineData(65_537UL, 17)]
    [InlineData(1UL << 32, 32)]
    public void Height_IsTheSmallestThatHolds(ulong steps, int height) => Assert.Equal(height, Claim.HeightOf(steps));

    [Fact]
    public void Height_OfNothingOrTooMuch_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Claim.HeightOf(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Claim.HeightOf((1UL << 32) + 1));
    }

    /// <summary>At every count, every node is that of the naive tree over all leaves, padded by repeating the last.</summary>
    [Fact]
    public void GrownTree_EqualsTheNaiveOne()
    {
        for (int height = 1; height <= 6; height++)
        {
            var tree = new ClaimTree(height);
            var leaves = new Digest32[1 << height];
            for (int count = 1; count <= leaves.Length; count++)
            {
                tree.Append(World.Root(count));
                leaves[count - 1] = World.Root(count);
                leaves.AsSpan(count).Fill(World.Root(count));
                Digest32[] nodes = leaves;
                for (int level = 0; level <= height; level++)
                {
                    for (int i = 0; i < nodes.Length; i++) Assert.Equal(nodes[i], tree.Node(level, (ulong)i));
                    nodes = [.. nodes.Chunk(2).Where(pair => pair.Length == 2).Select(pair => Hashing.Pair(pair[0], pair[1]))];
                }
                Assert.Equal(World.Root(count), tree.Claim.FinalRoot);
                Assert.Equal(tree.Claim, new ClaimTree(height, leaves.AsSpan(0, count)).Claim);
            }
            Assert.Throws<InvalidOperationException>(() => tree.Append(World.Root(1)));
        }
    }

    [Fact]
    public void EmptyTree_ClaimsNothing() => Assert.Throws<InvalidOperationException>(() => new ClaimTree(3).Claim);

    /// <summary>An opening verifies at its index with its leaf, and nowhere else.</summary>
    [Fact]
    public void Openings_AreUnique() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            int height = random.Next(1, 8), count = random.Next(1, (1 << height) + 1);
            var tree = new ClaimTree(height, [.. Enumerable.Range(0, count).Select(World.Root)]);
            ulong index = (ulong)random.Next(1 << height);
            Digest32[] opening = tree.Open(index);
            Assert.True(Claim.VerifyOpening(tree.Claim.Root, height, index, tree.Leaf(index), opening));
            Assert.False(Claim.VerifyOpening(tree.Claim.Root, height, index, World.Root(1_000_000), opening));
            Assert.False(Claim.VerifyOpening(tree.Claim.Root, height, index | 1UL << height, tree.Leaf(index), opening));
            Assert.False(Claim.VerifyOpening(tree.Claim.Root, height, index, tree.Leaf(index), opening.AsSpan(1)));
            Assert.False(Claim.VerifyOpening(tree.Claim.Root, height - 1, index, tree.Leaf(index), opening));
            ulong other = (ulong)random.Next(1 << height);
            Assert.Equal(other == index || tree.Leaf(other) == tree.Leaf(index) && tree.Open(other).AsSpan().SequenceEqual(opening) && SameTurns(tree, index, other),
                Claim.VerifyOpening(tree.Claim.Root, height, other, tree.Leaf(index), opening));
            opening[random.Next(height)] = World.Root(2_000_000);
            Assert.False(Claim.VerifyOpening(tree.Claim.Root, height, index, tree.Leaf(index), opening));
        }));

    // In padding, siblings are equal, so a leaf opens at either side of them.
    private static bool SameTurns(ClaimTree tree, ulong one, ulong other)
    {
        for (int level = 0; level < tree.Height; level++)
            if (((one ^ other) >> level & 1) != 0 && tree.Node(level, one >> level) != tree.Node(level, one >> level ^ 1)) return false;
        return true;
    }
}
