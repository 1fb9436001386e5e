using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// The hashes of the vault, all BLAKE3 (docs/formats/ai-manifest.md): content is hashed plainly, so that a leaf that fills
/// its piece has one digest for both; everything above content is hashed in key derivation mode, each kind under its own
/// context, so that no content poses as a node and no node of one tree as one of the other.
/// </summary>
internal static class VaultHash
{
    private static readonly Blake3Hasher s_modelRoot = Blake3Hasher.DerivingKey("Prozchain.AI v0 model root"u8);
    private static readonly Blake3Hasher s_auditRoot = Blake3Hasher.DerivingKey("Prozchain.AI v0 audit root"u8);
    private static readonly Blake3Hasher s_manifest = Blake3Hasher.DerivingKey("Prozchain.AI v0 manifest"u8);

    /// <summary>Plain BLAKE3.</summary>
    public static Bytes32 Content(ReadOnlySpan<byte> bytes)
    {
        var hasher = new Blake3Hasher();
        return Finish(ref hasher, bytes);
    }

    /// <summary>Commits to how the file is cut and, through the tree, to its leaves.</summary>
    public static Bytes32 ModelRoot(in LeafLayout layout, ReadOnlySpan<Bytes32> stripeLeafRoots) =>
        ModelRoot(layout, MerkleTree<ModelTree>.Root(stripeLeafRoots));

    public static Bytes32 ModelRoot(in LeafLayout layout, in Bytes32 tree)
    {
        Span<byte> input = stackalloc byte[13 + Bytes32.Size];
        WriteLayout(layout, input);
        tree.Span.CopyTo(input[13..]);
        Blake3Hasher hasher = s_modelRoot;
        return Finish(ref hasher, input);
    }

    /// <summary>Commits to how the file is cut and coded and, through the tree, to the pieces.</summary>
    public static Bytes32 AuditRoot(VaultGeometry geometry, ReadOnlySpan<Bytes32> stripePieceRoots)
    {
        Span<byte> input = stackalloc byte[14 + Bytes32.Size];
        WriteLayout(geometry.Layout, input);
        input[13] = (byte)geometry.ParityPieces;
        MerkleTree<AuditTree>.Root(stripePieceRoots).Span.CopyTo(input[14..]);
        Blake3Hasher hasher = s_auditRoot;
        return Finish(ref hasher, input);
    }

    public static Bytes32 Manifest(ReadOnlySpan<byte> encoding)
    {
        Blake3Hasher hasher = s_manifest;
        return Finish(ref hasher, encoding);
    }

    private static void WriteLayout(in LeafLayout layout, Span<byte> output)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output, (ulong)layout.RawSize);
        BinaryPrimitives.WriteUInt32LittleEndian(output[8..], (uint)layout.LeafSize);
        output[12] = (byte)layout.DataPieces;
    }

    internal static Bytes32 Node(in Blake3Hasher domain, in Bytes32 left, in Bytes32 right)
    {
        Span<byte> pair = stackalloc byte[2 * Bytes32.Size];
        left.Span.CopyTo(pair);
        right.Span.CopyTo(pair[Bytes32.Size..]);
        Blake3Hasher hasher = domain;
        return Finish(ref hasher, pair);
    }

    internal static Bytes32 Finish(ref Blake3Hasher hasher, ReadOnlySpan<byte> input)
    {
        hasher.Update(input);
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        hasher.Finish(digest);
        return new Bytes32(digest);
    }
}

/// <summary>The tree over leaf digests: of the leaves of a stripe, then of the stripes.</summary>
internal readonly struct ModelTree : IMerkleHash
{
    private static readonly Blake3Hasher s_node = Blake3Hasher.DerivingKey("Prozchain.AI v0 model tree node"u8);

    public static Bytes32 Empty { get; } = VaultHash.Content([]);

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => VaultHash.Content(data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => VaultHash.Node(s_node, left, right);
}

/// <summary>The tree over piece digests: of the pieces of a stripe, then of the stripes.</summary>
internal readonly struct AuditTree : IMerkleHash
{
    private static readonly Blake3Hasher s_node = Blake3Hasher.DerivingKey("Prozchain.AI v0 audit tree node"u8);

    public static Bytes32 Empty { get; } = VaultHash.Content([]);

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => VaultHash.Content(data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => VaultHash.Node(s_node, left, right);
}
