using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// A change of the layout that the beacon has certified, as every shard takes it in with one of its blocks: in the order
/// of versions, each once. The shard that is split, or the two that are merged, end with that block. 41 bytes on the
/// wire: docs/formats/sharding-replica.md.
/// </summary>
/// <param name="Version">Version of the layout after it.</param>
/// <param name="Action">What changes.</param>
/// <param name="Epoch">The beacon's epoch in which it is made.</param>
/// <param name="ActivationMs">No block of an earlier time takes it in. Unix milliseconds.</param>
public sealed record TopologyChange(ulong Version, ReshapeAction Action, ulong Epoch, long ActivationMs)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 1 + 5 * sizeof(ulong);

    /// <summary>The shards that it ends.</summary>
    internal IEnumerable<ShardId> Parts => Action.Sibling is { } sibling ? [Action.Shard, sibling] : [Action.Shard];

    /// <summary>True if a layout takes it: it is the next version, and the change is possible.</summary>
    /// <param name="layout">Any layout.</param>
    public bool Fits(ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return Version == layout.Version + 1 && Action.IsPossible(layout)
            && layout.TryGetInfo(new ShardId(layout.NextId - 1), out ShardInfo? last) && Epoch >= last.BornEpoch;
    }

    /// <summary>The layout after it.</summary>
    /// <param name="layout">A layout that it <see cref="Fits"/>.</param>
    public ShardLayout ApplyTo(ShardLayout layout) => Action.ApplyTo(layout, Epoch);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 41 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(Version);
        writer.WriteUInt64(Action.Shard.Value);
        writer.WriteUInt64(Action.Sibling?.Value ?? 0);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64((ulong)ActivationMs);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="change">The change, when the result is <see cref="ReadResult.Ok"/>; the caller knows whether the beacon certified it.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out TopologyChange change)
    {
        change = null;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] != WireLimits.Version) return ReadResult.UnknownVersion;
        if (source.Length < Size) return ReadResult.Truncated;
        if (source.Length > Size) return ReadResult.TrailingBytes;
        var reader = new WireReader(source[1..]);
        reader.TryReadUInt64(out ulong version);
        reader.TryReadUInt64(out ulong shard);
        reader.TryReadUInt64(out ulong sibling);
        reader.TryReadUInt64(out ulong epoch);
        reader.TryReadUInt64(out ulong activation);
        if (version == 0 || shard == 0 || shard == sibling || activation > long.MaxValue) return ReadResult.NotCanonical;
        change = new TopologyChange(version, new ReshapeAction(new ShardId(shard), sibling == 0 ? null : new ShardId(sibling)), epoch, (long)activation);
        return ReadResult.Ok;
    }
}
