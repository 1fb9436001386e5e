using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>Shows a shard's last anchored header under a beacon header. Immutable. Wire form: docs/formats/sharding-beacon.md.</summary>
public sealed class AnchorProof
{
    private readonly Bytes32[] _siblings;

    internal AnchorProof(in AnchorEntry entry, int index, Bytes32[] siblings)
    {
        Entry = entry;
        Index = index;
        _siblings = siblings;
    }

    /// <summary>The shard's header.</summary>
    public AnchorEntry Entry { get; }

    /// <summary>Place of the shard among the anchored ones, by shard id.</summary>
    public int Index { get; }

    /// <summary>True if the proof leads from the entry to the header's anchor root.</summary>
    /// <param name="header">A header that the caller trusts: certified, or from a <see cref="BeaconLightClient"/>.</param>
    public bool Verify(BeaconHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return MerkleTree<TreeHash>.Verify(header.AnchorRoot.Bytes, header.Anchors, Index, Entry.Leaf(), _siblings);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        Entry.Write(output);
        writer.WriteVarint((ulong)Index);
        BeaconWire.WriteSiblings(output, _siblings);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; it is not verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out AnchorProof proof) =>
        BeaconWire.ReadWhole(source, Read, out proof);

    private static ReadResult Read(ref WireReader reader, out AnchorProof proof)
    {
        proof = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        result = AnchorEntry.Read(ref reader, out AnchorEntry entry);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadCount(ref reader, Layout.ShardLayout.MaxShards - 1, 0, out int index);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadSiblings(ref reader, out Bytes32[] siblings);
        if (result == ReadResult.Ok) proof = new AnchorProof(entry, index, siblings);
        return result;
    }
}
