using System.Buffers.Binary;
using Prozchain.AI.Formats;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// The hashes of the vault, all BLAKE3 (docs/formats/ai-manifest.md): content is hashed plainly, so that a leaf that fills
/// its piece has one digest for both; everything above content is hashed in key derivation mode, each kind under its own
/// context, so that no content poses as a node and no node of one tree as one of another.
/// </summary>
internal static class VaultHash
{
    private static readonly Blake3Hasher s_part = Context("part"u8), s_tensor = Context("tensor"u8), s_table = Context("tensor table"u8);
    private static readonly Blake3Hasher s_modelRoot = Context("model root"u8), s_stripe = Context("stripe"u8), s_auditRoot = Context("audit root"u8);
    private static readonly Blake3Hasher s_manifest = Context("manifest"u8), s_identity = Context("stripe identity"u8);

    /// <summary>Plain BLAKE3.</summary>
    public static Bytes32 Content(ReadOnlySpan<byte> bytes)
    {
        var hasher = new Blake3Hasher();
        return Finish(ref hasher, bytes);
    }

    /// <summary>A part at its place in the file.</summary>
    public static Bytes32 Part(long offset, long length, in Bytes32 leafRoot)
    {
        Span<byte> input = stackalloc byte[16 + Bytes32.Size];
        BinaryPrimitives.WriteInt64LittleEndian(input, offset);
        BinaryPrimitives.WriteInt64LittleEndian(input[8..], length);
        leafRoot.Span.CopyTo(input[16..]);
        return Derive(s_part, input);
    }

    /// <summary>A tensor's id: its type, shape and content, wherever it is stored.</summary>
    public static Bytes32 Tensor(TensorType type, ReadOnlySpan<long> shape, in Bytes32 leafRoot)
    {
        Span<byte> input = stackalloc byte[2 + 8 * shape.Length + Bytes32.Size];
        (input[0], input[1]) = ((byte)type, (byte)shape.Length);
        for (int i = 0; i < shape.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(input[(2 + 8 * i)..], shape[i]);
        leafRoot.Span.CopyTo(input[^Bytes32.Size..]);
        return Derive(s_tensor, input);
    }

    public static Bytes32 TensorTable(ReadOnlySpan<byte> encoding) => Derive(s_table, encoding);

    public static Bytes32 Manifest(ReadOnlySpan<byte> encoding) => Derive(s_manifest, encoding);

    /// <summary>Commits to the file's decoded bytes through its parts, and to its tensors by name and place.</summary>
    public static Bytes32 ModelRoot(in ModelTerms terms, in Bytes32 partTree)
    {
        Span<byte> input = stackalloc byte[ModelTerms.Size + Bytes32.Size];
        terms.Write(input);
        partTree.Span.CopyTo(input[ModelTerms.Size..]);
        return Derive(s_modelRoot, input);
    }

    /// <summary>A stripe in the audit tree: its pieces and their length.</summary>
    public static Bytes32 Stripe(in Bytes32 pieceRoot, int pieceLength)
    {
        Span<byte> input = stackalloc byte[Bytes32.Size + 4];
        pieceRoot.Span.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[Bytes32.Size..], pieceLength);
        return Derive(s_stripe, input);
    }

    /// <summary>Commits to the stored bytes and to how they are placed.</summary>
    public static Bytes32 AuditRoot(in AuditTerms terms, in Bytes32 stripeTree)
    {
        Span<byte> input = stackalloc byte[AuditTerms.Size + Bytes32.Size];
        terms.Write(input);
        stripeTree.Span.CopyTo(input[AuditTerms.Size..]);
        return Derive(s_auditRoot, input);
    }

    /// <summary>What two stripes must share to be stored once: content, coding, with the base if there is one, and placement.</summary>
    public static Bytes32 Identity(StoredStripe stripe, int dataPieces, int parityPieces, int keptPieces, in Bytes32 table)
    {
        const int Plain = 9 + 2 * Bytes32.Size;
        Span<byte> input = stackalloc byte[Plain + Bytes32.Size];
        BinaryPrimitives.WriteInt32LittleEndian(input, stripe.Length);
        (input[4], input[5]) = (stripe.Codec, (byte)stripe.Type);
        (input[6], input[7], input[8]) = ((byte)dataPieces, (byte)parityPieces, (byte)keptPieces);
        stripe.LeafRoot.Span.CopyTo(input[9..]);
        table.Span.CopyTo(input[(9 + Bytes32.Size)..]);
        if (stripe.Base is not { } from) return Derive(s_identity, input[..Plain]);
        Identity(from, dataPieces, parityPieces, keptPieces, table).Span.CopyTo(input[Plain..]);
        return Derive(s_identity, input);
    }

    internal static Blake3Hasher Context(ReadOnlySpan<byte> kind) => Blake3Hasher.DerivingKey([.. "Prozchain.AI v1 "u8, .. kind]);

    internal static Bytes32 Node(in Blake3Hasher domain, in Bytes32 left, in Bytes32 right)
    {
        Span<byte> pair = stackalloc byte[2 * Bytes32.Size];
        left.Span.CopyTo(pair);
        right.Span.CopyTo(pair[Bytes32.Size..]);
        return Derive(domain, pair);
    }

    internal static Bytes32 Derive(in Blake3Hasher domain, ReadOnlySpan<byte> input)
    {
        Blake3Hasher hasher = domain;
        return Finish(ref hasher, input);
    }

    internal static Bytes32 Finish(ref Blake3Hasher hasher, ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        hasher.Finish(input, digest);
        return new Bytes32(digest);
    }
}

/// <summary>The tree over leaf digests: of the leaves of a stripe, the stripes of a part, the parts of a file.</summary>
internal readonly struct ModelTree : IMerkleHash
{
    private static readonly Blake3Hasher s_node = VaultHash.Context("model tree node"u8);

    public static Bytes32 Empty { get; } = VaultHash.Content([]);

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => VaultHash.Content(data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => VaultHash.Node(s_node, left, right);
}

/// <summary>The tree over piece digests: of the pieces of a stripe, then of the stripes.</summary>
internal readonly struct AuditTree : IMerkleHash
{
    private static readonly Blake3Hasher s_node = VaultHash.Context("audit tree node"u8);

    public static Bytes32 Empty { get; } = VaultHash.Content([]);

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => VaultHash.Content(data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => VaultHash.Node(s_node, left, right);
}
