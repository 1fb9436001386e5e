using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>Puts the body of a micro-block together. One object builds one body after the other.</summary>
public sealed class MicroBlockBuilder
{
    private readonly ArrayBufferWriter<byte> _bundles = new(), _records = new(), _transactions = new();
    private int _bundleCount, _recordCount, _transactionCount;

    /// <summary>Number of transactions so far.</summary>
    public int TransactionCount => _transactionCount;

    /// <summary>Length in bytes of what <see cref="Write"/> would write now.</summary>
    public int EncodedLength => 1 + Length(_bundleCount, _bundles) + Length(_recordCount, _records) + Length(_transactionCount, _transactions);

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _bundles.ResetWrittenCount();
        _records.ResetWrittenCount();
        _transactions.ResetWrittenCount();
        _bundleCount = _recordCount = _transactionCount = 0;
    }

    /// <summary>Adds an inbound bundle after those before.</summary>
    /// <param name="head">What proves and places it.</param>
    /// <param name="receipts">Its receipts, as <see cref="ReceiptList"/> reads them.</param>
    /// <exception cref="ArgumentException">Too long, or no receipts.</exception>
    public void AddBundle(ReadOnlySpan<byte> head, ReadOnlySpan<byte> receipts)
    {
        Check(head.Length, 0, MicroBlockLimits.MaxBundleHeadBytes, nameof(head));
        Check(receipts.Length, 1, MicroBlockLimits.MaxBytes, nameof(receipts));
        if (!ReceiptList.TryCount(receipts, out _)) throw new ArgumentException("Expected a whole number of receipts.", nameof(receipts));
        Count(ref _bundleCount, MicroBlockLimits.MaxBundles);
        Append(_bundles, head);
        Append(_bundles, receipts);
    }

    /// <summary>Adds a record after those before.</summary>
    /// <param name="kind">What sort of record it is.</param>
    /// <param name="record">Its bytes.</param>
    /// <exception cref="ArgumentException">Too long.</exception>
    public void AddRecord(byte kind, ReadOnlySpan<byte> record)
    {
        Check(record.Length, 0, MicroBlockLimits.MaxRecordBytes, nameof(record));
        Count(ref _recordCount, MicroBlockLimits.MaxRecords);
        new WireWriter(_records).WriteByte(kind);
        Append(_records, record);
    }

    /// <summary>Adds a transaction after those before.</summary>
    /// <param name="transaction">Its bytes.</param>
    /// <exception cref="ArgumentException">Empty or too long.</exception>
    public void AddTransaction(ReadOnlySpan<byte> transaction)
    {
        Check(transaction.Length, 1, MicroBlockLimits.MaxTransactionBytes, nameof(transaction));
        Count(ref _transactionCount, MicroBlockLimits.MaxTransactions);
        Append(_transactions, transaction);
    }

    /// <summary>Writes the body.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteVarint((ulong)_bundleCount);
        writer.WriteSpan(_bundles.WrittenSpan);
        writer.WriteVarint((ulong)_recordCount);
        writer.WriteSpan(_records.WrittenSpan);
        writer.WriteVarint((ulong)_transactionCount);
        writer.WriteSpan(_transactions.WrittenSpan);
    }

    private static int Length(int count, ArrayBufferWriter<byte> part) => WireWriter.VarintLength((ulong)count) + part.WrittenCount;

    private static void Append(ArrayBufferWriter<byte> part, ReadOnlySpan<byte> bytes)
    {
        var writer = new WireWriter(part);
        writer.WriteVarint((ulong)bytes.Length);
        writer.WriteSpan(bytes);
    }

    private static void Check(int length, int min, int max, string parameter)
    {
        if (length < min || length > max) throw new ArgumentException($"Expected {min} to {max} bytes, got {length}.", parameter);
    }

    private static void Count(ref int count, int max)
    {
        if (count == max) throw new InvalidOperationException($"Expected at most {max} of these in a body, got one more.");
        count++;
    }
}
