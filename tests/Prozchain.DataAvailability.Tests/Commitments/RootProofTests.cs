using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Tests.Commitments;

public class RootProofTests
{
    private static readonly ExtendedSquare s_plain = TestSquares.Full(4);

    private static ExtendedSquare Named(int k)
    {
        byte[] all = SquareTreesTests.Cells(k, 64), data = new byte[k * k * 64];
        for (int row = 0; row < k; row++) all.AsSpan(row * 2 * k * 64, k * 64).CopyTo(data.AsSpan(row * k * 64));
        return ExtendedSquare.Extend(data, new SquareParameters(k, 64, null, NamespacedAxisTree.Instance));
    }

    [Fact]
    public void ProveRoot_EveryLine_LeadsToTheDataRoot()
    {
        foreach (ExtendedSquare square in (ExtendedSquare[])[s_plain, Named(4), Named(1)])
            foreach (Axis axis in (Axis[])[Axis.Row, Axis.Column])
                for (int index = 0; index < square.Parameters.Width; index++)
                {
                    RootProof proof = square.Header.ProveRoot(axis, index);
                    Assert.Equal(square.Header.Root(axis, index), proof.Root.Span);
                    Assert.True(proof.Verify(square.DataRoot));
                    Assert.False(proof.Verify(square.DataRoot[1..]));
                    Assert.False(proof.Verify(TestSquares.Seed(1)));
                }
        Assert.ThrowsAny<ArgumentException>(() => s_plain.Header.ProveRoot(Axis.Row, 8));
    }

    [Fact]
    public void VerifyShare_ByTheDataRootAlone_PassesOnlyForItsLine()
    {
        foreach (ExtendedSquare square in (ExtendedSquare[])[s_plain, Named(4)])
        {
            var prover = new SquareProver(square);
            IAxisTree tree = square.Parameters.Tree;
            for (int row = 0; row < 8; row++)
                for (int column = 0; column < 8; column++)
                    foreach (Axis axis in (Axis[])[Axis.Row, Axis.Column])
                    {
                        Share share = prover.GetShare(row, column, axis);
                        Assert.Equal(CellCheck.Valid, share.TryCheck(square.Header, out _));
                        int index = axis == Axis.Row ? row : column;
                        Assert.Equal(CellCheck.Valid, square.Header.ProveRoot(axis, index).VerifyShare(square.DataRoot, tree, share));
                        Assert.Equal(CellCheck.BadProof, square.Header.ProveRoot(axis, index ^ 1).VerifyShare(square.DataRoot, tree, share));
                        Assert.Equal(CellCheck.BadProof, square.Header.ProveRoot(1 - axis, index).VerifyShare(square.DataRoot, tree, share));
                        Assert.Equal(CellCheck.BadProof, square.Header.ProveRoot(axis, index).VerifyShare(TestSquares.Seed(2), tree, share));
                        byte[] changed = share.Cell.ToArray();
                        changed[40] ^= 1;
                        Assert.Equal(CellCheck.BadProof, square.Header.ProveRoot(axis, index).VerifyShare(square.DataRoot, tree, new Share(share.Proof, changed)));
                    }
        }
        RootProof other = s_plain.Header.ProveRoot(Axis.Row, 0);
        Assert.Equal(CellCheck.OutsideSquare, other.VerifyShare(s_plain.DataRoot, PlainAxisTree.Instance, TestSquares.Full(8).GetShare(0, 9)));
        Assert.Equal(CellCheck.BadProof, other.VerifyShare(s_plain.DataRoot, NamespacedAxisTree.Instance, s_plain.GetShare(0, 1)));
    }

    [Fact]
    public void SquareProver_EveryCell_ProvesWhatTheSquareProves()
    {
        var prover = new SquareProver(s_plain);
        Assert.Same(prover.Line(Axis.Row, 3), prover.Line(Axis.Row, 3));
        for (int i = 0; i < 64; i++)
            foreach (Axis axis in (Axis[])[Axis.Row, Axis.Column])
                Assert.Equal(TestSquares.Encoded(s_plain.ProveCell(i / 8, i % 8, axis).WriteTo), TestSquares.Encoded(prover.ProveCell(i / 8, i % 8, axis).WriteTo));
        Assert.ThrowsAny<ArgumentException>(() => prover.ProveCell(8, 0));
        Assert.ThrowsAny<ArgumentException>(() => prover.Line(Axis.Column, -1));
    }

    [Fact]
    public void NamespacedSquares_MixedWithPayloads_AreRefused()
    {
        IAxisTree tree = NamespacedAxisTree.Instance;
        Assert.Throws<ArgumentException>(() => SquareParameters.ForPayload(100, 64, null, tree));
        Assert.Throws<ArgumentException>(() => ExtendedSquare.Encode([1], new SquareParameters(2, 64, null, tree)));
        byte[] cells = new byte[4 * 64];
        cells[0] = 1;
        Assert.Contains("ascending order", Assert.Throws<ArgumentException>(() => ExtendedSquare.Extend(cells, new SquareParameters(2, 64, null, tree))).Message, StringComparison.Ordinal);
        byte[] wire = TestSquares.Encoded(Named(2).Header.WriteTo);
        Assert.Equal(4 + 8 * 90, wire.Length);
        Assert.Equal(ReadResult.UnknownTree, SquareHeader.TryRead(wire, out _));
    }
}
