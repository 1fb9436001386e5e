using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Tests.Commitments;

/// <summary>What every <see cref="ICellProofs"/> owes. Blobs are made by the implementation's own tests.</summary>
public abstract class CellProofsContract
{
    protected abstract ICellProofs Proofs { get; }

    protected abstract byte[] Blob(int seed);

    private CellShape Shape => Proofs.Shape;

    [Fact]
    public void ProveCells_AnyBlob_StartsWithTheBlobAndVerifiesInOneBatch()
    {
        (byte[] blob, byte[] commitment, byte[] cells, byte[] proofs) = Make(1);
        (_, byte[] other, byte[] otherCells, byte[] otherProofs) = Make(2);
        Assert.Equal(blob, cells[..Shape.BlobSize]);
        int[] indices = [.. Enumerable.Range(0, Shape.CellCount)];
        Assert.Equal(CellStatus.Ok, Proofs.Verify(Repeat(commitment, Shape.CellCount), indices, cells, proofs));
        Assert.Equal(CellStatus.Ok, Proofs.Verify([], [], [], []));
        byte[] both = [.. Repeat(commitment, Shape.CellCount), .. Repeat(other, Shape.CellCount)];
        Assert.Equal(CellStatus.Ok, Proofs.Verify(both, [.. indices, .. indices], [.. cells, .. otherCells], [.. proofs, .. otherProofs]));
        Assert.Equal(CellStatus.Ok, Proofs.Verify([.. commitment, .. commitment], [1, 1], Twice(Cell(cells, 1)), Twice(Proof(proofs, 1))));
        Assert.Equal(CellStatus.BadProof, Proofs.Verify([.. other, .. commitment], [1, 1], Twice(Cell(cells, 1)), Twice(Proof(proofs, 1))));
    }

    [Fact]
    public void Verify_OneWrongThing_IsBadProof()
    {
        (_, byte[] commitment, byte[] cells, byte[] proofs) = Make(3);
        for (int i = 0; i < Shape.CellCount; i++)
        {
            Assert.Equal(CellStatus.Ok, Proofs.Verify(commitment, [i], Cell(cells, i), Proof(proofs, i)));
            Assert.Equal(CellStatus.BadProof, Proofs.Verify(commitment, [i ^ 1], Cell(cells, i), Proof(proofs, i)));
            Assert.Equal(CellStatus.BadProof, Proofs.Verify(commitment, [i], Changed(Cell(cells, i), i), Proof(proofs, i)));
            Assert.Equal(CellStatus.BadProof, Proofs.Verify(commitment, [i], Cell(cells, i), Changed(Proof(proofs, i), i)));
            Assert.Equal(CellStatus.BadProof, Proofs.Verify(Changed(commitment, i), [i], Cell(cells, i), Proof(proofs, i)));
        }
        foreach (int index in (int[])[-1, Shape.CellCount, int.MaxValue, int.MinValue])
            Assert.Equal(CellStatus.BadProof, Proofs.Verify(commitment, [index], Cell(cells, 0), Proof(proofs, 0)));
    }

    [Fact]
    public void Recover_AnyEnoughCells_RestoresCellsAndProofs()
    {
        (_, byte[] commitment, byte[] cells, byte[] proofs) = Make(4);
        for (int seed = 0; seed < 6; seed++)
        {
            int[] order = [.. Enumerable.Range(0, Shape.CellCount)];
            new Random(seed).Shuffle(order);
            int[] some = [.. order[..(Shape.DataCellCount + seed)].Order()];
            byte[] all = new byte[Shape.CellsSize], again = new byte[Shape.ProofsSize];
            Assert.Equal(CellStatus.Ok, Proofs.Recover(commitment, some, Cells(cells, some), all, again));
            Assert.Equal(cells, all);
            Assert.Equal(proofs, again);
            Assert.Equal(CellStatus.Ok, Proofs.Recover(commitment, some, Cells(cells, some), all, []));
            int[] less = some[..(Shape.DataCellCount - 1)];
            Assert.Equal(CellStatus.NotEnough, Proofs.Recover(commitment, less, Cells(cells, less), all, again));
        }
    }

    [Fact]
    public void Recover_WrongCellsOrIndices_AreNamed()
    {
        (_, byte[] commitment, byte[] cells, byte[] proofs) = Make(5);
        byte[] all = new byte[Shape.CellsSize];
        int[] some = [.. Enumerable.Range(Shape.CellCount - Shape.DataCellCount, Shape.DataCellCount)];
        Assert.Equal(CellStatus.BadEncoding, Proofs.Recover(commitment, some, Changed(Cells(cells, some), 5), all, proofs));
        Assert.Equal(CellStatus.BadEncoding, Proofs.Recover(Changed(commitment, 3), some, Cells(cells, some), all, []));
        foreach (int[] bad in (int[][])[[0, 0], [1, 0], [-1, 0], [0, Shape.CellCount]])
            Assert.Equal(CellStatus.BadIndices, Proofs.Recover(commitment, bad, new byte[2 * Shape.CellSize], all, []));
    }

    [Fact]
    public void EveryMember_WrongLengths_Throw()
    {
        (byte[] blob, byte[] commitment, byte[] cells, byte[] proofs) = Make(6);
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Commit(blob.AsSpan(1), commitment));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Commit(blob, commitment.AsSpan(1)));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.ProveCells(blob, cells.AsSpan(1), proofs));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.ProveCells(blob, cells, proofs.AsSpan(1)));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Verify(commitment, [0, 1], Cell(cells, 0), Proof(proofs, 0)));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Verify(commitment, [0], Cell(cells, 0), []));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Recover(commitment, [0], [], cells, proofs));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Recover(commitment, [], [], cells.AsSpan(1), proofs));
        Assert.ThrowsAny<ArgumentException>(() => Proofs.Recover(commitment, [], [], cells, proofs.AsSpan(1)));
    }

    private (byte[] Blob, byte[] Commitment, byte[] Cells, byte[] Proofs) Make(int seed)
    {
        byte[] blob = Blob(seed), commitment = new byte[Shape.CommitmentSize], cells = new byte[Shape.CellsSize], proofs = new byte[Shape.ProofsSize];
        Assert.Equal(CellStatus.Ok, Proofs.Commit(blob, commitment));
        Assert.Equal(CellStatus.Ok, Proofs.ProveCells(blob, cells, proofs));
        return (blob, commitment, cells, proofs);
    }

    private byte[] Cell(byte[] cells, int index) => cells.AsSpan(index * Shape.CellSize, Shape.CellSize).ToArray();

    private byte[] Proof(byte[] proofs, int index) => proofs.AsSpan(index * Shape.ProofSize, Shape.ProofSize).ToArray();

    private byte[] Cells(byte[] cells, int[] indices) => [.. indices.SelectMany(index => Cell(cells, index))];

    private static byte[] Repeat(byte[] bytes, int count) => [.. Enumerable.Repeat(bytes, count).SelectMany(copy => copy)];

    private static byte[] Twice(byte[] bytes) => [.. bytes, .. bytes];

    private static byte[] Changed(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at * 31 % bytes.Length] ^= 0x10;
        return changed;
    }
}
