using System.Security.Cryptography;

namespace Prozchain.Shared.Tests;

/// <summary>RFC 6962 hashing; the answers are those of the Certificate Transparency reference tests.</summary>
public class MerkleTreeTests
{
    private static readonly string[] s_inputs =
    [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Root_CertificateTransparencyInputs_Matches(int count, string root) =>
        Assert.Equal(root, MerkleTree<Rfc6962>.Root(Leaves(count)).ToString());

    [Fact]
    public void Prove_CertificateTransparencyPath_Matches()
    {
        // Audit path of the first of eight leaves.
        Bytes32[] path = MerkleTree<Rfc6962>.Prove(Leaves(8), 0);
        Assert.Equal(
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
            path.Select(sibling => sibling.ToString()));
    }

    [Fact]
    public void Prove_EveryCountAndIndex_VerifiesAndNothingElseDoes()
    {
        for (int count = 0; count <= 40; count++)
        {
            Bytes32[] leaves = [.. Enumerable.Range(0, count).Select(i => Rfc6962.Leaf([(byte)i]))];
            Bytes32 root = MerkleTree<Rfc6962>.Root(leaves);
            int stride = count == 0 ? 0 : MerkleTree<Rfc6962>.ProofLength(count, 0);
            var all = new Bytes32[count * stride];
            Assert.Equal(root, MerkleTree<Rfc6962>.ProveAll(leaves, all, stride));
            for (int index = 0; index < count; index++)
            {
                Bytes32[] proof = MerkleTree<Rfc6962>.Prove(leaves, index);
                Assert.Equal(proof, all[(index * stride)..][..proof.Length]);
                Assert.Equal(MerkleTree<Rfc6962>.ProofLength(count, index), proof.Length);
                Assert.True(Verify(root, count, index, leaves[index], proof));
                Assert.False(Verify(root, count, -1, leaves[index], proof));
                Assert.False(Verify(root, count, count, leaves[index], proof));
                Assert.False(Verify(leaves[index], count, index, Rfc6962.Leaf([99]), proof));
                Assert.False(Verify(root, count, index, leaves[index], [.. proof, root]));
                if (proof.Length > 0) Assert.False(Verify(root, count, index, leaves[index], proof[1..]));
                for (int other = 0; other < count; other++)
                    if (other != index) Assert.False(Verify(root, count, other, leaves[index], proof));
                for (int i = 0; i < proof.Length; i++)
                {
                    Bytes32[] wrong = [.. proof];
                    wrong[i] = root;
                    Assert.False(Verify(root, count, index, leaves[index], wrong));
                }
            }
        }
    }

    [Fact]
    public void Verify_WrongCount_HoldsOnlyWhereThePathIsTheSame()
    {
        // RFC 6962 roots do not bind the count: a format that uses the tree commits to it beside the root.
        Bytes32[] leaves = Leaves(7);
        Bytes32 root = MerkleTree<Rfc6962>.Root(leaves);
        for (int index = 0; index < 7; index++)
            for (int count = 0; count <= 20; count++)
                Assert.Equal(
                    index < count && Path(7, index) == Path(count, index),
                    Verify(root, count, index, leaves[index], MerkleTree<Rfc6962>.Prove(leaves, index)));
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 2, 1)]
    [InlineData(5, 4, 1)]
    [InlineData(int.MaxValue, 0, 31)]
    [InlineData((1 << 30) + 1, 1 << 30, 1)]
    public void ProofLength_KnownShapes_Matches(int count, int index, int length) =>
        Assert.Equal(length, MerkleTree<Rfc6962>.ProofLength(count, index));

    [Fact]
    public void Prove_IndexOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree<Rfc6962>.Prove(Leaves(3), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree<Rfc6962>.Prove(Leaves(3), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree<Rfc6962>.Prove([], 0));
    }

    private static bool Verify(Bytes32 root, int count, int index, Bytes32 leaf, Bytes32[] proof) =>
        MerkleTree<Rfc6962>.Verify(root, count, index, leaf, proof);

    // Turns from the root to a leaf, straight from the RFC's definition of the split.
    private static string Path(int count, int index)
    {
        if (count == 1) return "";
        int split = 1;
        while (split * 2 < count) split *= 2;
        return index < split ? "L" + Path(split, index) : "R" + Path(count - split, index - split);
    }

    private static Bytes32[] Leaves(int count) => [.. s_inputs.Take(count).Select(hex => Rfc6962.Leaf(Convert.FromHexString(hex)))];

    private readonly struct Rfc6962 : IMerkleHash
    {
        public static Bytes32 Leaf(ReadOnlySpan<byte> data) => new(SHA256.HashData([0, .. data]));

        public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => new(SHA256.HashData([1, .. left.Span, .. right.Span]));

        public static Bytes32 Empty => new(SHA256.HashData([]));
    }
}
