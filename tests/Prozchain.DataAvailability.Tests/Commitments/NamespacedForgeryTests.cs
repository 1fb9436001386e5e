using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Tests.Commitments;

/// <summary>Proofs that somebody puts together from the nodes of the true tree: what passes is true.</summary>
public class NamespacedForgeryTests
{
    private const int Size = 64;

    [Theory]
    [InlineData(new byte[] { 2, 2, 6, 8 }, 0)]
    [InlineData(new byte[] { 2, 4, 4, 4 }, 3)]
    [InlineData(new byte[] { 3, 5 }, 0)]
    [InlineData(new byte[] { 3, 0xFF }, 1)]
    [InlineData(new byte[] { 4 }, 0)]
    public void Verify_NodesOfTheTreeInAnyPlace_ShowNothingFalse(byte[] names, int index)
    {
        int width = 2 * names.Length;
        var line = new AxisLine(Axis.Row, index, width);
        byte[] row = TestSquares.Random(names.Length, width * Size);
        for (int i = 0; i < names.Length; i++) Name(names[i]).CopyTo(row, i * Size);
        NamespacedLine tree = NamespacedAxisTree.Instance.Build(line, new ReadOnlyShards(row, width, Size));
        byte[] root = tree.Root.ToArray();
        byte[][] nodes = Nodes(line, row);
        (int Start, int End)[] ranges = [.. from start in Enumerable.Range(0, width) from end in Enumerable.Range(1, width) where start < end select (start, end)];
        byte[][] beside = [[], .. nodes, .. ranges.Select(range => tree.ProveRange(range.Start, range.End).Nodes.ToArray())];
        beside = [.. beside.DistinctBy(Convert.ToHexString)];

        int absences = 0, presences = 0;
        foreach ((int start, int end) in ranges)
            foreach (byte[] around in beside)
            {
                foreach ((int from, int to) in ranges)
                {
                    if (to - from != end - start) continue;
                    ReadOnlySpan<byte> cells = row.AsSpan(from * Size, (to - from) * Size);
                    var proof = new NamespacedProof(start, end, [], around);
                    if (proof.VerifyRange(line, root, cells, Size) == NamespacedCheck.Valid) Assert.Equal((start, end), (from, to));
                    for (byte name = 1; name < 10; name++)
                    {
                        if (proof.VerifyNamespace(line, root, Name(name), cells, Size) != NamespacedCheck.Valid) continue;
                        Assert.Equal((start, end), (from, to));
                        Assert.Equal(Places(names, name), Enumerable.Range(start, end - start));
                        presences++;
                    }
                }
                foreach (byte[] leaf in nodes)
                    for (byte name = 1; name < 10; name++)
                    {
                        if (new NamespacedProof(start, end, leaf, around).VerifyNamespace(line, root, Name(name), [], Size) != NamespacedCheck.Valid) continue;
                        Assert.Empty(Places(names, name));
                        absences++;
                    }
            }
        for (byte name = 1; name < 10; name++)
            if (NamespacedProof.Empty.VerifyNamespace(line, root, Name(name), [], Size) == NamespacedCheck.Valid) Assert.Empty(Places(names, name));
        Assert.Equal(names.Distinct().Count(name => name < 10), presences);
        Assert.True(absences > 0 || names.Length < 3);
    }

    /// <summary>There is no square of such a width, so that nothing stands in it, whatever the nodes.</summary>
    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(2048)]
    [InlineData(0)]
    [InlineData(-16)]
    public void Verify_LineOfNoSquare_IsRefused(int width)
    {
        var line = new AxisLine(Axis.Row, 0, width);
        byte[] root = [.. Name(1), .. Name(9), .. new byte[32]];
        Assert.Equal(NamespacedCheck.OutsideLine, new NamespacedProof(5, 6, [], root).VerifyRange(line, root, new byte[Size], Size));
        Assert.Equal(NamespacedCheck.OutsideLine, new NamespacedProof(5, 6, [], root).VerifyNamespace(line, root, Name(0), new byte[Size], Size));
        Assert.False(NamespacedAxisTree.Instance.Verify(line, root, 5, new byte[Size], root));
        Bytes32[] leaves = [.. Enumerable.Repeat(Sha256MerkleHash.Leaf(new byte[Size]), Math.Max(6, width))];
        byte[] path = [.. MerkleTree<Sha256MerkleHash>.Prove(leaves, 5).SelectMany(node => node.Span.ToArray())];
        Assert.False(PlainAxisTree.Instance.Verify(line, MerkleTree<Sha256MerkleHash>.Root(leaves).Span, 5, new byte[Size], path));
    }

    private static IEnumerable<int> Places(byte[] names, byte name) => Enumerable.Range(0, names.Length).Where(i => names[i] == name);

    // Every node of the tree, from the leaves up.
    private static byte[][] Nodes(AxisLine line, byte[] row)
    {
        var nodes = new List<byte[]>();
        for (int i = 0; i < line.Width; i++)
        {
            var node = new byte[90];
            ReadOnlySpan<byte> cell = row.AsSpan(i * Size, Size);
            NamespacedHash.Leaf(line.IsData(i) ? cell[..29] : NamespacedHash.Parity, cell, node);
            nodes.Add(node);
        }
        for (int first = 0; first + 1 < nodes.Count; first += 2)
        {
            var node = new byte[90];
            NamespacedHash.Inner(nodes[first], nodes[first + 1], node);
            nodes.Add(node);
        }
        return [.. nodes];
    }

    private static byte[] Name(byte last) => last == 0xFF ? NamespacedHash.Parity.ToArray() : [.. new byte[28], last];
}
