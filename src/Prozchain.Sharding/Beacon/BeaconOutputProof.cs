using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>Shows that a withdrawal, a freeze or a conviction is what a beacon block let out. Immutable. Wire form: docs/formats/sharding-beacon.md.</summary>
public sealed class BeaconOutputProof
{
    private readonly Bytes32[] _siblings;

    internal BeaconOutputProof(int index, Bytes32[] siblings)
    {
        Index = index;
        _siblings = siblings;
    }

    /// <summary>Place of the entry in its block.</summary>
    public int Index { get; }

    /// <summary>True if the proof leads from the bytes to the header's output root.</summary>
    /// <param name="header">A header that the caller trusts: certified, or from a <see cref="BeaconLightClient"/>.</param>
    /// <param name="output">The wire form of the entry.</param>
    public bool Verify(BeaconHeader header, ReadOnlySpan<byte> output)
    {
        ArgumentNullException.ThrowIfNull(header);
        return MerkleTree<TreeHash>.Verify(header.OutputRoot.Bytes, header.Outputs, Index, TreeHash.Leaf(output), _siblings);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteVarint((ulong)Index);
        BeaconWire.WriteSiblings(output, _siblings);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; it is not verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out BeaconOutputProof proof) =>
        BeaconWire.ReadWhole(source, Read, out proof);

    private static ReadResult Read(ref WireReader reader, out BeaconOutputProof proof)
    {
        proof = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadCount(int.MaxValue, out int index)) return ReadResult.NotCanonical;
        result = BeaconWire.ReadSiblings(ref reader, out Bytes32[] siblings);
        if (result == ReadResult.Ok) proof = new BeaconOutputProof(index, siblings);
        return result;
    }
}
