using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Coding;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// The hash of Celestia's namespaced Merkle trees (github.com/celestiaorg/nmt, 29-byte namespaces, SHA-256,
/// IgnoreMaxNamespace): a node is the least namespace below it, the greatest, and a digest. The greatest leaves the
/// parity namespace aside unless there is no other.
/// </summary>
internal static class NamespacedHash
{
    public const int NamespaceSize = 29, DigestSize = 32;

    /// <summary>Bytes of a node: least namespace, greatest namespace, digest.</summary>
    public const int NodeSize = 2 * NamespaceSize + DigestSize;

    /// <summary>Bytes before the content in what a leaf's digest covers: 0x00 and the namespace.</summary>
    public const int LeafPrefixSize = 1 + NamespaceSize;

    private const int PairSize = 1 + 2 * NodeSize, Group = 16, StackLimit = 1024;

    /// <summary>29 bytes 0xFF: the namespace of every cell outside the data quadrant.</summary>
    public static ReadOnlySpan<byte> Parity =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];

    /// <summary>The least namespace of a node or root.</summary>
    public static ReadOnlySpan<byte> Min(ReadOnlySpan<byte> node) => node[..NamespaceSize];

    /// <summary>The greatest namespace of a node or root.</summary>
    public static ReadOnlySpan<byte> Max(ReadOnlySpan<byte> node) => node.Slice(NamespaceSize, NamespaceSize);

    /// <summary>The root of a tree without leaves: zeros, and the digest of nothing.</summary>
    public static void Empty(Span<byte> node)
    {
        node[..(2 * NamespaceSize)].Clear();
        SHA256.HashData([], node.Slice(2 * NamespaceSize, DigestSize));
    }

    /// <summary>The node of one leaf: SHA-256(0x00 || namespace || data), with the namespace twice before it.</summary>
    public static void Leaf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, Span<byte> node)
    {
        int length = LeafPrefixSize + data.Length;
        byte[]? rented = length <= StackLimit ? null : ArrayPool<byte>.Shared.Rent(length);
        Span<byte> input = rented ?? stackalloc byte[StackLimit];
        input[0] = 0;
        name.CopyTo(input[1..LeafPrefixSize]);
        data.CopyTo(input[LeafPrefixSize..]);
        SetLeafNames(name, node);
        SHA256.HashData(input[..length], node.Slice(2 * NamespaceSize, DigestSize));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>The node above two: SHA-256(0x01 || left || right). <paramref name="node"/> may be either of them.</summary>
    public static void Inner(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> input = stackalloc byte[PairSize];
        Pair(left, right, input);
        SetInnerNames(input[1..], input[(1 + NodeSize)..], node);
        SHA256.HashData(input, node.Slice(2 * NamespaceSize, DigestSize));
    }

    /// <summary>The nodes of many leaves of one size.</summary>
    /// <param name="name">The namespace of all of them; empty: each has its own, its first 29 bytes.</param>
    /// <param name="data">What the leaves hold, without the namespace that the tree puts before it.</param>
    /// <param name="nodes">90 bytes for each leaf.</param>
    [SkipLocalsInit]
    public static void Leaves(ReadOnlySpan<byte> name, ReadOnlyShards data, Span<byte> nodes)
    {
        Span<byte> prefixes = stackalloc byte[Group * LeafPrefixSize], digests = stackalloc byte[Group * DigestSize];
        for (int first = 0; first < data.Count; first += Group)
        {
            int count = Math.Min(Group, data.Count - first);
            HashLeaves(name, data.Bytes[(first * data.Stride)..], data.ShardSize, data.Stride, prefixes, digests[..(count * DigestSize)]);
            for (int i = 0; i < count; i++)
            {
                Span<byte> node = nodes.Slice((first + i) * NodeSize, NodeSize);
                SetLeafNames(name.IsEmpty ? data[first + i][..NamespaceSize] : name, node);
                digests.Slice(i * DigestSize, DigestSize).CopyTo(node[(2 * NamespaceSize)..]);
            }
        }
    }

    /// <summary>The digests of up to 16 leaves.</summary>
    /// <param name="name">As of <see cref="Leaves"/>.</param>
    /// <param name="cells">What they hold.</param>
    /// <param name="size">Bytes of each.</param>
    /// <param name="stride">Bytes from one to the next.</param>
    /// <param name="prefixes">Scratch of 16 × 30 bytes.</param>
    /// <param name="digests">32 bytes for each leaf.</param>
    public static void HashLeaves(ReadOnlySpan<byte> name, ReadOnlySpan<byte> cells, int size, int stride, Span<byte> prefixes, Span<byte> digests)
    {
        int count = digests.Length / DigestSize;
        for (int i = 0; i < (name.IsEmpty ? count : 1); i++)
        {
            Span<byte> prefix = prefixes.Slice(i * LeafPrefixSize, LeafPrefixSize);
            prefix[0] = 0;
            (name.IsEmpty ? cells.Slice(i * stride, NamespaceSize) : name).CopyTo(prefix[1..]);
        }
        Sha256Lanes.HashPrefixed(prefixes, LeafPrefixSize, name.IsEmpty ? LeafPrefixSize : 0, cells, size, stride, digests);
    }

    /// <summary>The nodes above pairs of nodes that lie one after the other.</summary>
    /// <param name="nodes">An even number of nodes.</param>
    /// <param name="parents">Half as many; may start where the nodes do.</param>
    [SkipLocalsInit]
    public static void Inners(ReadOnlySpan<byte> nodes, Span<byte> parents)
    {
        Span<byte> digests = stackalloc byte[Group * DigestSize];
        int pairs = nodes.Length / (2 * NodeSize);
        for (int first = 0; first < pairs; first += Group)
        {
            int count = Math.Min(Group, pairs - first);
            Sha256Lanes.HashPrefixed([1], 1, 0, nodes[(2 * first * NodeSize)..], 2 * NodeSize, 2 * NodeSize, digests[..(count * DigestSize)]);
            // In order, so that in place a parent never covers nodes that are still to be read.
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> pair = nodes.Slice(2 * (first + i) * NodeSize, 2 * NodeSize);
                Span<byte> parent = parents.Slice((first + i) * NodeSize, NodeSize);
                SetInnerNames(pair, pair[NodeSize..], parent);
                digests.Slice(i * DigestSize, DigestSize).CopyTo(parent[(2 * NamespaceSize)..]);
            }
        }
    }

    /// <summary>
    /// The namespaces of the node above two: the least of the left; the greatest of the right, or of the left where the
    /// right holds nothing but parity. <paramref name="node"/> may be the left.
    /// </summary>
    public static void SetInnerNames(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        bool isParity = Min(right).SequenceEqual(Parity);
        Min(left).CopyTo(node);
        (isParity ? Max(left) : Max(right)).CopyTo(node[NamespaceSize..]);
    }

    /// <summary>The namespaces of a leaf's node.</summary>
    public static void SetLeafNames(ReadOnlySpan<byte> name, Span<byte> node)
    {
        name.CopyTo(node);
        name.CopyTo(node[NamespaceSize..]);
    }

    private static void Pair(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> input)
    {
        input[0] = 1;
        left[..NodeSize].CopyTo(input[1..]);
        right[..NodeSize].CopyTo(input[(1 + NodeSize)..]);
    }
}
