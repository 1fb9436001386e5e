using System.Security.Cryptography;
using System.Text.Json;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Tests.Vectors;

namespace Prozchain.DataAvailability.Tests.Commitments;

public class NamespacedMerkleTests
{
    private const int NodeSize = NamespacedHash.NodeSize;

    [Fact]
    public void Root_RowsOfSmallVectorSquares_Match()
    {
        using JsonDocument document = CelestiaVectors.Load();
        foreach (JsonElement square in document.RootElement.EnumerateArray())
        {
            int k = square.GetProperty("k").GetInt32(), size = square.GetProperty("share_bytes").GetInt32();
            if (k > 8) continue;
            ExtendedSquare extended = ExtendedSquare.Extend(CelestiaVectors.Cells(square), new SquareParameters(k, size));
            for (int row = 0; row < 2 * k; row++)
            {
                ReadOnlySpan<byte> cells = extended.Cells.Span.Slice(2 * k * size * row, 2 * k * size);
                byte[] nodes = new byte[2 * k * NodeSize], root = new byte[NodeSize];
                NamespacedHash.Leaves(row < k ? default : NamespacedHash.Parity, new ReadOnlyShards(cells, k, size), nodes);
                NamespacedHash.Leaves(NamespacedHash.Parity, new ReadOnlyShards(cells[(k * size)..], k, size), nodes.AsSpan(k * NodeSize));
                NamespacedMerkle.Root(nodes, root);
                Assert.Equal(square.GetProperty("row_roots")[row].GetString(), Convert.ToHexStringLower(root));
            }
        }
    }

    [Fact]
    public void Root_EveryCount_IsThatOfTheSplitByDefinition()
    {
        for (int count = 0; count <= 40; count++)
        {
            byte[] data = Sorted(count), nodes = new byte[count * NodeSize], root = new byte[NodeSize];
            if (count > 0) NamespacedHash.Leaves(default, new ReadOnlyShards(data, count, 64), nodes);
            byte[] expected = ByDefinition(data);
            NamespacedMerkle.Root(nodes, root);
            Assert.Equal(expected, root);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public void Roots_ManyTrees_AreTheRootsOfEach(int treeSize)
    {
        byte[] data = Sorted(96), nodes = new byte[96 * NodeSize];
        NamespacedHash.Leaves(default, new ReadOnlyShards(data, 96, 64), nodes);
        Span<byte> roots = NamespacedMerkle.Roots(nodes, treeSize);
        Assert.Equal(96 / treeSize * NodeSize, roots.Length);
        for (int i = 0; i < 96 / treeSize; i++)
            Assert.Equal(ByDefinition(data.AsSpan(i * treeSize * 64, treeSize * 64)), roots.Slice(i * NodeSize, NodeSize).ToArray());
    }

    [Fact]
    public void Leaves_WithACommonNamespace_EqualSingleLeaves()
    {
        foreach (int size in (int[])[1, 29, 64, 100, 512, 4096])
        {
            byte[] data = TestSquares.Random(size, 19 * size), nodes = new byte[19 * NodeSize], node = new byte[NodeSize];
            NamespacedHash.Leaves(NamespacedHash.Parity, new ReadOnlyShards(data, 19, size), nodes);
            for (int i = 0; i < 19; i++)
            {
                NamespacedHash.Leaf(NamespacedHash.Parity, data.AsSpan(i * size, size), node);
                Assert.Equal(node, nodes.AsSpan(i * NodeSize, NodeSize));
                Assert.Equal(SHA256.HashData([0, .. NamespacedHash.Parity, .. data.AsSpan(i * size, size)]), node[58..]);
            }
        }
    }

    [Fact]
    public void Inner_ParityOnTheRight_KeepsTheGreatestOfTheLeft()
    {
        byte[] a = [.. new byte[28], 1, .. new byte[28], 7, .. new byte[32]], b = [.. new byte[28], 7, .. new byte[28], 9, .. new byte[32]];
        byte[] parity = [.. NamespacedHash.Parity, .. NamespacedHash.Parity, .. new byte[32]], node = new byte[NodeSize];
        NamespacedHash.Inner(a, b, node);
        Assert.Equal((1, 9), (node[28], node[57]));
        NamespacedHash.Inner(a, parity, node);
        Assert.Equal((1, 7), (node[28], node[57]));
        NamespacedHash.Inner(parity, parity, node);
        Assert.Equal(parity[..58], node[..58]);
        NamespacedHash.Empty(node);
        Assert.Equal([.. new byte[58], .. SHA256.HashData([])], node);
    }

    private static byte[] Sorted(int count)
    {
        byte[] data = TestSquares.Random(count, count * 64);
        for (int i = 0; i < count; i++)
        {
            data.AsSpan(i * 64, 29).Clear();
            data[i * 64 + 28] = (byte)(i / 3);
        }
        return data;
    }

    private static byte[] ByDefinition(ReadOnlySpan<byte> data)
    {
        int count = data.Length / 64;
        var node = new byte[NodeSize];
        if (count == 0) NamespacedHash.Empty(node);
        else if (count == 1) NamespacedHash.Leaf(data[..29], data, node);
        else
        {
            int split = 1;
            while (2 * split < count) split *= 2;
            byte[] left = ByDefinition(data[..(split * 64)]), right = ByDefinition(data[(split * 64)..]);
            left.AsSpan(0, 29).CopyTo(node);
            right.AsSpan(29, 29).CopyTo(node.AsSpan(29));
            SHA256.HashData([1, .. left, .. right], node.AsSpan(58));
        }
        return node;
    }
}
