using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// What a shard's committee certifies: the place of a block in its chain and the roots of all that it did. Covers no
/// signature. Immutable. Wire form, 245 bytes: docs/formats/sharding-header.md.
/// </summary>
public sealed class ShardHeader
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 1 + 3 * sizeof(ulong) + Digest.Size + 2 * sizeof(ulong) + 5 * Digest.Size + 3 * sizeof(uint);

    // A reference, so that a reader on another thread sees all of it or nothing.
    private object? _hash;

    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The shard.</summary>
    public required ShardId Shard { get; init; }

    /// <summary>Place in the shard's chain; the genesis header has 0.</summary>
    public required ulong Height { get; init; }

    /// <summary>Hash of the header before; zero at genesis.</summary>
    public required Digest Parent { get; init; }

    /// <summary>When the block was proposed, Unix milliseconds; never before its parent.</summary>
    public required long TimeMs { get; init; }

    /// <summary>The beacon's epoch, whose committee certifies the header.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Root over the transfers' ids and statuses.</summary>
    public required Digest TransfersRoot { get; init; }

    /// <summary>Root over the inbound bundles that the block applied, before its transfers.</summary>
    public required Digest InboundRoot { get; init; }

    /// <summary>Root over the outbound bundles that the block sends, by destination.</summary>
    public required Digest ReceiptsRoot { get; init; }

    /// <summary>Root of the shard's accounts after the block: the subtree under the shard's prefix.</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>Root of the shard's channel numbers (sent, received) after the block.</summary>
    public required Digest ChannelsRoot { get; init; }

    /// <summary>Number of transfers.</summary>
    public required int Transfers { get; init; }

    /// <summary>Number of inbound bundles.</summary>
    public required int InboundBundles { get; init; }

    /// <summary>Number of outbound bundles: the leaf count of <see cref="ReceiptsRoot"/>'s tree.</summary>
    public required int OutboundBundles { get; init; }

    /// <summary>Names the header: BLAKE3, derive-key, of its wire form.</summary>
    public Digest Hash
    {
        get
        {
            if (_hash is Digest known) return known;
            var output = new ArrayBufferWriter<byte>(Size);
            Write(output);
            var hash = new Digest(Domains.Header.Hash(output.WrittenSpan));
            _hash = hash;
            return hash;
        }
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 245 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(ChainId);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(Parent.Bytes);
        writer.WriteUInt64((ulong)TimeMs);
        writer.WriteUInt64(Epoch);
        writer.WriteBytes32(TransfersRoot.Bytes);
        writer.WriteBytes32(InboundRoot.Bytes);
        writer.WriteBytes32(ReceiptsRoot.Bytes);
        writer.WriteBytes32(StateRoot.Bytes);
        writer.WriteBytes32(ChannelsRoot.Bytes);
        writer.WriteUInt32((uint)Transfers);
        writer.WriteUInt32((uint)InboundBundles);
        writer.WriteUInt32((uint)OutboundBundles);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="header">The header, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out ShardHeader header)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out header!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        header = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out ShardHeader header)
    {
        header = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (reader.Remaining < Size - 1) return ReadResult.Truncated;
        reader.TryReadUInt64(out ulong chainId);
        reader.TryReadUInt64(out ulong shard);
        reader.TryReadUInt64(out ulong height);
        reader.TryReadBytes32(out Bytes32 parent);
        reader.TryReadUInt64(out ulong time);
        reader.TryReadUInt64(out ulong epoch);
        reader.TryReadBytes32(out Bytes32 transfersRoot);
        reader.TryReadBytes32(out Bytes32 inboundRoot);
        reader.TryReadBytes32(out Bytes32 receiptsRoot);
        reader.TryReadBytes32(out Bytes32 stateRoot);
        reader.TryReadBytes32(out Bytes32 channelsRoot);
        reader.TryReadUInt32(out uint transfers);
        reader.TryReadUInt32(out uint inbound);
        reader.TryReadUInt32(out uint outbound);
        if (shard == 0 || time > long.MaxValue) return ReadResult.NotCanonical;
        if (transfers > WireLimits.MaxTransfers || inbound > WireLimits.MaxBundles || outbound > WireLimits.MaxBundles) return ReadResult.TooLarge;
        header = new ShardHeader
        {
            ChainId = chainId,
            Shard = new ShardId(shard),
            Height = height,
            Parent = new Digest(parent),
            TimeMs = (long)time,
            Epoch = epoch,
            TransfersRoot = new Digest(transfersRoot),
            InboundRoot = new Digest(inboundRoot),
            ReceiptsRoot = new Digest(receiptsRoot),
            StateRoot = new Digest(stateRoot),
            ChannelsRoot = new Digest(channelsRoot),
            Transfers = (int)transfers,
            InboundBundles = (int)inbound,
            OutboundBundles = (int)outbound,
        };
        return ReadResult.Ok;
    }
}
