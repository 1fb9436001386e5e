using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// A commitment to a matrix of field elements, given by its columns: a Merkle tree whose leaves are the rows, each the
/// encodings of its elements from the first column to the last.
/// </summary>
/// <remarks>
/// Holds the columns by reference: they must not change while rows are still to be opened (a changed row is refused).
/// Binding, not hiding: the digest of a row that can be guessed gives it away.
/// </remarks>
/// <typeparam name="TField">The field of the elements.</typeparam>
/// <typeparam name="THash">The hash function.</typeparam>
public sealed class MatrixCommitment<TField, THash>
    where TField : struct, IField<TField>
    where THash : struct, IBatchDigest<THash>
{
    private readonly ReadOnlyMemory<TField>[] _columns;
    private readonly MerkleTree<THash> _tree;

    private MatrixCommitment(ReadOnlyMemory<TField>[] columns, MerkleTree<THash> tree) => (_columns, _tree) = (columns, tree);

    /// <summary>Number of rows and bytes of each.</summary>
    public MerkleShape Shape => _tree.Shape;

    /// <summary>The 32-byte root.</summary>
    public ReadOnlySpan<byte> Root => _tree.Root;

    /// <summary>Commits to a matrix.</summary>
    /// <param name="columns">At least one column; all of one length, a power of two.</param>
    /// <param name="progress">Told the number of rows hashed, now and then.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">There is no column, or the lengths differ or are no power of two.</exception>
    public static MatrixCommitment<TField, THash> Commit(ReadOnlySpan<ReadOnlyMemory<TField>> columns, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        if (columns.IsEmpty) throw new ArgumentException("Expected at least one column, got none.", nameof(columns));
        foreach (ReadOnlyMemory<TField> column in columns)
            if (column.Length != columns[0].Length) throw new ArgumentException($"Expected {columns[0].Length} rows in every column, got {column.Length}.", nameof(columns));
        MerkleShape shape = MerkleShape.OfMatrix<TField>(columns[0].Length, columns.Length);
        ReadOnlyMemory<TField>[] kept = columns.ToArray();
        return new MatrixCommitment<TField, THash>(kept, MerkleTree<THash>.Commit(new ColumnRows(kept), shape, progress, cancellation));
    }

    /// <summary>Opens one row.</summary>
    /// <exception cref="ArgumentException">The index is out of range, or a column was changed after the commitment.</exception>
    public MerkleOpening Open(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Shape.LeafCount);
        var leaf = new byte[Shape.LeafSize];
        new ColumnRows(_columns).CopyRow(row, leaf);
        return _tree.Open(row, leaf);
    }

    private readonly struct ColumnRows(ReadOnlyMemory<TField>[] columns) : IRowSource
    {
        public void CopyRow(int index, Span<byte> destination)
        {
            for (int i = 0; i < columns.Length; i++) columns[i].Span[index].Write(destination[(i * TField.EncodedSize)..]);
        }
    }
}
