using System.Buffers;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// K data rows, extended to K + N, with the trees that commit to the rows and to their RLCs. Format: docs/formats/da-rows.md.
/// </summary>
public sealed class ExtendedRows
{
    private readonly ReadOnlyMemory<byte> _rows;
    private readonly Sha256Tree _rowTree, _rlcTree;

    internal ExtendedRows(RowParameters parameters, ReadOnlyMemory<byte> rows, Sha256Tree rowTree, byte[] values)
    {
        (_rows, _rowTree) = (rows, rowTree);
        Rlc = new RlcVector(rowTree.Root, values);
        _rlcTree = RlcVector.Tree(values);
        Commitment = new RowCommitment(parameters, RowCommitment.Commit(rowTree.Root, _rlcTree.Root).Span);
    }

    /// <summary>The shape.</summary>
    public RowParameters Parameters => Commitment.Parameters;

    /// <summary>What commits to all of it.</summary>
    public RowCommitment Commitment { get; }

    /// <summary>The RLCs of the data rows, for a <see cref="RowVerifier"/>.</summary>
    public RlcVector Rlc { get; }

    /// <summary>What a light client needs besides the digest; the row that shows the shape is the first.</summary>
    public RowHeader Header => field ??= new RowHeader(Parameters, Rlc, Prove(0));

    /// <summary>All K + N rows, one after the other.</summary>
    public ReadOnlyMemory<byte> Rows => _rows;

    /// <summary>The K data rows.</summary>
    public ReadOnlyMemory<byte> Data => _rows[..Parameters.DataSize];

    /// <summary>Extends and commits to data.</summary>
    /// <param name="data">At most K rows; what is short is zeros, and how long it was is for the caller to remember.</param>
    /// <param name="parameters">The shape.</param>
    /// <param name="maxDegreeOfParallelism">Threads: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="progress">Told the fraction done, 0 to 1, from any of the threads.</param>
    /// <param name="cancellationToken">Looked at some hundred times in all.</param>
    /// <exception cref="ArgumentException">The data does not fit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExtendedRows Encode(
        ReadOnlySpan<byte> data, RowParameters parameters, int maxDegreeOfParallelism = 1,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (data.Length > parameters.DataSize) throw new ArgumentException($"Expected at most {parameters.DataSize} bytes, got {data.Length}.", nameof(data));
        byte[] rows = GC.AllocateUninitializedArray<byte>(parameters.Rows * parameters.RowSize);
        data.CopyTo(rows);
        rows.AsSpan(data.Length, parameters.DataSize - data.Length).Clear();
        return Extend(rows, parameters, maxDegreeOfParallelism, progress, cancellationToken);
    }

    /// <summary>Extends and commits to data in the caller's memory, which the result keeps and which must not change any more.</summary>
    /// <param name="rows">K + N rows: the data, and after it room for the parity.</param>
    /// <inheritdoc cref="Encode" path="/param[@name='parameters']"/>
    /// <inheritdoc cref="Encode" path="/param[@name='maxDegreeOfParallelism']"/>
    /// <inheritdoc cref="Encode" path="/param[@name='progress']"/>
    /// <inheritdoc cref="Encode" path="/param[@name='cancellationToken']"/>
    /// <exception cref="ArgumentException"><paramref name="rows"/> has another length.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ExtendedRows Extend(
        Memory<byte> rows, RowParameters parameters, int maxDegreeOfParallelism = 1,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int expected = parameters.Rows * parameters.RowSize;
        if (rows.Length != expected) throw new ArgumentException($"Expected {expected} bytes, got {rows.Length}.", nameof(rows));
        if (maxDegreeOfParallelism is 0 or < -1)
            throw new ArgumentOutOfRangeException(nameof(maxDegreeOfParallelism), maxDegreeOfParallelism, "Expected -1 or at least 1.");
        var work = new RowWork(parameters, rows, maxDegreeOfParallelism, progress, cancellationToken);
        work.Encode();
        return work.Commit();
    }

    /// <summary>A row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlyMemory<byte> GetRow(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Parameters.Rows);
        return _rows.Slice(index * Parameters.RowSize, Parameters.RowSize);
    }

    /// <summary>Proves a row. No hashing.</summary>
    /// <param name="index">Which row.</param>
    /// <param name="standalone">With the path of its RLC, so that the commitment alone verifies it; data rows only.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or no such data row.</exception>
    public RowProof Prove(int index, bool standalone = false)
    {
        ReadOnlyMemory<byte> row = GetRow(index);
        if (standalone) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Parameters.DataRows);
        return new RowProof(index, row.ToArray(), _rowTree.Prove(index), standalone ? _rlcTree.Prove(index) : []);
    }

    /// <summary>Writes a row with its path, in the format of <see cref="RowProof"/>; without an allocation of its own.</summary>
    internal void WriteProof(int index, IBufferWriter<byte> output)
    {
        Span<byte> path = stackalloc byte[_rowTree.PathLength * Bytes32.Size];
        _rowTree.Prove(index, path);
        RowProof.Write(output, index, GetRow(index).Span, path, []);
    }
}
