using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The beacon's word that a shard stalled: from here on its old committees say nothing that another shard may believe.
/// What they certified up to <see cref="Height"/> stays final; nothing after it ever had authority across shards. A
/// two-phase commit whose decision shard halted is resolved by it. Proven by a <see cref="BeaconOutputProof"/>.
/// </summary>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">The last epoch whose committee had authority; committees drawn after it start anew.</param>
/// <param name="Height">Height of the last header that the beacon took in; 0 at genesis.</param>
/// <param name="HeaderHash">Its hash.</param>
/// <param name="BeaconHeight">The beacon block that froze the shard.</param>
public readonly record struct FreezeRecord(ShardId Shard, ulong Epoch, ulong Height, Digest HeaderHash, ulong BeaconHeight)
{
    internal const byte Kind = 2;

    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 2 + 4 * sizeof(ulong) + Digest.Size;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 66 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteByte(Kind);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(HeaderHash.Bytes);
        writer.WriteUInt64(BeaconHeight);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="record">The record, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out FreezeRecord record)
    {
        record = default;
        var reader = new WireReader(source);
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadByte(out byte kind)) return ReadResult.Truncated;
        if (kind != Kind) return ReadResult.NotCanonical;
        if (!(reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong height)
            && reader.TryReadBytes32(out Bytes32 hash) && reader.TryReadUInt64(out ulong beaconHeight))) return ReadResult.Truncated;
        if (shard == 0) return ReadResult.NotCanonical;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        record = new FreezeRecord(new ShardId(shard), epoch, height, new Digest(hash), beaconHeight);
        return ReadResult.Ok;
    }
}
