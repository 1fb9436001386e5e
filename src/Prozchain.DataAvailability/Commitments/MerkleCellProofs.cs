using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Ports;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// Cell proofs by hashes: the commitment is the root of a SHA-256 tree over the cells of an erasure-coded blob.
/// Immutable. Format: docs/formats/da-cell-merkle.md.
/// </summary>
/// <remarks>
/// Nothing to set up and any bytes are a blob, but a valid cell says only that it was committed to: that the cells are an
/// encoding shows when they are recovered, and then for everyone, because recovery ends in the same commitment or in
/// <see cref="CellStatus.BadEncoding"/>. Where that is too late, use row codes (<see cref="Rows.RowVerifier"/>) or KZG.
/// </remarks>
public sealed class MerkleCellProofs : ICellProofs
{
    /// <summary>Most cells of a blob.</summary>
    public const int MaxCells = 32768;

    private readonly IErasureCode _code;

    /// <summary>Cells of EIP-7594's sizes unless told otherwise.</summary>
    /// <param name="cellSize">Bytes of a cell: a multiple of 64.</param>
    /// <param name="dataCells">Cells of a blob before extension, at least 1.</param>
    /// <param name="cellCount">Cells after it: a power of two above <paramref name="dataCells"/>.</param>
    /// <param name="code">The code; <see cref="LeopardReedSolomon.Instance"/> if null. Another code gives other commitments.</param>
    /// <exception cref="ArgumentException">A number is not in its range, or the code does not exist for these counts.</exception>
    public MerkleCellProofs(int cellSize = 2048, int dataCells = 64, int cellCount = 128, IErasureCode? code = null)
    {
        _code = code ?? LeopardReedSolomon.Instance;
        if (!BitOperations.IsPow2(cellCount) || cellCount > MaxCells || dataCells < 1 || dataCells >= cellCount)
        {
            throw new ArgumentException(
                $"Expected a power of two of cells up to {MaxCells}, and fewer data cells, got {dataCells} of {cellCount}.", nameof(cellCount));
        }
        if (cellSize < 1 || cellSize % _code.ShardAlignment != 0 || (long)cellSize * cellCount > Array.MaxLength)
            throw new ArgumentException($"Expected a multiple of {_code.ShardAlignment}, and {cellCount} cells in one array, got {cellSize}.", nameof(cellSize));
        if (!_code.Supports(dataCells, cellCount - dataCells))
            throw new ArgumentException($"Expected a code for {dataCells} + {cellCount - dataCells} shards.", nameof(code));
        Shape = new CellShape(cellCount, dataCells, cellSize, Bytes32.Size, BitOperations.Log2((uint)cellCount) * Bytes32.Size);
    }

    /// <inheritdoc/>
    public CellShape Shape { get; }

    /// <inheritdoc/>
    public CellStatus Commit(ReadOnlySpan<byte> blob, Span<byte> commitment)
    {
        Check(blob.Length, Shape.BlobSize, nameof(blob));
        Check(commitment.Length, Shape.CommitmentSize, nameof(commitment));
        var cells = new byte[Shape.CellsSize];
        Tree(blob, cells).Root.Span.CopyTo(commitment);
        return CellStatus.Ok;
    }

    /// <inheritdoc/>
    public CellStatus ProveCells(ReadOnlySpan<byte> blob, Span<byte> cells, Span<byte> proofs)
    {
        Check(blob.Length, Shape.BlobSize, nameof(blob));
        Check(cells.Length, Shape.CellsSize, nameof(cells));
        Check(proofs.Length, Shape.ProofsSize, nameof(proofs));
        Prove(Tree(blob, cells), proofs);
        return CellStatus.Ok;
    }

    /// <inheritdoc/>
    public CellStatus Verify(ReadOnlySpan<byte> commitments, ReadOnlySpan<int> indices, ReadOnlySpan<byte> cells, ReadOnlySpan<byte> proofs)
    {
        Check(commitments.Length, (long)indices.Length * Shape.CommitmentSize, nameof(commitments));
        Check(cells.Length, (long)indices.Length * Shape.CellSize, nameof(cells));
        Check(proofs.Length, (long)indices.Length * Shape.ProofSize, nameof(proofs));
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)Shape.CellCount) return CellStatus.BadProof;
            Bytes32 leaf = Sha256MerkleHash.Leaf(cells.Slice(i * Shape.CellSize, Shape.CellSize));
            Bytes32 root = Sha256Tree.Climb(indices[i], leaf, proofs.Slice(i * Shape.ProofSize, Shape.ProofSize));
            if (!root.Span.SequenceEqual(commitments.Slice(i * Bytes32.Size, Bytes32.Size))) return CellStatus.BadProof;
        }
        return CellStatus.Ok;
    }

    /// <inheritdoc/>
    public CellStatus Recover(
        ReadOnlySpan<byte> commitment, ReadOnlySpan<int> indices, ReadOnlySpan<byte> cells, Span<byte> allCells, Span<byte> proofs)
    {
        Check(commitment.Length, Shape.CommitmentSize, nameof(commitment));
        Check(cells.Length, (long)indices.Length * Shape.CellSize, nameof(cells));
        Check(allCells.Length, Shape.CellsSize, nameof(allCells));
        if (!proofs.IsEmpty) Check(proofs.Length, Shape.ProofsSize, nameof(proofs));
        if (cells.Overlaps(allCells)) throw new ArgumentException("Expected memory of their own for all cells, got some that overlaps the cells at hand.", nameof(allCells));
        var present = new bool[Shape.CellCount];
        for (int i = 0, least = 0; i < indices.Length; least = indices[i++] + 1)
        {
            if (indices[i] < least || indices[i] >= Shape.CellCount) return CellStatus.BadIndices;
            present[indices[i]] = true;
        }
        if (indices.Length < Shape.DataCellCount) return CellStatus.NotEnough;

        for (int i = 0; i < indices.Length; i++)
            cells.Slice(i * Shape.CellSize, Shape.CellSize).CopyTo(allCells[(indices[i] * Shape.CellSize)..]);
        Shards data = Data(allCells), parity = Parity(allCells);
        if (_code.Reconstruct(data, parity, present) != DecodeResult.Restored) return CellStatus.NotEnough;
        Sha256Tree tree = Tree(allCells);
        if (!tree.Root.Span.SequenceEqual(commitment)) return CellStatus.BadEncoding;
        if (!proofs.IsEmpty) Prove(tree, proofs);
        return CellStatus.Ok;
    }

    private Sha256Tree Tree(ReadOnlySpan<byte> blob, Span<byte> cells)
    {
        blob.CopyTo(cells);
        _code.Encode(Data(cells), Parity(cells));
        return Tree(cells);
    }

    private Sha256Tree Tree(ReadOnlySpan<byte> cells)
    {
        var tree = new Sha256Tree(Shape.CellCount);
        tree.SetLeaves(0, cells, Shape.CellSize);
        tree.Complete();
        return tree;
    }

    private void Prove(Sha256Tree tree, Span<byte> proofs)
    {
        for (int i = 0; i < Shape.CellCount; i++) tree.Prove(i, proofs.Slice(i * Shape.ProofSize, Shape.ProofSize));
    }

    private Shards Data(Span<byte> cells) => new(cells, Shape.DataCellCount, Shape.CellSize);

    private Shards Parity(Span<byte> cells) => new(cells[Shape.BlobSize..], Shape.CellCount - Shape.DataCellCount, Shape.CellSize);

    private static void Check(int length, long expected, string name)
    {
        if (length != expected) throw new ArgumentException($"Expected {expected} bytes, got {length}.", name);
    }
}
