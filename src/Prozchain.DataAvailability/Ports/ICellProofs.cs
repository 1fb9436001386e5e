namespace Prozchain.DataAvailability.Ports;

/// <summary>
/// Commits to blobs by their cells and proves cells: PeerDAS's operations (EIP-7594), whatever the commitment is made of.
/// </summary>
/// <remarks>
/// A blob is extended to <see cref="CellShape.CellCount"/> cells, of which the first <see cref="CellShape.DataCellCount"/> are the
/// blob itself and any so many restore all. What an implementer owes:
/// <list type="bullet">
/// <item>a commitment binds every cell to its index; the same blob gives the same commitment, cells and proofs everywhere;</item>
/// <item>bytes of blobs, cells, commitments and proofs are untrusted: they lead to a status, never to an exception, and to work
/// bounded by their number; indices may be repeated or too large;</item>
/// <item>outputs hold nothing of use unless the status is <see cref="CellStatus.Ok"/>;</item>
/// <item>a span of a length that the shape and the other lengths do not ask for is misuse: <see cref="ArgumentException"/>, with
/// expected and got;</item>
/// <item>safe for concurrent use.</item>
/// </list>
/// Whether a verified cell is part of a well-encoded blob is the implementer's to say: with KZG it is, with hashes it shows when
/// cells are recovered.
/// </remarks>
public interface ICellProofs
{
    /// <summary>The sizes, which never change.</summary>
    CellShape Shape { get; }

    /// <summary>Commits to a blob.</summary>
    /// <param name="blob">One blob.</param>
    /// <param name="commitment">Receives the commitment.</param>
    /// <returns><see cref="CellStatus.Ok"/>, or <see cref="CellStatus.BadBlob"/>.</returns>
    CellStatus Commit(ReadOnlySpan<byte> blob, Span<byte> commitment);

    /// <summary>Extends a blob and proves each cell.</summary>
    /// <param name="blob">One blob.</param>
    /// <param name="cells">Receives all cells, one after the other.</param>
    /// <param name="proofs">Receives a proof for each, one after the other.</param>
    /// <returns><see cref="CellStatus.Ok"/>, or <see cref="CellStatus.BadBlob"/>.</returns>
    CellStatus ProveCells(ReadOnlySpan<byte> blob, Span<byte> cells, Span<byte> proofs);

    /// <summary>Checks that every cell is at its index in its blob.</summary>
    /// <param name="commitments">A commitment for each cell, one after the other; the same one again for cells of one blob.</param>
    /// <param name="indices">The index of each cell; says how many there are. No cells are valid.</param>
    /// <param name="cells">The cells.</param>
    /// <param name="proofs">A proof for each.</param>
    /// <returns><see cref="CellStatus.Ok"/>, or <see cref="CellStatus.BadProof"/> if any of them is wrong.</returns>
    CellStatus Verify(ReadOnlySpan<byte> commitments, ReadOnlySpan<int> indices, ReadOnlySpan<byte> cells, ReadOnlySpan<byte> proofs);

    /// <summary>Restores all cells and proofs of a blob from some of its cells.</summary>
    /// <param name="commitment">The blob's commitment.</param>
    /// <param name="indices">Indices of the cells at hand, strictly ascending.</param>
    /// <param name="cells">These cells. The caller has verified them.</param>
    /// <param name="allCells">Receives all cells.</param>
    /// <param name="proofs">Receives a proof for each; empty if none are wanted.</param>
    /// <returns>
    /// <see cref="CellStatus.Ok"/>, <see cref="CellStatus.NotEnough"/>, <see cref="CellStatus.BadIndices"/>, or
    /// <see cref="CellStatus.BadEncoding"/> if the cells restore to something else than what was committed to.
    /// </returns>
    CellStatus Recover(
        ReadOnlySpan<byte> commitment, ReadOnlySpan<int> indices, ReadOnlySpan<byte> cells, Span<byte> allCells, Span<byte> proofs);
}
