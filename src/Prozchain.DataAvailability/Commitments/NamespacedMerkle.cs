namespace Prozchain.DataAvailability.Commitments;

/// <summary>Namespaced Merkle trees over nodes of leaves, of the shape of RFC 6962: in place, level by level.</summary>
internal static class NamespacedMerkle
{
    private const int NodeSize = NamespacedHash.NodeSize;

    /// <summary>The root over any number of leaves.</summary>
    /// <param name="nodes">The leaves' nodes in order, 90 bytes each; overwritten.</param>
    /// <param name="root">Receives 90 bytes.</param>
    public static void Root(Span<byte> nodes, Span<byte> root)
    {
        int count = nodes.Length / NodeSize;
        if (count == 0)
        {
            NamespacedHash.Empty(root);
            return;
        }
        // A node without a neighbour goes up as it is: that gives the split at the largest power of two.
        for (; count > 1; count = (count + 1) / 2)
        {
            NamespacedHash.Inners(nodes[..(count / 2 * 2 * NodeSize)], nodes);
            if (count % 2 == 1) nodes.Slice((count - 1) * NodeSize, NodeSize).CopyTo(nodes[(count / 2 * NodeSize)..]);
        }
        nodes[..NodeSize].CopyTo(root);
    }

    /// <summary>
    /// The roots of many trees of one size, side by side: they replace the first nodes, in order.
    /// </summary>
    /// <param name="nodes">The leaves' nodes, tree after tree; overwritten.</param>
    /// <param name="treeSize">Leaves of a tree: a power of two that divides the number of nodes.</param>
    /// <returns>The roots, within <paramref name="nodes"/>.</returns>
    public static Span<byte> Roots(Span<byte> nodes, int treeSize)
    {
        for (; treeSize > 1; treeSize /= 2)
        {
            NamespacedHash.Inners(nodes, nodes);
            nodes = nodes[..(nodes.Length / 2)];
        }
        return nodes;
    }
}
