using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// One commitment to many matrices of any heights, given by their columns: a Merkle tree over the rows of the tallest,
/// into whose levels the shorter ones' rows are hashed. Opens many rows at once, what they share only once.
/// </summary>
/// <remarks>
/// The tree: docs/formats/zk-merkle.md, as Plonky3 has it. Holds the columns by reference: they must not change while
/// rows are still to be opened. Binding for the shape of the statement; hiding only with salts, one for each row of each
/// matrix, of enough elements (four of 31 bits hide 124 bits) from a cryptographic source. Safe to open from many threads.
/// </remarks>
/// <typeparam name="TField">The field of the elements.</typeparam>
/// <typeparam name="THash">The hashes of rows and pairs.</typeparam>
public sealed class BatchCommitment<TField, THash>
    where TField : unmanaged, IField<TField>
    where THash : struct, IMatrixHash<TField>
{
    // A heap: the root at 1, the children of i at 2i and 2i + 1; nothing below the cap's nodes.
    private readonly Bytes32[] _nodes;
    private readonly IBatchRows<TField> _rows;

    private BatchCommitment(BatchShape shape, IBatchRows<TField> rows, Bytes32[] nodes) => (Shape, _rows, _nodes) = (shape, rows, nodes);

    /// <summary>Dimensions, cap and salts.</summary>
    public BatchShape Shape { get; }

    /// <summary>The commitment: <see cref="BatchShape.CapSize"/> bytes, a root each 32.</summary>
    public ReadOnlySpan<byte> Cap => MemoryMarshal.AsBytes(_nodes.AsSpan(1 << Shape.CapHeight, 1 << Shape.CapHeight));

    /// <summary>Commits without salts: binding, not hiding.</summary>
    /// <param name="matrices">The matrices, each by its columns: all of one length within a matrix, a power of two.</param>
    /// <param name="capHeight">Logarithm of the number of roots committed to.</param>
    /// <param name="threads">Threads to hash with; the commitment does not depend on it.</param>
    /// <param name="progress">Told the number of nodes made, now and then.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">The columns of a matrix differ in length, or a number is out of range.</exception>
    public static BatchCommitment<TField, THash> Commit(
        ReadOnlySpan<ReadOnlyMemory<TField>[]> matrices, int capHeight = 0, int threads = 1, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        var shape = new BatchShape(Dimensions(matrices), capHeight);
        return Commit(shape, new KeptRows<TField>(shape, [.. matrices]), new Bytes32[2 * shape.Height], threads, progress, cancellation);
    }

    /// <summary>Commits with salts: random elements appended to every row of every matrix, never used again.</summary>
    /// <param name="matrices">The matrices, each by its columns.</param>
    /// <param name="saltLength">Salt elements of a row, at least one.</param>
    /// <param name="salts">The source of the salts: cryptographic, and no copy of one already used.</param>
    /// <param name="capHeight">Logarithm of the number of roots committed to.</param>
    /// <param name="threads">Threads to hash with; the commitment does not depend on it.</param>
    /// <param name="progress">Told the number of nodes made, now and then.</param>
    /// <param name="cancellation">Checked now and then.</param>
    /// <exception cref="ArgumentException">The columns of a matrix differ in length, or a number is out of range.</exception>
    public static BatchCommitment<TField, THash> CommitSalted<TSource>(
        ReadOnlySpan<ReadOnlyMemory<TField>[]> matrices, int saltLength, ref TSource salts, int capHeight = 0, int threads = 1, IProgress<int>? progress = null, CancellationToken cancellation = default)
        where TSource : IUniformSource, allows ref struct
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(saltLength, 1);
        var shape = new BatchShape(Dimensions(matrices), capHeight, saltLength);
        var salted = new ReadOnlyMemory<TField>[matrices.Length][];
        for (int i = 0; i < matrices.Length; i++) salted[i] = [.. matrices[i], .. SaltColumns(shape.Matrices[i].Height, saltLength, ref salts, height => new TField[height])];
        return Commit(shape, new KeptRows<TField>(shape, salted), new Bytes32[2 * shape.Height], threads, progress, cancellation);
    }

    /// <summary>Opens the rows at leaves of the tallest matrix, and the rows of the others above them.</summary>
    /// <param name="indices">Below <see cref="BatchShape.Height"/>; in any order, repeats allowed.</param>
    /// <exception cref="ArgumentException">There is no index, or one is out of range.</exception>
    public BatchOpening<TField> Open(ReadOnlySpan<int> indices)
    {
        var opening = new BatchOpening<TField>(new OpeningPlan(Shape, indices));
        for (int matrix = 0; matrix < Shape.Matrices.Length; matrix++) _rows.Open(matrix, opening.Plan.Rows(matrix), opening);
        int next = 0;
        for (int height = Shape.Height, root = 1 << Shape.CapHeight; height > root; height /= 2)
            foreach (int sibling in opening.Plan.Siblings(height)) opening.Siblings[next++] = _nodes[height + sibling];
        return opening;
    }

    /// <summary>Commits to rows, wherever they are.</summary>
    /// <param name="shape">Their dimensions.</param>
    /// <param name="rows">The rows, with salts.</param>
    /// <param name="nodes">Two for each row of the tallest matrix; they stay the commitment's.</param>
    /// <param name="threads">Threads to hash with.</param>
    /// <param name="progress">As above.</param>
    /// <param name="cancellation">As above.</param>
    internal static BatchCommitment<TField, THash> Commit(
        BatchShape shape, IBatchRows<TField> rows, Bytes32[] nodes, int threads, IProgress<int>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        new BatchTreeBuilder<TField, THash>(shape, rows, nodes, threads, progress, cancellation).Run();
        return new BatchCommitment<TField, THash>(shape, rows, nodes);
    }

    /// <summary>The salts of a matrix: column by column, row by row.</summary>
    internal static ReadOnlyMemory<TField>[] SaltColumns<TSource>(int height, int count, ref TSource source, Func<int, TField[]> allocate)
        where TSource : IUniformSource, allows ref struct
    {
        var columns = new ReadOnlyMemory<TField>[count];
        foreach (ref ReadOnlyMemory<TField> column in columns.AsSpan())
        {
            TField[] salts = allocate(height);
            foreach (ref TField salt in salts.AsSpan()) salt = TField.Sample(ref source);
            column = salts;
        }
        return columns;
    }

    private static MatrixDimensions[] Dimensions(ReadOnlySpan<ReadOnlyMemory<TField>[]> matrices)
    {
        var dimensions = new MatrixDimensions[matrices.Length];
        for (int i = 0; i < matrices.Length; i++)
        {
            ReadOnlyMemory<TField>[] columns = matrices[i];
            ArgumentNullException.ThrowIfNull(columns, nameof(matrices));
            if (columns.Length == 0) throw new ArgumentException($"Expected at least one column in matrix {i}, got none.", nameof(matrices));
            foreach (ReadOnlyMemory<TField> column in columns)
                if (column.Length != columns[0].Length) throw new ArgumentException($"Expected {columns[0].Length} rows in every column of matrix {i}, got {column.Length}.", nameof(matrices));
            dimensions[i] = new MatrixDimensions(columns[0].Length, columns.Length);
        }
        return dimensions;
    }
}
