using Prozchain.Shared;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Merkle;

/// <summary>The two hashes of a tree, each in its own domain, as in RFC 6962: no leaf passes for an inner node.</summary>
internal static class NodeHash<THash> where THash : struct, IDigest<THash>
{
    public const byte LeafTag = 0, InnerTag = 1;
    public const int InnerSize = 1 + 2 * Bytes32.Size;

    /// <param name="tagged">A zero byte, then the leaf: together in one buffer, so that hashing is one call.</param>
    public static Bytes32 TaggedLeaf(ReadOnlySpan<byte> tagged)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        THash.Hash(tagged, digest);
        return new Bytes32(digest);
    }

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right)
    {
        Span<byte> buffer = stackalloc byte[1 + 2 * Bytes32.Size];
        buffer[0] = InnerTag;
        left.Span.CopyTo(buffer[1..]);
        right.Span.CopyTo(buffer[(1 + Bytes32.Size)..]);
        THash.Hash(buffer, buffer);
        return new Bytes32(buffer);
    }
}
