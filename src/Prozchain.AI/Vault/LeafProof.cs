using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Shows that a leaf is the one at its place in a model, against the model root alone (docs/formats/ai-leaf-proof.md,
/// version 0): how the file is cut, which leaf, and the path from leaf to stripe to model. Immutable.
/// </summary>
public sealed class LeafProof
{
    private const byte Version = 0;

    private readonly LeafLayout _layout;
    private readonly Bytes32[] _siblings;

    private LeafProof(LeafLayout layout, int leaf, Bytes32[] siblings)
    {
        _layout = layout;
        Leaf = leaf;
        _siblings = siblings;
    }

    /// <summary>Index of the leaf within the file.</summary>
    public int Leaf { get; }

    /// <summary>First byte of the leaf within the file.</summary>
    public long Offset => Stripe * _layout.FullStripe + (long)InStripe * _layout.PieceLength(Stripe);

    /// <summary>Bytes of the leaf.</summary>
    public int Length => _layout.LeafLength(Stripe, InStripe);

    private int Stripe => Leaf / _layout.DataPieces;

    private int InStripe => Leaf % _layout.DataPieces;

    internal static LeafProof Make(in LeafLayout layout, int leaf, ReadOnlySpan<Bytes32> leavesOfStripe, ReadOnlySpan<Bytes32> stripes)
    {
        Bytes32[] within = MerkleTree<ModelTree>.Prove(leavesOfStripe, leaf % layout.DataPieces);
        Bytes32[] above = MerkleTree<ModelTree>.Prove(stripes, leaf / layout.DataPieces);
        return new LeafProof(layout, leaf, [.. within, .. above]);
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
        (int within, _) = PathLengths(_layout, Leaf);
        // The tree of a stripe is itself a leaf of the model's.
        Bytes32 stripe = MerkleTree<ModelTree>.Climb(_layout.LeavesIn(Stripe), InStripe, VaultHash.Content(leaf), _siblings.AsSpan(0, within));
        Bytes32 tree = MerkleTree<ModelTree>.Climb(_layout.StripeCount, Stripe, stripe, _siblings.AsSpan(within));
        return VaultHash.ModelRoot(_layout, tree).Equals(new Bytes32(modelRoot));
    }

    /// <summary>Writes the one encoding of this proof.</summary>
    /// <param name="output">Receives it.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteVarint((ulong)_layout.RawSize);
        writer.WriteVarint((ulong)_layout.LeafSize);
        writer.WriteByte((byte)_layout.DataPieces);
        writer.WriteVarint((ulong)Leaf);
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
        if (!reader.TryReadVarint(out ulong rawSize) || !reader.TryReadVarint(out ulong leafSize)) return VaultFormatStatus.Malformed;
        if (!reader.TryReadByte(out byte dataPieces) || !reader.TryReadVarint(out ulong leaf)) return VaultFormatStatus.Malformed;
        if (!LeafLayout.TryCreate(rawSize, leafSize, dataPieces, out LeafLayout layout)) return VaultFormatStatus.InvalidGeometry;
        if (leaf >= (ulong)layout.LeafCount) return VaultFormatStatus.InvalidGeometry;
        (int within, int above) = PathLengths(layout, (int)leaf);
        int length = within + above;
        if (reader.Remaining < length * Bytes32.Size) return VaultFormatStatus.Malformed;
        var siblings = new Bytes32[length];
        for (int i = 0; i < length; i++) reader.TryReadBytes32(out siblings[i]);
        if (!reader.IsAtEnd) return VaultFormatStatus.TrailingBytes;
        proof = new LeafProof(layout, (int)leaf, siblings);
        return VaultFormatStatus.Ok;
    }

    private static (int Within, int Above) PathLengths(in LeafLayout layout, int leaf)
    {
        int stripe = leaf / layout.DataPieces;
        int within = MerkleTree<ModelTree>.ProofLength(layout.LeavesIn(stripe), leaf % layout.DataPieces);
        return (within, MerkleTree<ModelTree>.ProofLength(layout.StripeCount, stripe));
    }
}
