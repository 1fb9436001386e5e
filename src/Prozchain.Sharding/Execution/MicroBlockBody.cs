using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// What a micro-block holds, as a view into its bytes: inbound bundles of receipts, certified records of atomic
/// commits, transactions. One object reads one body after the other and then allocates nothing. Wire form:
/// docs/formats/sharding-micro-block.md.
/// </summary>
public sealed class MicroBlockBody
{
    private ReadOnlyMemory<byte> _bytes;
    private Piece[] _bundles = [], _records = [], _transactions = [];

    /// <summary>The encoding that was read.</summary>
    public ReadOnlyMemory<byte> Encoded => _bytes;

    /// <summary>Number of inbound bundles.</summary>
    public int BundleCount { get; private set; }

    /// <summary>Number of records.</summary>
    public int RecordCount { get; private set; }

    /// <summary>Number of transactions.</summary>
    public int TransactionCount { get; private set; }

    /// <summary>What a header commits to: the hash of all bytes.</summary>
    public Digest Root => new(Domains.MicroBlockBody.Hash(_bytes.Span));

    /// <summary>What proves and places a bundle; its meaning is the channels'.</summary>
    /// <param name="index">0 to <see cref="BundleCount"/> - 1.</param>
    public ReadOnlySpan<byte> BundleHead(int index) => Slice(_bundles, BundleCount, index, head: true);

    /// <summary>The receipts of a bundle, as <see cref="ReceiptList"/> reads them; at least one.</summary>
    /// <param name="index">0 to <see cref="BundleCount"/> - 1.</param>
    public ReadOnlySpan<byte> BundleReceipts(int index) => Slice(_bundles, BundleCount, index);

    /// <summary>What sort of record it is; its meaning is the atomic commit's.</summary>
    /// <param name="index">0 to <see cref="RecordCount"/> - 1.</param>
    public byte RecordKind(int index) => Slice(_records, RecordCount, index, head: true)[0];

    /// <summary>The record's bytes.</summary>
    /// <param name="index">0 to <see cref="RecordCount"/> - 1.</param>
    public ReadOnlySpan<byte> Record(int index) => Slice(_records, RecordCount, index);

    /// <summary>The transaction's bytes, at least one.</summary>
    /// <param name="index">0 to <see cref="TransactionCount"/> - 1.</param>
    public ReadOnlySpan<byte> Transaction(int index) => Slice(_transactions, TransactionCount, index);

    /// <summary>Reads a body in place of the one before. Never throws. After any result but Ok the body is empty.</summary>
    /// <param name="encoded">The whole encoding; kept, and not to change while it is in use.</param>
    public ReadResult Read(ReadOnlyMemory<byte> encoded)
    {
        _bytes = encoded;
        BundleCount = RecordCount = TransactionCount = 0;
        ReadResult result = encoded.Length > MicroBlockLimits.MaxBytes ? ReadResult.TooLarge : ReadParts(encoded.Span);
        if (result == ReadResult.Ok) return result;
        _bytes = default;
        BundleCount = RecordCount = TransactionCount = 0;
        return result;
    }

    internal ReadOnlyMemory<byte> BundleMemory(int index) => _bytes.Slice(_bundles[index].At, _bundles[index].Length);

    internal ReadOnlyMemory<byte> RecordMemory(int index) => _bytes.Slice(_records[index].At, _records[index].Length);

    internal ReadOnlyMemory<byte> TransactionMemory(int index) => _bytes.Slice(_transactions[index].At, _transactions[index].Length);

    private ReadResult ReadParts(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;

        ReadResult result = ReadCount(ref reader, MicroBlockLimits.MaxBundles, ref _bundles, out int count);
        for (int i = 0; i < count && result == ReadResult.Ok; i++)
        {
            result = ReadPiece(ref reader, 0, MicroBlockLimits.MaxBundleHeadBytes, out Piece head);
            if (result == ReadResult.Ok) result = ReadPiece(ref reader, 1, MicroBlockLimits.MaxBytes, out _bundles[i]);
            (_bundles[i].HeadAt, _bundles[i].HeadLength) = (head.At, head.Length);
            if (result == ReadResult.Ok && !ReceiptList.TryCount(bytes.Slice(_bundles[i].At, _bundles[i].Length), out _)) result = ReadResult.NotCanonical;
        }
        if (result != ReadResult.Ok) return result;
        BundleCount = count;

        result = ReadCount(ref reader, MicroBlockLimits.MaxRecords, ref _records, out count);
        for (int i = 0; i < count && result == ReadResult.Ok; i++)
        {
            int kindAt = reader.Offset;
            result = !reader.TryReadByte(out _) ? ReadResult.Truncated : ReadPiece(ref reader, 0, MicroBlockLimits.MaxRecordBytes, out _records[i]);
            (_records[i].HeadAt, _records[i].HeadLength) = (kindAt, 1);
        }
        if (result != ReadResult.Ok) return result;
        RecordCount = count;

        result = ReadCount(ref reader, MicroBlockLimits.MaxTransactions, ref _transactions, out count);
        for (int i = 0; i < count && result == ReadResult.Ok; i++)
            result = ReadPiece(ref reader, 1, MicroBlockLimits.MaxTransactionBytes, out _transactions[i]);
        if (result != ReadResult.Ok) return result;
        TransactionCount = count;
        return reader.IsAtEnd ? ReadResult.Ok : ReadResult.TrailingBytes;
    }

    // Each item has a byte at least, so a count beyond what is left asks for memory in vain.
    private static ReadResult ReadCount(ref WireReader reader, int max, ref Piece[] pieces, out int count)
    {
        count = 0;
        ReadResult result = ReadVarint(ref reader, out ulong value);
        if (result != ReadResult.Ok) return result;
        if (value > (ulong)max) return ReadResult.TooLarge;
        if (value > (ulong)reader.Remaining) return ReadResult.Truncated;
        count = (int)value;
        if (pieces.Length < count) pieces = new Piece[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count)];
        return ReadResult.Ok;
    }

    private static ReadResult ReadPiece(ref WireReader reader, int min, int max, out Piece piece)
    {
        piece = default;
        ReadResult result = ReadVarint(ref reader, out ulong length);
        if (result != ReadResult.Ok) return result;
        if (length > (ulong)max) return ReadResult.TooLarge;
        if (length < (ulong)min) return ReadResult.NotCanonical;
        piece = new Piece { At = reader.Offset, Length = (int)length };
        return reader.TryReadSpan((int)length, out _) ? ReadResult.Ok : ReadResult.Truncated;
    }

    private static ReadResult ReadVarint(ref WireReader reader, out ulong value)
    {
        if (reader.TryReadVarint(out value)) return ReadResult.Ok;
        // Ten bytes are enough for any varint: with as many, it was the encoding that was wrong.
        return reader.Remaining < 10 ? ReadResult.Truncated : ReadResult.NotCanonical;
    }

    private ReadOnlySpan<byte> Slice(Piece[] pieces, int count, int index, bool head = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
        ref readonly Piece piece = ref pieces[index];
        return head ? _bytes.Span.Slice(piece.HeadAt, piece.HeadLength) : _bytes.Span.Slice(piece.At, piece.Length);
    }

    private struct Piece
    {
        public int At, Length, HeadAt, HeadLength;
    }
}
