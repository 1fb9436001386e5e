using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The last anchored header of one shard, as a leaf under a beacon header's anchor root: with it a shard believes others
/// whose headers it does not follow. 136 bytes on the wire.
/// </summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">The header's epoch.</param>
/// <param name="Height">The header's height.</param>
/// <param name="HeaderHash">The header's hash.</param>
/// <param name="TimeMs">The header's time, Unix milliseconds.</param>
/// <param name="ReceiptsRoot">Root over the receipts of the block below, as the header states it.</param>
/// <param name="StateHeight">Height of the last sealing header that an anchor showed, at most <paramref name="Height"/>.</param>
/// <param name="StateRoot">Root of the shard's state after the block below that one (<see cref="Replication.MachineState"/>); zero before the first.</param>
public readonly record struct AnchorEntry(ShardId Shard, ulong Epoch, ulong Height, Digest HeaderHash, long TimeMs, Digest ReceiptsRoot, ulong StateHeight, Digest StateRoot)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 5 * sizeof(ulong) + 3 * Digest.Size;

    /// <summary>What a shard begins with, in epoch 0.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="start">What its first run starts from.</param>
    /// <param name="stateRoot">Root of its state at the start.</param>
    public static AnchorEntry Genesis(ShardId shard, in OrderingAnchor start, in Digest stateRoot) =>
        new(shard, 0, start.Height, start.Hash, start.TimeMs, default, start.Height, stateRoot);

    internal OrderingAnchor Tip => new(HeaderHash, Height, TimeMs);

    /// <summary>Root over the entries of all shards that have one, by shard.</summary>
    internal static Digest RootOf(AnchorEntry[] entries) => new(MerkleTree<TreeHash>.Root([.. entries.Select(entry => entry.Leaf())]));

    internal Bytes32 Leaf() => TreeHash.Leaf(BeaconWire.Encode(Write));

    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(HeaderHash.Bytes);
        writer.WriteUInt64((ulong)TimeMs);
        writer.WriteBytes32(ReceiptsRoot.Bytes);
        writer.WriteUInt64(StateHeight);
        writer.WriteBytes32(StateRoot.Bytes);
    }

    internal static ReadResult Read(ref WireReader reader, out AnchorEntry entry)
    {
        entry = default;
        if (!(reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong height) && reader.TryReadBytes32(out Bytes32 hash)
            && reader.TryReadUInt64(out ulong time) && reader.TryReadBytes32(out Bytes32 receipts) && reader.TryReadUInt64(out ulong sealing) && reader.TryReadBytes32(out Bytes32 state))) return ReadResult.Truncated;
        if (shard == 0 || time > long.MaxValue || sealing > height) return ReadResult.NotCanonical;
        entry = new AnchorEntry(new ShardId(shard), epoch, height, new Digest(hash), (long)time, new Digest(receipts), sealing, new Digest(state));
        return ReadResult.Ok;
    }
}
