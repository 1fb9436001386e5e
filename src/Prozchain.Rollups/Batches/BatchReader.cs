using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>Reads the batch format from untrusted bytes. What it accepts, <see cref="BatchBuilder"/> would write byte for byte.</summary>
internal static class BatchReader
{
    private const int MinTransferSize = 3 + Batch.PackedSignatureSize, MinSenderSize = L2Transfer.PublicKeySize + 1;

    public static BatchReadResult TryRead(ReadOnlyMemory<byte> bytes, BatchLimits limits, out Batch? batch)
    {
        batch = null;
        if (bytes.Length > limits.MaxBytes) return BatchReadResult.LimitExceeded;
        var reader = new WireReader(bytes.Span);
        BatchReadResult result = ReadHeader(ref reader, limits, out BatchHeader header, out int senders, out int others);
        if (result != BatchReadResult.Ok) return result;
        int count = header.TransferCount, headerBytes = reader.Offset;
        long least = (long)count * MinTransferSize + (long)senders * MinSenderSize + (long)others * AccountAddress.Size;
        if (least > reader.Remaining) return BatchReadResult.LimitExceeded;

        ReadOnlyMemory<byte> keys = bytes.Slice(reader.Offset, senders * L2Transfer.PublicKeySize);
        var accounts = new AccountAddress[senders + others];
        result = ReadDictionary(ref reader, senders, accounts);
        if (result != BatchReadResult.Ok) return result;
        int dictionaryEnd = reader.Offset;

        int[] from = new int[count], to = new int[count];
        int next = 0;
        foreach (ref int index in from.AsSpan())
            if (!TryReadIndex(ref reader, senders, 0, ref next, out index, out result)) return result;
        if (next != senders) return BatchReadResult.NotCanonical;
        int senderEnd = reader.Offset;

        next = senders;
        foreach (ref int index in to.AsSpan())
            if (!TryReadIndex(ref reader, accounts.Length, senders, ref next, out index, out result)) return result;
        if (next != accounts.Length) return BatchReadResult.NotCanonical;
        int recipientEnd = reader.Offset;

        var amounts = new ulong[count];
        foreach (ref ulong amount in amounts.AsSpan())
            if (!reader.TryReadVarint(out amount)) return BatchReadResult.Malformed;
        int amountEnd = reader.Offset;

        var nonces = new ulong[count];
        if (!TryReadNonces(ref reader, senders, from, nonces)) return BatchReadResult.Malformed;
        int nonceEnd = reader.Offset;

        int signatureBytes = count * Batch.PackedSignatureSize;
        if (reader.Remaining != signatureBytes) return reader.Remaining < signatureBytes ? BatchReadResult.Malformed : BatchReadResult.TrailingBytes;

        var columns = new BatchColumns
        {
            Accounts = accounts, PublicKeys = keys, Senders = from, Recipients = to, Amounts = amounts, Nonces = nonces, Signatures = bytes[nonceEnd..],
        };
        batch = new Batch(header, columns, new BatchStatistics(
            count, headerBytes, dictionaryEnd - headerBytes, senderEnd - dictionaryEnd, recipientEnd - senderEnd, amountEnd - recipientEnd, nonceEnd - amountEnd, signatureBytes));
        return BatchReadResult.Ok;
    }

    private static BatchReadResult ReadHeader(ref WireReader reader, BatchLimits limits, out BatchHeader header, out int senders, out int others)
    {
        header = default;
        senders = others = 0;
        if (!reader.TryReadByte(out byte version)) return BatchReadResult.Malformed;
        if (version != Batch.Version) return BatchReadResult.UnknownVersion;
        if (!reader.TryReadVarint(out ulong chainId) || !reader.TryReadVarint(out ulong index) || !reader.TryReadBytes32(out Bytes32 previous)) return BatchReadResult.Malformed;
        if (!reader.TryReadVarint(out ulong time) || (index | time) > long.MaxValue) return BatchReadResult.Malformed;
        if (!reader.TryReadCount(Math.Min(limits.MaxTransfers, BatchLimits.Ceiling), out int count)) return BatchReadResult.LimitExceeded;
        if (!reader.TryReadCount(count, out senders) || !reader.TryReadCount(count, out others)) return BatchReadResult.LimitExceeded;
        header = new BatchHeader(chainId, (long)index, new Digest32(previous), (long)time, count);
        return BatchReadResult.Ok;
    }

    private static BatchReadResult ReadDictionary(ref WireReader reader, int senders, AccountAddress[] accounts)
    {
        var seen = new HashSet<AccountAddress>(accounts.Length);
        for (int i = 0; i < accounts.Length; i++)
        {
            if (!reader.TryReadSpan(i < senders ? L2Transfer.PublicKeySize : AccountAddress.Size, out ReadOnlySpan<byte> entry)) return BatchReadResult.Malformed;
            if (entry[0] != AccountAddress.P256Scheme) return BatchReadResult.UnknownScheme;
            if (i < senders) accounts[i] = AccountAddress.FromPublicKey(entry);
            else AccountAddress.TryRead(entry, out accounts[i]);
            if (!seen.Add(accounts[i])) return BatchReadResult.NotCanonical;
        }
        return BatchReadResult.Ok;
    }

    // New entries of the dictionary, those at and above first, appear in order.
    private static bool TryReadIndex(ref WireReader reader, int entries, int first, ref int next, out int index, out BatchReadResult result)
    {
        result = BatchReadResult.Malformed;
        if (!reader.TryReadCount(BatchLimits.Ceiling * 2, out index) || index >= entries) return false;
        result = BatchReadResult.NotCanonical;
        if (index >= first && index > next) return false;
        if (index == next) next++;
        return true;
    }

    // The first nonce of each sender is written, the others follow from the order.
    private static bool TryReadNonces(ref WireReader reader, int senders, int[] from, ulong[] nonces)
    {
        var next = new ulong[senders];
        foreach (ref ulong nonce in next.AsSpan())
            if (!reader.TryReadVarint(out nonce)) return false;
        for (int i = 0; i < nonces.Length; i++)
        {
            // The last nonce there is can never be used, so that no count wraps.
            if (next[from[i]] == ulong.MaxValue) return false;
            nonces[i] = next[from[i]]++;
        }
        return true;
    }
}
