using System.Buffers;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Layout;

/// <summary>The wire form of a layout, docs/formats/sharding-layout.md. Version and next id are those of the newest shard, which is always live.</summary>
internal static class LayoutCodec
{
    private const int MaxClasses = 256;

    public static Digest HashOf(ShardLayout layout)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(layout, output);
        return new Digest(Domains.Layout.Hash(output.WrittenSpan));
    }

    public static void Write(ShardLayout layout, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteVarint((ulong)layout.Classes.Count);
        foreach (LayoutClassRules rules in layout.Classes)
        {
            writer.WriteByte(rules.Class.Value);
            writer.WriteUInt32(rules.TransitionId);
            writer.WriteUInt16((ushort)rules.OrderingFloor);
            writer.WriteUInt16((ushort)rules.AttestationFloor);
        }
        ShardInfo[] lineage = [.. layout.Lineage];
        writer.WriteVarint((ulong)lineage.Length);
        foreach (ShardInfo shard in lineage)
        {
            writer.WriteUInt64(shard.Id.Value);
            writer.WriteByte(shard.Class.Value);
            writer.WriteByte((byte)shard.Depth);
            writer.WriteSpan(shard.Prefix.Span[..((shard.Depth + 7) / 8)]);
            writer.WriteUInt64(shard.BornVersion);
            writer.WriteUInt64(shard.BornEpoch);
            writer.WriteByte((byte)shard.Parents.Count);
            foreach (ShardId parent in shard.Parents) writer.WriteUInt64(parent.Value);
        }
    }

    public static ReadResult TryRead(ReadOnlySpan<byte> source, out ShardLayout? layout)
    {
        layout = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        ReadResult result = ReadClasses(ref reader, out LayoutClassRules[] classes);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadVarint(out ulong count)) return ReadResult.Truncated;
        if (count > ShardLayout.MaxLineage) return ReadResult.TooLarge;
        var shards = new List<ShardInfo>();
        for (ulong i = 0; i < count; i++)
        {
            result = ReadShard(ref reader, out ShardInfo? shard);
            if (result != ReadResult.Ok) return result;
            shards.Add(shard!);
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        if (!LineageCheck.TryLink(shards, classes, out ImmutableSortedDictionary<ShardId, ShardInfo> lineage)) return ReadResult.NotCanonical;
        layout = new ShardLayout(shards[^1].BornVersion, shards[^1].Id.Value + 1, classes, lineage);
        return ReadResult.Ok;
    }

    private static ReadResult ReadClasses(ref WireReader reader, out LayoutClassRules[] classes)
    {
        classes = [];
        if (!reader.TryReadVarint(out ulong count)) return ReadResult.Truncated;
        if (count > MaxClasses) return ReadResult.TooLarge;
        classes = new LayoutClassRules[count];
        for (int i = 0; i < classes.Length; i++)
        {
            if (!reader.TryReadByte(out byte value) || !reader.TryReadUInt32(out uint transition)
                || !reader.TryReadUInt16(out ushort ordering) || !reader.TryReadUInt16(out ushort attestation)) return ReadResult.Truncated;
            classes[i] = new LayoutClassRules(new LayoutClass(value), transition, ordering, attestation);
            if (!classes[i].IsValid || (i == 0 ? value != 0 : classes[i - 1].Class.Value >= value)) return ReadResult.NotCanonical;
        }
        return classes.Length == 0 ? ReadResult.NotCanonical : ReadResult.Ok;
    }

    private static ReadResult ReadShard(ref WireReader reader, out ShardInfo? shard)
    {
        shard = null;
        if (!reader.TryReadUInt64(out ulong id) || !reader.TryReadByte(out byte layoutClass) || !reader.TryReadByte(out byte depth)
            || !reader.TryReadSpan((depth + 7) / 8, out ReadOnlySpan<byte> bits) || !reader.TryReadUInt64(out ulong version)
            || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadByte(out byte parentCount)) return ReadResult.Truncated;
        if (id is 0 or ulong.MaxValue || parentCount > 2 || (depth % 8 != 0 && (bits[^1] & (0xFF >> (depth % 8))) != 0)) return ReadResult.NotCanonical;
        var parents = new ShardId[parentCount];
        for (int i = 0; i < parents.Length; i++)
        {
            if (!reader.TryReadUInt64(out ulong parent)) return ReadResult.Truncated;
            if (parent == 0 || parent >= id) return ReadResult.NotCanonical;
            parents[i] = new ShardId(parent);
        }
        Span<byte> prefix = stackalloc byte[Digest.Size];
        bits.CopyTo(prefix);
        shard = new ShardInfo(new ShardId(id), new LayoutClass(layoutClass), new Digest(prefix), depth, version, epoch, parents);
        return ReadResult.Ok;
    }
}
