using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// The payload of one log record: version, kind, then either the digest of the genesis (the first record) or a whole
/// round: the shards' blocks in the order of the layout, the host's mark, the beacon block. docs/formats/sharding-log.md.
/// </summary>
internal sealed class RoundRecord
{
    public const int MaxHostMark = 1 << 20;

    private const byte GenesisKind = 1, RoundKind = 2;

    public required IReadOnlyList<ShardBlock> Blocks { get; init; }

    public required ReadOnlyMemory<byte> HostMark { get; init; }

    public required BeaconBlock Beacon { get; init; }

    public static void WriteGenesis(IBufferWriter<byte> output, in Digest genesis)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte(GenesisKind);
        writer.WriteBytes32(genesis.Bytes);
    }

    public static ReadResult TryReadGenesis(ReadOnlySpan<byte> source, out Digest genesis)
    {
        genesis = default;
        var reader = new WireReader(source);
        ReadResult result = ReadFrame(ref reader, GenesisKind);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadBytes32(out Bytes32 bytes)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        genesis = new Digest(bytes);
        return ReadResult.Ok;
    }

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte(RoundKind);
        writer.WriteVarint((ulong)Blocks.Count);
        foreach (ShardBlock block in Blocks) block.Write(output);
        writer.WriteVarint((ulong)HostMark.Length);
        writer.WriteSpan(HostMark.Span);
        Beacon.Write(output);
    }

    public static ReadResult TryRead(ReadOnlySpan<byte> source, out RoundRecord? record)
    {
        record = null;
        var reader = new WireReader(source);
        ReadResult result = ReadFrame(ref reader, RoundKind);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadVarint(out ulong count)) return ReadResult.NotCanonical;
        if (count > Layout.ShardLayout.MaxShards) return ReadResult.TooLarge;
        if (count * ShardHeader.Size > (ulong)reader.Remaining) return ReadResult.Truncated;
        var blocks = new ShardBlock[count];
        for (int i = 0; i < blocks.Length; i++)
        {
            result = ShardBlock.Read(ref reader, out blocks[i]);
            if (result != ReadResult.Ok) return result;
        }
        if (!reader.TryReadVarint(out ulong length)) return ReadResult.NotCanonical;
        if (length > MaxHostMark) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> mark)) return ReadResult.Truncated;
        result = BeaconBlock.Read(ref reader, out BeaconBlock beacon);
        if (result != ReadResult.Ok) return result;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        record = new RoundRecord { Blocks = blocks, HostMark = mark.ToArray(), Beacon = beacon };
        return ReadResult.Ok;
    }

    private static ReadResult ReadFrame(ref WireReader reader, byte kind)
    {
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte found)) return ReadResult.Truncated;
        return found == kind ? ReadResult.Ok : ReadResult.NotCanonical;
    }
}
