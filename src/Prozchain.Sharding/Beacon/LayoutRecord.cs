using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The beacon's word that another layout holds from the next epoch on: shards were split or merged, a class began, or past
/// shards are forgotten. With it a client that knows headers alone can tell a layout that anybody hands it. Proven by a
/// <see cref="BeaconOutputProof"/> under the header of the block that ends the epoch.
/// </summary>
/// <param name="Epoch">The first epoch of the layout.</param>
/// <param name="Version"><see cref="ShardLayout.Version"/>.</param>
/// <param name="Layout"><see cref="ShardLayout.Hash"/>.</param>
public readonly record struct LayoutRecord(ulong Epoch, ulong Version, Digest Layout)
{
    internal const byte Kind = 4;

    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 2 + 2 * sizeof(ulong) + Digest.Size;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 50 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteByte(Kind);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64(Version);
        writer.WriteBytes32(Layout.Bytes);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="record">The record, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out LayoutRecord record)
    {
        record = default;
        var reader = new WireReader(source);
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadByte(out byte kind)) return ReadResult.Truncated;
        if (kind != Kind) return ReadResult.NotCanonical;
        if (!(reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong version) && reader.TryReadBytes32(out Bytes32 layout))) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        record = new LayoutRecord(epoch, version, new Digest(layout));
        return ReadResult.Ok;
    }
}
