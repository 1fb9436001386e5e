using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The last anchored header of one shard, as a leaf under a beacon header's anchor root: with it a shard believes others
/// whose headers it does not follow. 132 bytes on the wire.
/// </summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">The header's epoch.</param>
/// <param name="Height">The header's height.</param>
/// <param name="HeaderHash">The header's hash.</param>
/// <param name="TimeMs">The header's time, Unix milliseconds.</param>
/// <param name="OutboundBundles">Number of leaves under <paramref name="ReceiptsRoot"/>.</param>
/// <param name="ReceiptsRoot">Root over the bundles that its block sent.</param>
/// <param name="StateRoot">Root of the shard's state.</param>
public readonly record struct AnchorEntry(ShardId Shard, ulong Epoch, ulong Height, Digest HeaderHash, long TimeMs, int OutboundBundles, Digest ReceiptsRoot, Digest StateRoot)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 4 * sizeof(ulong) + sizeof(uint) + 3 * Digest.Size;

    internal static AnchorEntry Of(ShardHeader header) =>
        new(header.Shard, header.Epoch, header.Height, header.Hash, header.TimeMs, header.OutboundBundles, header.ReceiptsRoot, header.StateRoot);

    internal Bytes32 Leaf() => TreeHash.Leaf(BeaconWire.Encode(Write));

    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(HeaderHash.Bytes);
        writer.WriteUInt64((ulong)TimeMs);
        writer.WriteUInt32((uint)OutboundBundles);
        writer.WriteBytes32(ReceiptsRoot.Bytes);
        writer.WriteBytes32(StateRoot.Bytes);
    }

    internal static ReadResult Read(ref WireReader reader, out AnchorEntry entry)
    {
        entry = default;
        if (!(reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong height) && reader.TryReadBytes32(out Bytes32 hash)
            && reader.TryReadUInt64(out ulong time) && reader.TryReadUInt32(out uint bundles) && reader.TryReadBytes32(out Bytes32 receipts) && reader.TryReadBytes32(out Bytes32 state))) return ReadResult.Truncated;
        if (shard == 0 || time > long.MaxValue) return ReadResult.NotCanonical;
        if (bundles > WireLimits.MaxBundles) return ReadResult.TooLarge;
        entry = new AnchorEntry(new ShardId(shard), epoch, height, new Digest(hash), (long)time, (int)bundles, new Digest(receipts), new Digest(state));
        return ReadResult.Ok;
    }
}
