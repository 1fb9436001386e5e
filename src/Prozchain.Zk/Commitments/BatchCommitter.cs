using Prozchain.Shared;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>
/// Commits to batches of matrices: extends every column to the evaluation domain and hashes the rows into one tree. For one caller at
/// a time.
/// </summary>
/// <param name="settings">Blowup, and where all that a commitment holds is rented; threads are told at each call.</param>
internal sealed class BatchCommitter<TField, TTree>(BackendSettings settings)
    where TField : unmanaged, ITwoAdicField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private readonly MatrixExtender<TField> _extender = new(settings.LogBlowup, settings.Memory);

    public BatchCommitter(int logBlowup) : this(new BackendSettings(logBlowup)) { }

    /// <summary>The shape of a commitment to matrices of these dimensions, as a verifier computes it.</summary>
    /// <param name="matrices">log2 of the degree bound and base columns, for each matrix.</param>
    /// <param name="saltLength">Salt elements of each row, 0 for none.</param>
    public BatchShape Shape(IReadOnlyList<(int LogRows, int Width)> matrices, int saltLength = 0) =>
        new([.. matrices.Select(matrix => new MatrixDimensions(1 << (matrix.LogRows + settings.LogBlowup), matrix.Width))], 0, saltLength);

    /// <summary>Commits without salts: binding, not hiding.</summary>
    public CommittedBatch<TField, TTree> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int threads = 1, CancellationToken cancellation = default)
    {
        ExtendedMatrix<TField>[] extended = Extend(matrices, threads, cancellation);
        return Commit(extended, new ReadOnlyMemory<TField>[extended.Length][], 0, threads, cancellation);
    }

    /// <summary>Commits with salts.</summary>
    public CommittedBatch<TField, TTree> CommitSalted<TSource>(
        IReadOnlyList<ColumnSet<TField>> matrices, int saltLength, ref TSource salts, int threads = 1, CancellationToken cancellation = default)
        where TSource : IUniformSource, allows ref struct
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(saltLength, 1);
        ExtendedMatrix<TField>[] extended = Extend(matrices, threads, cancellation);
        var salted = new ReadOnlyMemory<TField>[extended.Length][];
        for (int i = 0; i < salted.Length; i++)
            salted[i] = BatchCommitment<TField, TTree>.SaltColumns(1 << extended[i].LogSize, saltLength, ref salts, height => settings.Memory.Rent<TField>(height));
        return Commit(extended, salted, saltLength, threads, cancellation);
    }

    private CommittedBatch<TField, TTree> Commit(
        ExtendedMatrix<TField>[] extended, ReadOnlyMemory<TField>[]?[] salts, int saltLength, int threads, CancellationToken cancellation)
    {
        BatchShape shape = new([.. extended.Select(matrix => new MatrixDimensions(1 << matrix.LogSize, matrix.Width))], 0, saltLength);
        WindowedRows<TField>? windows = extended.All(matrix => matrix.IsKept) ? null : new(extended, salts, settings);
        IBatchRows<TField> rows = windows ?? (IBatchRows<TField>)new KeptRows<TField>(
            shape, [.. extended.Select((matrix, i) => (ReadOnlyMemory<TField>[])[.. Enumerable.Range(0, matrix.Width).Select(matrix.Column), .. salts[i] ?? []])]);
        var tree = BatchCommitment<TField, TTree>.Commit(shape, rows, settings.Memory.Rent<Bytes32>(2 * shape.Height), threads, null, cancellation);
        windows?.Release();
        return new(extended, tree);
    }

    private ExtendedMatrix<TField>[] Extend(IReadOnlyList<ColumnSet<TField>> matrices, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return [.. matrices.Select(matrix => _extender.Extend(matrix, threads, cancellation))];
    }
}
