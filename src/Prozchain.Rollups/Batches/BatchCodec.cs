using System.Buffers;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Batches of version 1 (docs/formats/rollups-batch-v1.md): a head, the columns of the transactions, a slot for an aggregate
/// signature; where transactions are bare, of version 2 (docs/formats/rollups-rows.md). Keeps its memory from batch to batch.
/// Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The transactions of the rollup.</typeparam>
/// <param name="transactions">Their columns.</param>
/// <param name="limits">Bounds on both sides.</param>
public sealed class BatchCodec<TTransaction>(ITransactionCodec<TTransaction> transactions, BatchLimits limits)
{
    /// <summary>An aggregate signature is no longer.</summary>
    public const int MaxAggregateSize = 256;

    private const byte Version = 1, BareVersion = 2;

    private readonly ColumnWriter _writer = new();
    private readonly ColumnReader _reader = new();
    private TTransaction[] _transactions = [];

    /// <summary>Where the bytes of the batch last written went.</summary>
    public ReadOnlySpan<ColumnSize> Sizes => _writer.Sizes;

    /// <summary>Writes a batch in its one encoding and returns its length.</summary>
    /// <param name="head">The head; its count is that of the transactions. Of version 2 root and count, and nothing else.</param>
    /// <param name="batch">The transactions, in order.</param>
    /// <param name="aggregateSignature">Not empty exactly in the aggregate mode.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentException">Something that a reader with the same limits would refuse.</exception>
    public int Write(in BatchHead head, ReadOnlySpan<TTransaction> batch, ReadOnlySpan<byte> aggregateSignature, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (head.Count != batch.Length) throw new ArgumentException($"Expected {head.Count} transactions, got {batch.Length}.", nameof(batch));
        if (batch.Length > limits.MaxTransfers) throw new ArgumentException($"Expected at most {limits.MaxTransfers} transactions, got {batch.Length}.", nameof(batch));
        ArgumentOutOfRangeException.ThrowIfNegative(head.ForcedItems, nameof(head));
        if (head.Signatures > SignatureMode.Aggregate) throw new ArgumentException($"Expected a signature mode, got {head.Signatures}.", nameof(head));
        if (head.Layout > ColumnLayout.Aligned) throw new ArgumentException($"Expected a layout, got {head.Layout}.", nameof(head));
        BatchHead known = transactions.IsBare ? BatchHead.Upon(head.Root, head.Count) : head with { Root = default };
        if (head != known) throw new ArgumentException($"Expected {known}, got {head}.", nameof(head));
        bool isAggregate = head.Signatures == SignatureMode.Aggregate;
        if (isAggregate == aggregateSignature.IsEmpty || aggregateSignature.Length > MaxAggregateSize)
            throw new ArgumentException($"Expected 1 to {MaxAggregateSize} bytes in the aggregate mode and none in others, got {aggregateSignature.Length} in {head.Signatures}.", nameof(aggregateSignature));

        _writer.Start(output, head.Layout);
        try
        {
            WriteHead(head);
            transactions.Write(batch, head.Signatures, _writer);
            if (isAggregate)
            {
                _writer.WriteNumber((ulong)aggregateSignature.Length);
                _writer.WriteBytes(aggregateSignature);
                _writer.EndColumn("aggregate signature");
            }
        }
        finally
        {
            _writer.Stop();
        }
        int length = _writer.Length;
        if (length > limits.MaxBytes) throw new ArgumentException($"Expected at most {limits.MaxBytes} bytes, got {length}.", nameof(batch));
        return length;
    }

    /// <summary>Reads the head alone, which needs no state: what is behind it may still be anything.</summary>
    public BatchFault TryReadHead(ReadOnlyMemory<byte> bytes, out BatchHead head)
    {
        _reader.Start(bytes);
        if (bytes.Length > limits.MaxBytes) _reader.Fail(BatchFault.LimitExceeded);
        if (!TryReadHead(out head)) head = default;
        return _reader.Fault;
    }

    /// <summary>Reads a batch from untrusted bytes, which must not change while the batch is in use.</summary>
    /// <param name="bytes">The whole encoding.</param>
    /// <param name="content">The batch; the default value unless nothing is wrong.</param>
    /// <returns>What is wrong.</returns>
    public BatchFault TryRead(ReadOnlyMemory<byte> bytes, out BatchContent<TTransaction> content)
    {
        content = default;
        if (TryReadHead(bytes, out BatchHead head) != BatchFault.None) return _reader.Fault;
        // A bare transaction has a byte at least, so that few bytes take little memory.
        if (transactions.IsBare && head.Count > _reader.Remaining) return BatchFault.Truncated;
        if (_transactions.Length < head.Count) _transactions = new TTransaction[Math.Min(limits.MaxTransfers, Math.Max(head.Count, _transactions.Length * 2))];
        Memory<TTransaction> batch = _transactions.AsMemory(0, head.Count);
        ReadOnlyMemory<byte> aggregate = default;
        if (!transactions.TryRead(_reader, head.Signatures, batch.Span)) return _reader.Fault;
        if (head.Signatures == SignatureMode.Aggregate)
        {
            if (!_reader.TryReadNumber(MaxAggregateSize, out ulong length) || !_reader.TryReadBytes((int)length, out aggregate)) return _reader.Fault;
            if (length == 0) return BatchFault.Malformed;
        }
        if (_reader.Remaining != 0) return BatchFault.TrailingBytes;
        content = new BatchContent<TTransaction>(head, batch, aggregate);
        return BatchFault.None;
    }

    private void WriteHead(in BatchHead head)
    {
        _writer.WriteBytes([transactions.IsBare ? BareVersion : Version, transactions.Version]);
        if (transactions.IsBare) _writer.WriteBytes(head.Root.Span);
        else
        {
            _writer.WriteBytes([(byte)head.Layout, (byte)head.Signatures]);
            _writer.WriteNumber(head.Number);
            _writer.WriteBytes(head.Parent.Span);
            _writer.WriteNumber(head.L1Origin);
            _writer.WriteNumber((ulong)head.ForcedItems);
        }
        _writer.WriteNumber((ulong)head.Count);
        _writer.EndColumn("head");
    }

    private bool TryReadHead(out BatchHead head)
    {
        head = default;
        if (!_reader.TryReadBytes(2, out ReadOnlyMemory<byte> versions)) return false;
        if (versions.Span[0] != (transactions.IsBare ? BareVersion : Version) || versions.Span[1] != transactions.Version) return _reader.Fail(BatchFault.UnknownVersion);
        if (transactions.IsBare)
        {
            if (!_reader.TryReadBytes(Digest32.Size, out ReadOnlyMemory<byte> root) || !_reader.TryReadNumber((ulong)limits.MaxTransfers, out ulong rows)) return false;
            head = BatchHead.Upon(new Digest32(root.Span), (int)rows);
            return true;
        }
        if (!_reader.TryReadLayout(out ColumnLayout layout) || !_reader.TryReadBytes(1, out ReadOnlyMemory<byte> mode)) return false;
        var signatures = (SignatureMode)mode.Span[0];
        if (signatures > SignatureMode.Aggregate) return _reader.Fail(BatchFault.UnknownSignatureMode);
        if (!_reader.TryReadNumber(ulong.MaxValue, out ulong number) || !_reader.TryReadBytes(BatchCheck.Size, out ReadOnlyMemory<byte> parent)
            || !_reader.TryReadNumber(ulong.MaxValue, out ulong origin)
            || !_reader.TryReadNumber(int.MaxValue, out ulong forced) || !_reader.TryReadNumber((ulong)limits.MaxTransfers, out ulong count))
            return false;
        head = new BatchHead(number, new BatchCheck(parent.Span), origin, (int)forced, layout, signatures, (int)count);
        return true;
    }
}
