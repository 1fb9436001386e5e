using Prozchain.DataAvailability.Commitments;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Commitments;

public class NamespacedProofTests
{
    private const int K = 8, Width = 2 * K, Size = 64;

    /// <summary>Row 0 of a square: namespaces 2, 2, 4, 4, 4, 6, 8, 8, then parity.</summary>
    private static readonly byte[] s_row = Row(2, 2, 4, 4, 4, 6, 8, 8);
    private static readonly AxisLine s_line = new(Axis.Row, 0, Width);
    private static readonly NamespacedLine s_tree = NamespacedAxisTree.Instance.Build(s_line, s_line.Of(s_row, Size));

    [Fact]
    public void ProveRange_EveryRange_VerifiesOnlyThere()
    {
        for (int start = 0; start < Width; start++)
            for (int end = start + 1; end <= Width; end++)
            {
                NamespacedProof proof = s_tree.ProveRange(start, end);
                Assert.InRange(proof.Nodes.Length / 90, 0, NamespacedProof.MaxNodes);
                Assert.Equal(NamespacedCheck.Valid, proof.VerifyRange(s_line, s_tree.Root, Cells(start, end), Size));
                byte[] changed = Cells(start, end).ToArray();
                changed[^1] ^= 1;
                Assert.Equal(NamespacedCheck.WrongRoot, proof.VerifyRange(s_line, s_tree.Root, changed, Size));
                Assert.Equal(NamespacedCheck.WrongCells, proof.VerifyRange(s_line, s_tree.Root, changed.AsSpan(1), Size));
                Assert.Equal(NamespacedCheck.WrongRoot, proof.VerifyRange(s_line, s_tree.Root[1..], Cells(start, end), Size));
                if (start == 0 && end == Width) continue;
                Assert.NotEqual(NamespacedCheck.Valid, With(proof, nodes: proof.Nodes[90..]).VerifyRange(s_line, s_tree.Root, Cells(start, end), Size));
                byte[] more = [.. proof.Nodes.Span, .. s_tree.Root];
                Assert.Equal(NamespacedCheck.WrongNodes, With(proof, nodes: more).VerifyRange(s_line, s_tree.Root, Cells(start, end), Size));
            }
    }

    [Theory]
    [InlineData(2, 0, 2)]
    [InlineData(4, 2, 5)]
    [InlineData(6, 5, 6)]
    [InlineData(8, 6, 8)]
    public void ProveNamespace_Present_HoldsAllOfIt(byte name, int start, int end)
    {
        NamespacedProof proof = s_tree.ProveNamespace(Name(name));
        Assert.Equal((start, end, false), (proof.Start, proof.End, proof.IsAbsence));
        Assert.Equal(NamespacedCheck.Valid, Verify(proof, name, start, end));
        Assert.Equal(NamespacedCheck.WrongNamespace, Verify(proof, (byte)(name + 1), start, end));
        // A proof of some of the cells, of which each is right, leaves the others beside it.
        for (int from = start; from < end; from++)
            for (int to = from + 1; to <= end; to++)
                if (to - from < end - start) Assert.Equal(NamespacedCheck.Incomplete, Verify(s_tree.ProveRange(from, to), name, from, to));
        if (end < Width) Assert.Equal(NamespacedCheck.WrongNamespace, Verify(s_tree.ProveRange(start, end + 1), name, start, end + 1));
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(5, 5)]
    [InlineData(7, 6)]
    public void ProveNamespace_AbsentWithin_RestsOnTheNextGreater(byte name, int position)
    {
        NamespacedProof proof = s_tree.ProveNamespace(Name(name));
        Assert.Equal((position, position + 1, true, 90), (proof.Start, proof.End, proof.IsAbsence, proof.Leaf.Length));
        Assert.Equal(NamespacedCheck.Valid, proof.VerifyNamespace(s_line, s_tree.Root, Name(name), [], Size));
        Assert.Equal(NamespacedCheck.WrongCells, proof.VerifyNamespace(s_line, s_tree.Root, Name(name), Cells(0, 1), Size));
        Assert.Equal(NamespacedCheck.WrongCells, proof.VerifyRange(s_line, s_tree.Root, [], Size));
        Assert.Equal(NamespacedCheck.NotAbsent, NamespacedProof.Empty.VerifyNamespace(s_line, s_tree.Root, Name(name), [], Size));
        // The same cell says nothing of its own namespace, nor of one that lies left of its neighbour.
        Assert.Equal(NamespacedCheck.WrongNamespace, proof.VerifyNamespace(s_line, s_tree.Root, Name((byte)(name + 1)), [], Size));
        Assert.Equal(NamespacedCheck.Incomplete, proof.VerifyNamespace(s_line, s_tree.Root, Name((byte)(name - 1)), [], Size));
        byte[] leaf = [.. proof.Leaf.Span];
        leaf[89] ^= 1;
        Assert.Equal(NamespacedCheck.WrongRoot, With(proof, leaf: leaf).VerifyNamespace(s_line, s_tree.Root, Name(name), [], Size));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(255)]
    public void ProveNamespace_OutsideTheRoot_NeedsNothing(byte name)
    {
        NamespacedProof proof = s_tree.ProveNamespace(Name(name));
        Assert.Equal((0, 0, true), (proof.Start, proof.End, proof.IsAbsence));
        Assert.Equal(NamespacedCheck.Valid, proof.VerifyNamespace(s_line, s_tree.Root, Name(name), [], Size));
        Assert.Equal(NamespacedCheck.WrongCells, proof.VerifyNamespace(s_line, s_tree.Root, Name(name), Cells(0, 1), Size));
        Assert.Equal(NamespacedCheck.WrongRoot, proof.VerifyNamespace(s_line, s_tree.Root[1..], Name(name), [], Size));
    }

    [Fact]
    public void VerifyNamespace_TreeOutOfOrder_IsRefused()
    {
        // A tree whose two halves are swapped: roots bind it, but left ends after right begins.
        byte[] root = new byte[90];
        NamespacedLine low = Line(2, 2, 4, 4, 4, 6, 8, 8), high = Line(12, 12, 14, 14, 15, 16, 17, 18);
        NamespacedHash.Inner(high.Root, low.Root, root);
        byte[] nodes = [.. high.ProveRange(0, 2).Nodes.Span, .. low.Root];
        var line = new AxisLine(Axis.Row, 0, 2 * Width);
        var proof = new NamespacedProof(0, 2, [], nodes);
        Assert.Equal(NamespacedCheck.Disordered, proof.VerifyRange(line, root, Row(12, 12, 14, 14, 15, 16, 17, 18).AsSpan(0, 2 * Size), Size));
        // A node that claims less than nothing.
        byte[] inverted = [.. s_tree.ProveRange(0, 8).Nodes.Span];
        inverted[0] = 0xFF;
        inverted.AsSpan(29, 29).Clear();
        Assert.Equal(NamespacedCheck.Disordered, new NamespacedProof(0, 8, [], inverted).VerifyRange(s_line, s_tree.Root, Cells(0, 8), Size));
    }

    [Fact]
    public void Misuse_Throws()
    {
        Assert.Throws<ArgumentException>(() => s_tree.ProveNamespace(NamespacedHash.Parity));
        Assert.Throws<ArgumentException>(() => s_tree.ProveNamespace(new byte[28]));
        Assert.Throws<ArgumentException>(() => NamespacedProof.Empty.VerifyNamespace(s_line, s_tree.Root, new byte[30], [], Size));
        Assert.ThrowsAny<ArgumentException>(() => s_tree.ProveRange(3, 3));
        Assert.ThrowsAny<ArgumentException>(() => s_tree.ProveRange(-1, 3));
        Assert.ThrowsAny<ArgumentException>(() => s_tree.ProveRange(3, Width + 1));
        Assert.Equal(NamespacedCheck.OutsideLine, new NamespacedProof(15, 17, [], []).VerifyRange(s_line, s_tree.Root, new byte[2 * Size], Size));
    }

    [Fact]
    public void VerifyNamespace_HostileProofs_PassOnlyIfUntouched()
    {
        byte[] valid = TestSquares.Encoded(s_tree.ProveNamespace(Name(4)).WriteTo), absent = TestSquares.Encoded(s_tree.ProveNamespace(Name(5)).WriteTo);
        HostileBytes.Feed([valid, absent], bytes =>
        {
            if (NamespacedProof.TryRead(bytes, out NamespacedProof? proof) != ReadResult.Ok) return;
            if (proof!.VerifyNamespace(s_line, s_tree.Root, Name(4), Cells(2, 5), Size) == NamespacedCheck.Valid) Assert.Equal(valid, bytes);
            if (proof.VerifyNamespace(s_line, s_tree.Root, Name(5), [], Size) == NamespacedCheck.Valid) Assert.Equal(absent, bytes);
        }, 40_000);
    }

    private static NamespacedLine Line(params byte[] names) => NamespacedAxisTree.Instance.Build(s_line, s_line.Of(Row(names), Size));

    private static NamespacedCheck Verify(NamespacedProof proof, byte name, int start, int end) =>
        proof.VerifyNamespace(s_line, s_tree.Root, Name(name), Cells(start, end), Size);

    private static NamespacedProof With(NamespacedProof proof, ReadOnlyMemory<byte>? nodes = null, byte[]? leaf = null) =>
        new(proof.Start, proof.End, leaf ?? proof.Leaf.ToArray(), (nodes ?? proof.Nodes).ToArray());

    private static ReadOnlySpan<byte> Cells(int start, int end) => s_row.AsSpan(start * Size, (end - start) * Size);

    private static byte[] Name(byte last) => [.. new byte[28], last];

    private static byte[] Row(params byte[] names)
    {
        byte[] row = TestSquares.Random(7, Width * Size);
        for (int i = 0; i < names.Length; i++) Name(names[i]).CopyTo(row, i * Size);
        return row;
    }
}
