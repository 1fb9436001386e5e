using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Collects transfers and writes them in the one encoding of docs/formats/rollups-batch.md. Used again after
/// <see cref="Clear"/>, it keeps its memory. Not thread-safe.
/// </summary>
public sealed class BatchBuilder
{
    // Two counts of at most 3 bytes, and the header: version, three varints, a digest, the count.
    private const int MaxHeaderSize = 1 + 3 * 10 + Bytes32.Size + 3 * 3;

    // An index of at most 2^17 takes 3 bytes.
    private const int MaxIndexSize = 3;

    private readonly List<L2Transfer> _transfers = [];
    private readonly Dictionary<AccountAddress, Sender> _senders = [];
    private readonly Dictionary<AccountAddress, int> _others = [];

    /// <summary>Number of transfers collected.</summary>
    public int Count => _transfers.Count;

    /// <summary>No encoding of the transfers collected is longer than this, in bytes.</summary>
    public int MaxEncodedLength { get; private set; } = MaxHeaderSize;

    /// <summary>Forgets all transfers.</summary>
    public void Clear()
    {
        _transfers.Clear();
        _senders.Clear();
        _others.Clear();
        MaxEncodedLength = MaxHeaderSize;
    }

    /// <summary>
    /// Adds a transfer. False, without effect, if the batch is full by the limits, or if the transfer's nonce does not
    /// follow the sender's last one here, which the format cannot say.
    /// </summary>
    public bool TryAdd(in L2Transfer transfer, BatchLimits limits)
    {
        bool known = _senders.TryGetValue(transfer.Sender, out Sender sender);
        if (transfer.Nonce == ulong.MaxValue || (known && transfer.Nonce != sender.NextNonce)) return false;
        int size = MaxIndexSize * 2 + WireWriter.VarintLength(transfer.Amount) + Batch.PackedSignatureSize;
        if (!known) size += L2Transfer.PublicKeySize + WireWriter.VarintLength(transfer.Nonce);
        // Counted for every transfer: whether the recipient is listed already may still change.
        bool listed = _others.ContainsKey(transfer.Recipient);
        if (!listed) size += AccountAddress.Size;
        if (Count >= Math.Min(limits.MaxTransfers, BatchLimits.Ceiling) || size > limits.MaxBytes - MaxEncodedLength) return false;

        if (!listed) _others.Add(transfer.Recipient, 0);
        _senders[transfer.Sender] = known ? sender with { NextNonce = transfer.Nonce + 1 } : new Sender(_senders.Count, transfer.Nonce, transfer.Nonce + 1);
        _transfers.Add(transfer);
        MaxEncodedLength += size;
        return true;
    }

    /// <summary>Writes the batch and says where its bytes went.</summary>
    /// <param name="output">Receives the encoding.</param>
    /// <param name="header">Its count is replaced by the number of transfers collected.</param>
    /// <exception cref="ArgumentException">The header's index or time is negative, or a transfer is of another chain.</exception>
    public BatchStatistics Write(IBufferWriter<byte> output, BatchHeader header)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(header.Index, nameof(header));
        ArgumentOutOfRangeException.ThrowIfNegative(header.TimeMs, nameof(header));
        foreach (ref readonly L2Transfer transfer in Transfers())
            if (transfer.ChainId != header.ChainId) throw new ArgumentException($"Expected chain {header.ChainId}, got a transfer of chain {transfer.ChainId}.", nameof(header));
        int others = NumberOthers();
        var writer = new WireWriter(output);
        writer.WriteByte(Batch.Version);
        writer.WriteVarint(header.ChainId);
        writer.WriteVarint((ulong)header.Index);
        writer.WriteBytes32(header.PreviousHash.Value);
        writer.WriteVarint((ulong)header.TimeMs);
        writer.WriteVarint((ulong)Count);
        writer.WriteVarint((ulong)_senders.Count);
        writer.WriteVarint((ulong)others);
        int headerBytes = 1 + WireWriter.VarintLength(header.ChainId) + WireWriter.VarintLength((ulong)header.Index) + Bytes32.Size + WireWriter.VarintLength((ulong)header.TimeMs)
            + WireWriter.VarintLength((ulong)Count) + WireWriter.VarintLength((ulong)_senders.Count) + WireWriter.VarintLength((ulong)others);
        WriteDictionary(writer);
        int senderBytes = 0, recipientBytes = 0, amountBytes = 0, nonceBytes = 0;
        foreach (ref readonly L2Transfer transfer in Transfers()) senderBytes += WriteNumber(writer, (ulong)_senders[transfer.Sender].Index);
        foreach (ref readonly L2Transfer transfer in Transfers()) recipientBytes += WriteNumber(writer, (ulong)RecipientIndex(transfer));
        foreach (ref readonly L2Transfer transfer in Transfers()) amountBytes += WriteNumber(writer, transfer.Amount);
        int next = 0;
        foreach (ref readonly L2Transfer transfer in Transfers())
        {
            Sender sender = _senders[transfer.Sender];
            if (sender.Index != next) continue;
            nonceBytes += WriteNumber(writer, sender.FirstNonce);
            next++;
        }
        foreach (ref readonly L2Transfer transfer in Transfers()) writer.WriteSpan(transfer.Signature[1..]);
        return new BatchStatistics(
            Count, headerBytes, _senders.Count * L2Transfer.PublicKeySize + others * AccountAddress.Size,
            senderBytes, recipientBytes, amountBytes, nonceBytes, Count * Batch.PackedSignatureSize);
    }

    private ReadOnlySpan<L2Transfer> Transfers() => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_transfers);

    private static int WriteNumber(WireWriter writer, ulong value)
    {
        writer.WriteVarint(value);
        return WireWriter.VarintLength(value);
    }

    // Accounts that only receive come after the senders, in order of first use.
    private int NumberOthers()
    {
        _others.Clear();
        foreach (ref readonly L2Transfer transfer in Transfers())
            if (!_senders.ContainsKey(transfer.Recipient)) _others.TryAdd(transfer.Recipient, _senders.Count + _others.Count);
        return _others.Count;
    }

    private int RecipientIndex(in L2Transfer transfer) =>
        _senders.TryGetValue(transfer.Recipient, out Sender sender) ? sender.Index : _others[transfer.Recipient];

    private void WriteDictionary(WireWriter writer)
    {
        int next = 0;
        foreach (ref readonly L2Transfer transfer in Transfers())
        {
            if (_senders[transfer.Sender].Index != next) continue;
            writer.WriteSpan(transfer.PublicKey);
            next++;
        }
        next = _senders.Count;
        Span<byte> address = stackalloc byte[AccountAddress.Size];
        foreach (ref readonly L2Transfer transfer in Transfers())
        {
            if (RecipientIndex(transfer) != next) continue;
            transfer.Recipient.CopyTo(address);
            writer.WriteSpan(address);
            next++;
        }
    }

    private readonly record struct Sender(int Index, ulong FirstNonce, ulong NextNonce);
}
