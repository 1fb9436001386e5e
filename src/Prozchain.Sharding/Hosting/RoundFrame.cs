using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>
/// One record of the engine's log: its genesis, or a round as its time, the bodies of all micro-blocks, the host's mark,
/// a digest of the sealing headers, and the beacon block if there is a beacon. docs/formats/sharding-engine.md.
/// </summary>
internal sealed class RoundFrame
{
    public const int MaxHostMark = 1 << 20;

    public const byte GenesisKind = 1, RoundKind = 2;

    public required long TimeMs { get; init; }

    /// <summary>By shard in the order of the layout, then by micro-block.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Bodies { get; init; }

    public required ReadOnlyMemory<byte> HostMark { get; init; }

    /// <summary>Of the shards' sealing headers.</summary>
    public required Digest Seals { get; init; }

    /// <summary>Null without a beacon.</summary>
    public required BeaconBlock? Beacon { get; init; }

    public static byte KindOf(ReadOnlySpan<byte> source) => source.Length > 2 && source[0] == WireLimits.Version ? source[1] : (byte)0;

    /// <summary>Reads a round. Its bodies are views into the source. Never throws.</summary>
    public static ReadResult TryRead(ReadOnlyMemory<byte> source, int bodies, out RoundFrame? frame)
    {
        frame = null;
        var reader = new WireReader(source.Span);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte kind) || kind != RoundKind || !reader.TryReadUInt64(out ulong time) || time > long.MaxValue) return ReadResult.NotCanonical;
        if (!reader.TryReadCount(bodies, out int count) || count != bodies) return ReadResult.NotCanonical;
        if (count > reader.Remaining) return ReadResult.Truncated;
        var read = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
            if (!TryReadBytes(source, ref reader, WireLimits.MaxMicroBody, out read[i])) return ReadResult.Truncated;
        if (!TryReadBytes(source, ref reader, MaxHostMark, out ReadOnlyMemory<byte> mark) || !reader.TryReadBytes32(out Bytes32 seals)) return ReadResult.Truncated;
        BeaconBlock? beacon = null;
        if (!reader.IsAtEnd && BeaconBlock.TryRead(source.Span[reader.Offset..], out beacon) is var result && result != ReadResult.Ok) return result;
        frame = new RoundFrame { TimeMs = (long)time, Bodies = read, HostMark = mark.ToArray(), Seals = new Digest(seals), Beacon = beacon };
        return ReadResult.Ok;
    }

    private static bool TryReadBytes(ReadOnlyMemory<byte> source, ref WireReader reader, int max, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!reader.TryReadCount(max, out int length) || length > reader.Remaining) return false;
        bytes = source.Slice(reader.Offset, length);
        return reader.TryReadSpan(length, out _);
    }
}
