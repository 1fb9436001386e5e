using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Ports;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Commitments;

public class MerkleCellProofsTests : CellProofsContract
{
    private static readonly MerkleCellProofs s_proofs = new();

    protected override ICellProofs Proofs => s_proofs;

    protected override byte[] Blob(int seed) => TestSquares.Random(seed, s_proofs.Shape.BlobSize);

    [Fact]
    public void Shape_ByDefault_IsThatOfEip7594() => Assert.Equal(new CellShape(128, 64, 2048, 32, 7 * 32), s_proofs.Shape);

    [Fact]
    public void Constructor_OutOfRange_Throws()
    {
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(63));
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(0));
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(64, 4, 6));
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(64, 4, 4));
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(64, 0, 4));
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(64, 4, 65536));
        Assert.ThrowsAny<ArgumentException>(() => new MerkleCellProofs(131072, 4, 32768));
    }

    /// <summary>Frozen: docs/formats/da-cell-merkle.md.</summary>
    [Fact]
    public void Commit_KnownBlob_IsFrozen()
    {
        var proofs = new MerkleCellProofs(64, 3, 8);
        byte[] blob = [.. Enumerable.Range(0, 192).Select(i => (byte)i)], commitment = new byte[32];
        proofs.Commit(blob, commitment);
        string got = Convert.ToHexStringLower(commitment);
        Assert.True(got == "f78c1f6a091956a65827dd5f2b2c08c3bbf70770d85f350b896037a96aeec608", $"Got {got}.");
    }

    [Fact]
    public void Verify_WarmedUp_AllocatesNothing()
    {
        CellShape shape = s_proofs.Shape;
        byte[] cells = new byte[shape.CellsSize], proofs = new byte[shape.ProofsSize], commitment = new byte[32];
        s_proofs.ProveCells(Blob(1), cells, proofs);
        s_proofs.Commit(Blob(1), commitment);
        AllocationAssert.None(() => Assert.True(CellStatus.Ok
            == s_proofs.Verify(commitment, [5], cells.AsSpan(5 * shape.CellSize, shape.CellSize), proofs.AsSpan(5 * shape.ProofSize, shape.ProofSize))));
    }
}
