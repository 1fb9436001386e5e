using System.Buffers;
using System.Collections.Concurrent;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Rows;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// Serves headers and shares of squares and row codes at hand. Shares of a square are proved by row, each row hashed once;
/// rows are proved without hashing. Safe for concurrent use.
/// </summary>
public sealed class LocalShareSource : IShareSource, IHeaderSource
{
    private readonly ConcurrentDictionary<Bytes32, ILocalData> _data = [];

    /// <summary>Holds the squares that it serves.</summary>
    /// <param name="squares">In any order; one given twice is one.</param>
    public LocalShareSource(params ReadOnlySpan<ExtendedSquare> squares)
    {
        foreach (ExtendedSquare square in squares) Add(square);
    }

    /// <summary>Holds the row code that it serves.</summary>
    /// <param name="rows">Served under the digest of its commitment.</param>
    public LocalShareSource(ExtendedRows rows) => Add(rows);

    /// <summary>Serves a square from now on.</summary>
    public void Add(ExtendedSquare square)
    {
        ArgumentNullException.ThrowIfNull(square);
        _data[new Bytes32(square.DataRoot)] = new LocalSquare(new SquareProver(square));
    }

    /// <summary>Serves a row code from now on.</summary>
    public void Add(ExtendedRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _data[new Bytes32(rows.Commitment.Digest)] = new LocalRows(rows);
    }

    /// <summary>Serves the data of a root no more; false if it did not.</summary>
    /// <param name="dataRoot">32 bytes.</param>
    public bool Remove(ReadOnlySpan<byte> dataRoot) => dataRoot.Length == Bytes32.Size && _data.TryRemove(new Bytes32(dataRoot), out _);

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchAsync(ShareRequest request, IBufferWriter<byte> share, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        bool isServed = TryFind(request.DataRoot, out ILocalData? data) && data!.TryWrite(request.Row, request.Column, share);
        return ValueTask.FromResult(isServed ? ShareStatus.Served : ShareStatus.Missing);
    }

    /// <inheritdoc/>
    public ValueTask<ShareStatus> FetchHeaderAsync(ReadOnlyMemory<byte> dataRoot, IBufferWriter<byte> header, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryFind(dataRoot, out ILocalData? data)) return ValueTask.FromResult(ShareStatus.Missing);
        data!.WriteHeader(header);
        return ValueTask.FromResult(ShareStatus.Served);
    }

    private bool TryFind(ReadOnlyMemory<byte> dataRoot, out ILocalData? data)
    {
        data = null;
        return dataRoot.Length == Bytes32.Size && _data.TryGetValue(new Bytes32(dataRoot.Span), out data);
    }

    private interface ILocalData
    {
        /// <summary>Writes a sample; false if there is none at that place.</summary>
        bool TryWrite(int row, int column, IBufferWriter<byte> output);

        void WriteHeader(IBufferWriter<byte> output);
    }

    private sealed class LocalSquare(SquareProver prover) : ILocalData
    {
        public bool TryWrite(int row, int column, IBufferWriter<byte> output)
        {
            int width = prover.Square.Parameters.Width;
            if ((uint)row >= (uint)width || (uint)column >= (uint)width) return false;
            prover.GetShare(row, column).WriteTo(output);
            return true;
        }

        public void WriteHeader(IBufferWriter<byte> output) => prover.Square.Header.WriteTo(output);
    }

    private sealed class LocalRows(ExtendedRows rows) : ILocalData
    {
        public bool TryWrite(int row, int column, IBufferWriter<byte> output)
        {
            if ((uint)row >= (uint)rows.Parameters.Rows || column != 0) return false;
            rows.WriteProof(row, output);
            return true;
        }

        public void WriteHeader(IBufferWriter<byte> output) => rows.Header.WriteTo(output);
    }
}
