using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Commits to batches of matrices: extends every column to the evaluation domain and hashes the rows into one tree. Keeps the
/// factors of the transforms between calls. For one caller at a time.
/// </summary>
/// <param name="logBlowup">log2 of the evaluation domain over the degree bound.</param>
internal sealed class BatchCommitter<TField, TTree>(int logBlowup)
    where TField : unmanaged, ITwoAdicField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private readonly MatrixExtender<TField> _extender = new(logBlowup);

    /// <summary>The shape of a commitment to matrices of these dimensions, as a verifier computes it.</summary>
    /// <param name="matrices">log2 of the degree bound and base columns, for each matrix.</param>
    /// <param name="saltLength">Salt elements of each row, 0 for none.</param>
    public BatchShape Shape(IReadOnlyList<(int LogRows, int Width)> matrices, int saltLength = 0) =>
        new([.. matrices.Select(matrix => new MatrixDimensions(1 << (matrix.LogRows + logBlowup), matrix.Width))], 0, saltLength);

    /// <summary>Commits without salts: binding, not hiding.</summary>
    public CommittedBatch<TField, TTree> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int threads = 1, CancellationToken cancellation = default)
    {
        ExtendedMatrix<TField>[] extended = Extend(matrices, threads, cancellation);
        return new(extended, BatchCommitment<TField, TTree>.Commit(Columns(extended), 0, threads, null, cancellation));
    }

    /// <summary>Commits with salts.</summary>
    public CommittedBatch<TField, TTree> CommitSalted<TSource>(
        IReadOnlyList<ColumnSet<TField>> matrices, int saltLength, ref TSource salts, int threads = 1, CancellationToken cancellation = default)
        where TSource : IUniformSource, allows ref struct
    {
        ExtendedMatrix<TField>[] extended = Extend(matrices, threads, cancellation);
        return new(extended, BatchCommitment<TField, TTree>.CommitSalted(Columns(extended), saltLength, ref salts, 0, threads, null, cancellation));
    }

    private ExtendedMatrix<TField>[] Extend(IReadOnlyList<ColumnSet<TField>> matrices, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return [.. matrices.Select(matrix => _extender.Extend(matrix, threads, cancellation))];
    }

    private static ReadOnlyMemory<TField>[][] Columns(ExtendedMatrix<TField>[] matrices) =>
        [.. matrices.Select(matrix => Enumerable.Range(0, matrix.Width).Select(matrix.Column).ToArray())];
}
