using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Tests;

public class Keccak256MerkleTreeTests : MerkleTreeTests<Keccak256>
{
    protected override string MatrixRoot => "1b18a309809b4bfd0c414e81202cf6939242bf8ba9e0ba9590ea83929f3b161a";
}

public class Sha256MerkleTreeTests : MerkleTreeTests<Sha256>
{
    protected override string MatrixRoot => "a3980385029b8832394680e012bf8c57dabf61d74bfb39b7b0683376d9d9e83e";
}

public class Blake3MerkleTreeTests : MerkleTreeTests<Blake3>
{
    protected override string MatrixRoot => "178ed2db62b995c94c048075da2b0d815f64406bb56dffb155a3fe0041a483df";
}

public abstract class MerkleTreeTests<THash> where THash : struct, IBatchDigest<THash>
{
    /// <summary>Computed by another program from docs/formats/zk-merkle.md.</summary>
    protected abstract string MatrixRoot { get; }

    [Fact]
    public void Root_MatrixOfPowers_MatchesTheFormat() => Assert.Equal(MatrixRoot, Convert.ToHexStringLower(MerkleTools.PowersOfThree<THash>().Root));

    [Fact]
    public void Open_EveryShapeAndIndex_VerifiesAndEqualsTheDefinition()
    {
        for (int depth = 0; depth <= 6; depth++)
            foreach (int size in (int[])[0, 1, 31, 200])
            {
                var shape = new MerkleShape(1 << depth, size);
                byte[] leaves = Leaves(shape);
                MerkleTree<THash> tree = MerkleTree<THash>.Commit(leaves, shape);
                Assert.Equal(NaiveRoot(leaves, shape.LeafCount, size), tree.Root.ToArray());
                for (int index = 0; index < shape.LeafCount; index++)
                {
                    byte[] leaf = leaves[(index * size)..((index + 1) * size)];
                    MerkleOpening opening = tree.Open(index, leaf);
                    Assert.Equal(VerifyResult.Valid, opening.Verify<THash>(tree.Root, shape, index, out ReadOnlySpan<byte> read));
                    Assert.True(read.SequenceEqual(leaf));
                    Assert.Equal(ReadResult.Ok, MerkleOpening.TryRead(MerkleTools.Encode(opening), shape, out MerkleOpening? again));
                    Assert.Equal(VerifyResult.Valid, again!.Verify<THash>(tree.Root, shape, index, out _));
                    Assert.Equal(shape.OpeningSize, opening.EncodedSize);
                }
            }
    }

    [Fact]
    public void Verify_AnotherRootIndexOrShape_IsRefusedByName()
    {
        var shape = new MerkleShape(16, 5);
        byte[] leaves = Leaves(shape);
        MerkleTree<THash> tree = MerkleTree<THash>.Commit(leaves, shape);
        MerkleOpening opening = tree.Open(3, leaves.AsSpan(15, 5));
        Assert.Equal(VerifyResult.RootMismatch, opening.Verify<THash>(new byte[32], shape, 3, out ReadOnlySpan<byte> leaf));
        Assert.True(leaf.IsEmpty);
        Assert.Equal(VerifyResult.WrongIndex, opening.Verify<THash>(tree.Root, shape, 2, out _));
        Assert.Equal(VerifyResult.WrongShape, opening.Verify<THash>(tree.Root, new MerkleShape(8, 5), 3, out _));
        Assert.Equal(VerifyResult.WrongShape, opening.Verify<THash>(tree.Root, new MerkleShape(16, 6), 3, out _));
    }

    [Fact]
    public void Verify_EveryBitOfAnOpeningFlipped_IsRefused()
    {
        var shape = new MerkleShape(8, 4);
        byte[] leaves = Leaves(shape);
        MerkleTree<THash> tree = MerkleTree<THash>.Commit(leaves, shape);
        byte[] encoded = MerkleTools.Encode(tree.Open(5, leaves.AsSpan(20, 4)));
        for (int bit = 0; bit < encoded.Length * 8; bit++)
        {
            byte[] wrong = [.. encoded];
            wrong[bit >> 3] ^= (byte)(1 << (bit & 7));
            ReadResult read = MerkleOpening.TryRead(wrong, shape, out MerkleOpening? opening);
            Assert.True(read != ReadResult.Ok || opening!.Verify<THash>(tree.Root, shape, 5, out _) is VerifyResult.RootMismatch or VerifyResult.WrongIndex);
        }
    }

    [Fact]
    public void Verify_InnerNodeAsLeaf_IsRefused()
    {
        // Without domains, the concatenation of two digests would be a leaf of a shorter tree with the same root.
        var shape = new MerkleShape(2, 32);
        byte[] leaves = Leaves(shape), left = NaiveRoot(leaves.AsSpan(0, 32), 1, 32), right = NaiveRoot(leaves.AsSpan(32), 1, 32);
        MerkleTree<THash> tree = MerkleTree<THash>.Commit(leaves, shape);
        var forged = new MerkleShape(1, 64);
        MerkleOpening opening = MerkleTree<THash>.Commit([.. left, .. right], forged).Open(0, [.. left, .. right]);
        Assert.Equal(VerifyResult.RootMismatch, opening.Verify<THash>(tree.Root, forged, 0, out _));
    }

    [Fact]
    public void Commit_CancelledWithFewLargeLeaves_Stops()
    {
        var shape = new MerkleShape(4, MerkleShape.MaxLeafSize);
        Assert.Throws<OperationCanceledException>(
            () => MerkleTree<THash>.Commit(new byte[shape.LeafCount * shape.LeafSize], shape, cancellation: new CancellationToken(true)));
    }

    private static byte[] Leaves(MerkleShape shape)
    {
        var leaves = new byte[shape.LeafCount * shape.LeafSize];
        new Random(shape.LeafSize).NextBytes(leaves);
        return leaves;
    }

    private static byte[] NaiveRoot(ReadOnlySpan<byte> leaves, int count, int size)
    {
        var digest = new byte[32];
        if (count == 1) THash.Hash([0, .. leaves], digest);
        else THash.Hash([1, .. NaiveRoot(leaves[..(count / 2 * size)], count / 2, size), .. NaiveRoot(leaves[(count / 2 * size)..], count / 2, size)], digest);
        return digest;
    }
}
