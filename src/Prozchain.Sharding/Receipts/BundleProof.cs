using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// Shows that a bundle is in the receipts tree of its source's block. Immutable. Wire form:
/// docs/formats/sharding-receipts.md.
/// </summary>
public sealed class BundleProof
{
    private readonly Bytes32[] _siblings;

    internal BundleProof(int index, Bytes32[] siblings)
    {
        Index = index;
        _siblings = siblings;
    }

    /// <summary>The bundle's place among the bundles of its block.</summary>
    public int Index { get; }

    internal int EncodedLength => 2 + WireWriter.VarintLength((ulong)Index) + _siblings.Length * Bytes32.Size;

    /// <summary>True if the proof leads from the bundle to the root.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="receiptsRoot">The receipts root of the source's header at <see cref="ReceiptBundle.SourceHeight"/>.</param>
    /// <param name="bundleCount">The number of outbound bundles that the same header states.</param>
    public bool Verify(ReceiptBundle bundle, in Digest receiptsRoot, int bundleCount) =>
        MerkleTree<TreeHash>.Verify(receiptsRoot.Bytes, bundleCount, Index, bundle.Leaf, _siblings);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteVarint((ulong)Index);
        writer.WriteByte((byte)_siblings.Length);
        foreach (Bytes32 sibling in _siblings) writer.WriteBytes32(sibling);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; it is not verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out BundleProof proof)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out proof!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        proof = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out BundleProof proof)
    {
        proof = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadCount(WireLimits.MaxBundles - 1, out int index) || !reader.TryReadByte(out byte length)) return ReadResult.NotCanonical;
        if (length > MerkleTree<TreeHash>.MaxProofLength) return ReadResult.TooLarge;
        if (length * Bytes32.Size > reader.Remaining) return ReadResult.Truncated;
        var siblings = new Bytes32[length];
        for (int i = 0; i < length; i++) reader.TryReadBytes32(out siblings[i]);
        proof = new BundleProof(index, siblings);
        return ReadResult.Ok;
    }
}
