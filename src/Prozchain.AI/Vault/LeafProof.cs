using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Shows that a leaf is the one at its place in a model, against the model root alone (docs/formats/ai-leaf-proof.md,
/// version 1): what the root commits to besides, which part and which leaf of it, and the path from leaf to stripe to part to
/// model. Immutable.
/// </summary>
public sealed class LeafProof
{
    private const byte Version = 1;

    private readonly ModelTerms _terms;
    private readonly int _part, _stripe, _inStripe;
    private readonly long _partOffset;
    private readonly PartLayout _layout;
    private readonly Bytes32[] _siblings;

    private LeafProof(in ModelTerms terms, int part, long partOffset, in PartLayout layout, int stripe, int inStripe, Bytes32[] siblings)
    {
        (_terms, _part, _partOffset, _layout) = (terms, part, partOffset, layout);
        (_stripe, _inStripe, _siblings) = (stripe, inStripe, siblings);
    }

    /// <summary>First byte of the leaf within the file.</summary>
    public long Offset => _partOffset + (long)_stripe * _layout.FullStripe + (long)_inStripe * LeafLength;

    /// <summary>Bytes of the leaf.</summary>
    public int Length => Math.Min(LeafLength, StripeLength - _inStripe * LeafLength);

    private int StripeLength => _layout.StripeLength(_stripe);

    private int LeafLength => PartLayout.LeafLengthOf(StripeLength, _layout.DataPieces);

    /// <summary>Proves one leaf of a model. Needs the manifest only.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="offset">Any byte of the leaf within the file.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is outside the file.</exception>
    public static LeafProof Make(ModelManifest manifest, long offset)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, manifest.Geometry.RawSize);
        StripePlace place = StripePlace.Find(manifest, offset);
        int index = StripePlace.PartOf(manifest, place.Index);
        ModelPart part = manifest.Content.Parts[index];
        int stripe = place.Index - part.FirstStripe, leaf = place.Within / part.Stripes[stripe].LeafLength;
        Bytes32[] siblings =
        [
            .. MerkleTree<ModelTree>.Prove(part.Stripes[stripe].Leaves, leaf),
            .. MerkleTree<ModelTree>.Prove([.. part.Stripes.Select(s => s.LeafRoot)], stripe),
            .. MerkleTree<ModelTree>.Prove(manifest.PartLeaves, index),
        ];
        var layout = new PartLayout(part.Length, manifest.Content.LeafSize, manifest.Content.DataPieces);
        return new LeafProof(manifest.Terms, index, part.Offset, layout, stripe, leaf, siblings);
    }

    /// <summary>Whether those bytes are that leaf of the model.</summary>
    /// <param name="modelRoot">The model root, 32 bytes.</param>
    /// <param name="leaf">The bytes of the leaf.</param>
    /// <exception cref="ArgumentException">The root is not 32 bytes.</exception>
    public bool Verify(ReadOnlySpan<byte> modelRoot, ReadOnlySpan<byte> leaf)
    {
        if (modelRoot.Length != Bytes32.Size)
            throw new ArgumentException($"Expected a root of {Bytes32.Size} bytes, got {modelRoot.Length}.", nameof(modelRoot));
        if (leaf.Length != Length) return false;
        (int within, int above, _) = PathLengths(_terms, _part, _layout, _stripe, _inStripe);
        int leaves = PartLayout.LeavesOf(StripeLength, _layout.DataPieces);
        Bytes32 root = MerkleTree<ModelTree>.Climb(leaves, _inStripe, VaultHash.Content(leaf), _siblings.AsSpan(0, within));
        root = MerkleTree<ModelTree>.Climb(_layout.StripeCount, _stripe, root, _siblings.AsSpan(within, above));
        root = VaultHash.Part(_partOffset, _layout.Length, root);
        root = MerkleTree<ModelTree>.Climb(_terms.Parts, _part, root, _siblings.AsSpan(within + above));
        return VaultHash.ModelRoot(_terms, root).Equals(new Bytes32(modelRoot));
    }

    /// <summary>Writes the one encoding of this proof.</summary>
    /// <param name="output">Receives it.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        Span<byte> terms = stackalloc byte[ModelTerms.Size];
        _terms.Write(terms);
        writer.WriteSpan(terms);
        writer.WriteVarint((ulong)_part);
        writer.WriteVarint((ulong)_partOffset);
        writer.WriteVarint((ulong)_layout.Length);
        writer.WriteVarint((ulong)_stripe);
        writer.WriteByte((byte)_inStripe);
        foreach (Bytes32 sibling in _siblings) writer.WriteBytes32(sibling);
    }

    /// <summary>Reads a proof. Never throws on hostile bytes. What was read proves nothing until it is verified.</summary>
    /// <param name="bytes">A whole encoding, nothing more.</param>
    /// <param name="proof">The proof, or null.</param>
    public static VaultFormatStatus TryRead(ReadOnlySpan<byte> bytes, out LeafProof? proof)
    {
        proof = null;
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte version)) return VaultFormatStatus.Malformed;
        if (version != Version) return VaultFormatStatus.UnsupportedVersion;
        if (!reader.TryReadSpan(ModelTerms.Size, out ReadOnlySpan<byte> fixedTerms)) return VaultFormatStatus.Malformed;
        ModelTerms terms = ModelTerms.Read(fixedTerms);
        if (!reader.TryReadVarint(out ulong part) || !reader.TryReadVarint(out ulong offset) || !reader.TryReadVarint(out ulong length)) return VaultFormatStatus.Malformed;
        if (!reader.TryReadVarint(out ulong stripe) || !reader.TryReadByte(out byte inStripe)) return VaultFormatStatus.Malformed;
        if (terms.RawSize < 1 || terms.LeafSize < 1 || !PartLayout.IsCode((ulong)terms.LeafSize, terms.DataPieces, 1)) return VaultFormatStatus.InvalidGeometry;
        if (terms.Parts is < 1 or > PartLayout.MaxStripes || part >= (ulong)terms.Parts) return VaultFormatStatus.InvalidGeometry;
        if (length == 0 || length > (ulong)terms.RawSize || offset > (ulong)terms.RawSize - length) return VaultFormatStatus.InvalidGeometry;
        if (length > (ulong)terms.LeafSize * terms.DataPieces * PartLayout.MaxStripes) return VaultFormatStatus.InvalidGeometry;
        var layout = new PartLayout((long)length, terms.LeafSize, terms.DataPieces);
        if (stripe >= (ulong)layout.StripeCount) return VaultFormatStatus.InvalidGeometry;
        if (inStripe >= PartLayout.LeavesOf(layout.StripeLength((int)stripe), terms.DataPieces)) return VaultFormatStatus.InvalidGeometry;
        (int within, int above, int top) = PathLengths(terms, (int)part, layout, (int)stripe, inStripe);
        var siblings = new Bytes32[within + above + top];
        foreach (ref Bytes32 sibling in siblings.AsSpan())
            if (!reader.TryReadBytes32(out sibling)) return VaultFormatStatus.Malformed;
        if (!reader.IsAtEnd) return VaultFormatStatus.TrailingBytes;
        proof = new LeafProof(terms, (int)part, (long)offset, layout, (int)stripe, inStripe, siblings);
        return VaultFormatStatus.Ok;
    }

    private static (int Within, int Above, int Top) PathLengths(in ModelTerms terms, int part, in PartLayout layout, int stripe, int inStripe) => (
        MerkleTree<ModelTree>.ProofLength(PartLayout.LeavesOf(layout.StripeLength(stripe), layout.DataPieces), inStripe),
        MerkleTree<ModelTree>.ProofLength(layout.StripeCount, stripe),
        MerkleTree<ModelTree>.ProofLength(terms.Parts, part));
}
