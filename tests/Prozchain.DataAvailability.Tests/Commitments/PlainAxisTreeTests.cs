using System.Buffers;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Tests.Commitments;

public class PlainAxisTreeTests
{
    /// <summary>The eight inputs and the roots of Certificate Transparency's own tests of RFC 6962.</summary>
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
    public void Root_Rfc6962Inputs_Matches(int count, string expected)
    {
        string[] inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        Bytes32[] leaves = [.. inputs.Take(count).Select(hex => Sha256MerkleHash.Leaf(Convert.FromHexString(hex)))];
        Assert.Equal(expected, MerkleTree<Sha256MerkleHash>.Root(leaves).ToString());
    }

    [Fact]
    public void Leaf_LongInput_HashesAsShortOnesDo()
    {
        foreach (int length in new[] { 1022, 1023, 1024, 1025, 65536 })
        {
            byte[] data = TestSquares.Random(length, length);
            byte[] expected = System.Security.Cryptography.SHA256.HashData([0, .. data]);
            Assert.Equal(expected, Sha256MerkleHash.Leaf(data).Span.ToArray());
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    public void Prove_EveryPosition_VerifiesOnlyThere(int width)
    {
        PlainAxisTree tree = PlainAxisTree.Instance;
        var line = new AxisLine(Axis.Row, 0, width);
        byte[] cells = TestSquares.Random(width, width * 64), root = new byte[32];
        tree.ComputeRoot(line, new ReadOnlyShards(cells, width, 64), root);
        ILineTree built = tree.Build(line, new ReadOnlyShards(cells, width, 64));
        Assert.Equal(root, built.Root);
        for (int i = 0; i < width; i++)
        {
            var path = new ArrayBufferWriter<byte>();
            built.Prove(i, path);
            for (int at = -1; at <= width; at++)
                Assert.Equal(at == i, tree.Verify(line, root, at, cells.AsSpan(i * 64, 64), path.WrittenSpan));
            Assert.False(tree.Verify(line, root, i, cells.AsSpan(i * 64, 63), path.WrittenSpan));
            Assert.False(tree.Verify(line, root, i, cells.AsSpan(i * 64, 64), path.WrittenSpan[..^1]));
            Assert.False(tree.Verify(line, root, i, cells.AsSpan(i * 64, 64), [.. path.WrittenSpan, .. new byte[32]]));
            Assert.False(tree.Verify(line, root.AsSpan(1), i, cells.AsSpan(i * 64, 64), path.WrittenSpan));
            Assert.False(tree.Verify(line with { Width = 2 * width }, root, i, cells.AsSpan(i * 64, 64), path.WrittenSpan));
        }
    }

    [Fact]
    public void ComputeRoot_Misuse_ThrowsWithExpectedAndGot()
    {
        var line = new AxisLine(Axis.Row, 0, 4);
        byte[] cells = new byte[256];
        Assert.Contains("Expected 4 cells, got 2", Assert.Throws<ArgumentException>(
            () => PlainAxisTree.Instance.ComputeRoot(line, new ReadOnlyShards(cells, 2, 64), new byte[32])).Message, StringComparison.Ordinal);
        Assert.Contains("Expected 32 bytes for the root, got 31", Assert.Throws<ArgumentException>(
            () => PlainAxisTree.Instance.ComputeRoot(line, new ReadOnlyShards(cells, 4, 64), new byte[31])).Message, StringComparison.Ordinal);
    }
}
