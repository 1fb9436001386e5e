using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// All receipts of one block of one shard for one other shard. Bundles of a channel (source, destination) are numbered
/// from 1 without gaps, so that one number at the destination, the watermark, keeps each from being applied twice.
/// Immutable. Wire form: docs/formats/sharding-receipts.md.
/// </summary>
public sealed class ReceiptBundle
{
    private readonly Receipt[] _receipts;

    internal ReceiptBundle(ShardId source, ShardId destination, ulong sequence, ulong sourceHeight, Receipt[] receipts)
    {
        Source = source;
        Destination = destination;
        Sequence = sequence;
        SourceHeight = sourceHeight;
        _receipts = receipts;
        var output = new ArrayBufferWriter<byte>(EncodedLength);
        Write(output);
        Leaf = TreeHash.Leaf(output.WrittenSpan);
    }

    /// <summary>The shard that the value left.</summary>
    public ShardId Source { get; }

    /// <summary>The shard that the value goes to.</summary>
    public ShardId Destination { get; }

    /// <summary>Place in the channel: the one before, plus 1; the first is 1.</summary>
    public ulong Sequence { get; }

    /// <summary>Height of the source's block that sent it.</summary>
    public ulong SourceHeight { get; }

    /// <summary>The receipts, in order of execution; at least one.</summary>
    public IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>The bundle's leaf in its block's receipts tree and in the inbound tree of the block that applies it.</summary>
    internal Bytes32 Leaf { get; }

    internal int EncodedLength => 1 + 4 * sizeof(ulong) + WireWriter.VarintLength((ulong)_receipts.Length) + _receipts.Length * Receipt.Size;

    /// <summary>Sum of all amounts, in 128 bits, as a forged bundle may hold anything.</summary>
    public UInt128 TotalAmount()
    {
        UInt128 total = 0;
        foreach (Receipt receipt in _receipts) total += receipt.Amount;
        return total;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(Source.Value);
        writer.WriteUInt64(Destination.Value);
        writer.WriteUInt64(Sequence);
        writer.WriteUInt64(SourceHeight);
        writer.WriteVarint((ulong)_receipts.Length);
        Span<byte> recipient = stackalloc byte[Address.Size];
        foreach (Receipt receipt in _receipts)
        {
            writer.WriteSpan(receipt.TransferId.Span);
            receipt.Recipient.WriteTo(recipient);
            writer.WriteSpan(recipient);
            writer.WriteUInt64(receipt.Amount);
        }
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="bundle">The bundle, when the result is <see cref="ReadResult.Ok"/>; nothing proves yet that it was sent.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out ReceiptBundle bundle)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out bundle!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        bundle = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out ReceiptBundle bundle)
    {
        bundle = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadUInt64(out ulong from) && reader.TryReadUInt64(out ulong to) && reader.TryReadUInt64(out ulong sequence)
            && reader.TryReadUInt64(out ulong height) && reader.TryReadVarint(out ulong count))) return ReadResult.Truncated;
        if (from == 0 || to == 0 || from == to || sequence == 0 || height == 0 || count == 0) return ReadResult.NotCanonical;
        if (count > WireLimits.MaxTransfers) return ReadResult.TooLarge;
        if (count * Receipt.Size > (ulong)reader.Remaining) return ReadResult.Truncated;
        var receipts = new Receipt[count];
        for (int i = 0; i < receipts.Length; i++)
        {
            reader.TryReadBytes32(out Bytes32 id);
            ReadResult result = Address.Read(ref reader, out Address recipient);
            if (result != ReadResult.Ok) return result;
            reader.TryReadUInt64(out ulong amount);
            receipts[i] = new Receipt(new Digest(id), recipient, amount);
        }
        bundle = new ReceiptBundle(new ShardId(from), new ShardId(to), sequence, height, receipts);
        return ReadResult.Ok;
    }
}
