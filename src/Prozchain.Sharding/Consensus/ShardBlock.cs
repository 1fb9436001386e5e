using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>A transfer in a block, with what became of it.</summary>
/// <param name="Transfer">The transfer.</param>
/// <param name="Status">What became of it, as the block claims.</param>
public readonly record struct BlockTransfer(Transfer Transfer, TransferStatus Status);

/// <summary>
/// A header and all that is needed to recompute it from the state before: inbound bundles with their proofs, applied
/// first, then the transfers. Immutable. Wire form: docs/formats/sharding-block.md.
/// </summary>
public sealed class ShardBlock
{
    internal ShardBlock(ShardHeader header, ProvenBundle[] inbound, BlockTransfer[] transfers)
    {
        Header = header;
        Inbound = inbound;
        Transfers = transfers;
    }

    /// <summary>The header.</summary>
    public ShardHeader Header { get; }

    /// <summary>Bundles from other shards, in the order in which they are applied.</summary>
    public IReadOnlyList<ProvenBundle> Inbound { get; }

    /// <summary>The transfers, in the order in which they are executed.</summary>
    public IReadOnlyList<BlockTransfer> Transfers { get; }

    /// <summary>Length in bytes on the wire.</summary>
    public int EncodedLength
    {
        get
        {
            int length = 1 + ShardHeader.Size + Transfers.Count * (Transfer.Size + 1);
            foreach (ProvenBundle proven in Inbound) length += proven.Bundle.EncodedLength + proven.Proof.EncodedLength;
            return length;
        }
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        Header.Write(output);
        foreach (ProvenBundle proven in Inbound)
        {
            proven.Bundle.Write(output);
            proven.Proof.Write(output);
        }
        foreach (BlockTransfer entry in Transfers)
        {
            writer.WriteByte((byte)entry.Status);
            writer.WriteSpan(entry.Transfer.Encoded.Span);
        }
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="block">The block, when the result is <see cref="ReadResult.Ok"/>; nothing in it is checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out ShardBlock block)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out block!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        block = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out ShardBlock block)
    {
        block = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        ReadResult result = ShardHeader.Read(ref reader, out ShardHeader header);
        if (result != ReadResult.Ok) return result;
        long atLeast = (long)header.InboundBundles * (MinBundleSize + 3) + (long)header.Transfers * (Transfer.Size + 1);
        if (atLeast > reader.Remaining) return ReadResult.Truncated;

        var inbound = new ProvenBundle[header.InboundBundles];
        for (int i = 0; i < inbound.Length; i++)
        {
            result = ReceiptBundle.Read(ref reader, out ReceiptBundle bundle);
            if (result != ReadResult.Ok) return result;
            result = BundleProof.Read(ref reader, out BundleProof proof);
            if (result != ReadResult.Ok) return result;
            inbound[i] = new ProvenBundle(bundle, proof);
        }
        var transfers = new BlockTransfer[header.Transfers];
        for (int i = 0; i < transfers.Length; i++)
        {
            if (!reader.TryReadByte(out byte status)) return ReadResult.Truncated;
            if (status is < (byte)TransferStatus.Applied or > (byte)TransferStatus.RecipientOverflow) return ReadResult.NotCanonical;
            result = Transfer.Read(ref reader, out Transfer transfer);
            if (result != ReadResult.Ok) return result;
            transfers[i] = new BlockTransfer(transfer, (TransferStatus)status);
        }
        block = new ShardBlock(header, inbound, transfers);
        return ReadResult.Ok;
    }

    private const int MinBundleSize = 1 + 4 * sizeof(ulong) + 1 + Receipt.Size;
}
