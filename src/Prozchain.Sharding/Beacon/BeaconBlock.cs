using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// One block of the beacon: anchors of shard headers, registry changes, application records. Its hash covers all of it
/// but signatures and certificates. Immutable. Wire form: docs/formats/sharding-beacon.md.
/// </summary>
public sealed class BeaconBlock
{
    internal BeaconBlock(ulong chainId, ulong height, in Digest parent, ulong epoch, long timeMs, Anchor[] anchors, RegistryChange[] changes, ApplicationRecord[] records)
    {
        ChainId = chainId;
        Height = height;
        Parent = parent;
        Epoch = epoch;
        TimeMs = timeMs;
        Anchors = anchors;
        Changes = changes;
        Records = records;
        Hash = ComputeHash();
    }

    /// <summary>The chain.</summary>
    public ulong ChainId { get; }

    /// <summary>Place in the beacon's chain; the first block has 1.</summary>
    public ulong Height { get; }

    /// <summary>Hash of the block before; zero for the first.</summary>
    public Digest Parent { get; }

    /// <summary>The epoch, from 0.</summary>
    public ulong Epoch { get; }

    /// <summary>Unix milliseconds; never before the parent's.</summary>
    public long TimeMs { get; }

    /// <summary>The anchors, by shard id and then by height.</summary>
    public IReadOnlyList<Anchor> Anchors { get; }

    /// <summary>Joins and exits, effective at the next epoch.</summary>
    public IReadOnlyList<RegistryChange> Changes { get; }

    /// <summary>The application records, in order.</summary>
    public IReadOnlyList<ApplicationRecord> Records { get; }

    /// <summary>Names the block.</summary>
    public Digest Hash { get; }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        WriteFrame(output);
        writer.WriteVarint((ulong)Anchors.Count);
        foreach (Anchor anchor in Anchors)
        {
            anchor.Header.Write(output);
            anchor.Certificate.Write(output);
        }
        writer.WriteVarint((ulong)Changes.Count);
        foreach (RegistryChange change in Changes) change.Write(output);
        writer.WriteVarint((ulong)Records.Count);
        foreach (ApplicationRecord record in Records)
        {
            writer.WriteUInt32(record.ApplicationId);
            writer.WriteVarint((ulong)record.Data.Length);
            writer.WriteSpan(record.Data.Span);
        }
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="block">The block, when the result is <see cref="ReadResult.Ok"/>; nothing in it is checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out BeaconBlock block)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out block!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        block = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out BeaconBlock block)
    {
        block = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadUInt64(out ulong chainId) && reader.TryReadUInt64(out ulong height) && reader.TryReadBytes32(out Bytes32 parent)
            && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong time))) return ReadResult.Truncated;
        if (time > long.MaxValue || height == 0) return ReadResult.NotCanonical;
        ReadResult result = BeaconBlockParts.ReadAnchors(ref reader, out Anchor[] anchors);
        if (result != ReadResult.Ok) return result;
        result = BeaconBlockParts.ReadChanges(ref reader, out RegistryChange[] changes);
        if (result != ReadResult.Ok) return result;
        result = BeaconBlockParts.ReadRecords(ref reader, out ApplicationRecord[] records);
        if (result != ReadResult.Ok) return result;
        block = new BeaconBlock(chainId, height, new Digest(parent), epoch, (long)time, anchors, changes, records);
        return ReadResult.Ok;
    }

    private void WriteFrame(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(ChainId);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(Parent.Bytes);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64((ulong)TimeMs);
    }

    // The frame, then count and tree root of each of the three lists.
    private Digest ComputeHash()
    {
        var output = new ArrayBufferWriter<byte>(256);
        WriteFrame(output);
        var writer = new WireWriter(output);
        WriteTree(writer, [.. Anchors.Select(anchor => TreeHash.Leaf(anchor.Header.Hash.Span))]);
        WriteTree(writer, [.. Changes.Select(change => change.Leaf())]);
        WriteTree(writer, [.. Records.Select(RecordLeaf)]);
        return new Digest(Domains.BeaconBlock.Hash(output.WrittenSpan));
    }

    private static void WriteTree(WireWriter writer, Bytes32[] leaves)
    {
        writer.WriteUInt32((uint)leaves.Length);
        writer.WriteBytes32(MerkleTree<TreeHash>.Root(leaves));
    }

    private static Bytes32 RecordLeaf(ApplicationRecord record)
    {
        var bytes = new byte[sizeof(uint) + record.Data.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, record.ApplicationId);
        record.Data.Span.CopyTo(bytes.AsSpan(sizeof(uint)));
        return TreeHash.Leaf(bytes);
    }
}
