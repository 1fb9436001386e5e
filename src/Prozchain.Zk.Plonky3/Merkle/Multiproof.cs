using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Hashing;

namespace Prozchain.Zk.Plonky3.Merkle;

/// <summary>
/// Opens many leaves of a tree over matrices of several heights at once: digests that can be computed from opened rows are
/// left out, the others come level by level from the leaves, in ascending order.
/// </summary>
internal static class Multiproof
{
    /// <summary>Whether rows lead to a cap, using every digest.</summary>
    /// <param name="hash">The tree's hash.</param>
    /// <param name="cap">2^k digests, at most as many as leaves.</param>
    /// <param name="logHeights">log2 of the height of each matrix, none below the cap's.</param>
    /// <param name="indices">The leaf of each query, below the largest height.</param>
    /// <param name="rows">For each query and matrix, a row with its salts. Rows that queries share must be equal.</param>
    /// <param name="siblings">The digests left.</param>
    public static bool Verify<TField>(
        TreeHash<TField> hash, ReadOnlySpan<Bytes32> cap, int[] logHeights, ReadOnlySpan<int> indices, TField[][][] rows, ReadOnlySpan<Bytes32> siblings)
        where TField : unmanaged, IField<TField>
    {
        int logCap = System.Numerics.BitOperations.Log2((uint)cap.Length), level = logHeights.Max();
        int[] nodes = indices.ToArray(), queries = [.. Enumerable.Range(0, nodes.Length)];
        Array.Sort(nodes, queries);
        if (!TryRowDigests(hash, logHeights, level, nodes, queries, rows, out Bytes32[] digests)) return false;
        (int[] places, int used) = (Distinct(nodes), 0);
        while (level > logCap)
        {
            level--;
            for (int i = 0; i < nodes.Length; i++) nodes[i] >>= 1;
            int[] parents = Distinct(nodes);
            var above = new Bytes32[parents.Length];
            for (int i = 0, at = 0; i < parents.Length; i++)
            {
                bool hasLeft = places[at] == 2 * parents[i], hasRight = places[at] == 2 * parents[i] + 1 || (at + 1 < places.Length && places[at + 1] == 2 * parents[i] + 1);
                if ((!hasLeft || !hasRight) && used == siblings.Length) return false;
                Bytes32 left = hasLeft ? digests[at++] : siblings[used++], right = hasRight ? digests[at++] : siblings[used++];
                above[i] = hash.Compress(in left, in right);
            }
            (places, digests) = (parents, above);
            if (!logHeights.Contains(level)) continue;
            if (!TryRowDigests(hash, logHeights, level, nodes, queries, rows, out Bytes32[] injected)) return false;
            for (int i = 0; i < digests.Length; i++) digests[i] = hash.Compress(in digests[i], in injected[i]);
        }
        for (int i = 0; i < places.Length; i++)
            if (!digests[i].Equals(cap[places[i]])) return false;
        return used == siblings.Length;
    }

    /// <summary>The digests that an opening at some leaves needs.</summary>
    /// <param name="levels">The nodes of a tree, from the leaves to the cap.</param>
    /// <param name="indices">The leaves.</param>
    public static Bytes32[] Siblings(Bytes32[][] levels, ReadOnlySpan<int> indices)
    {
        List<Bytes32> siblings = [];
        int[] nodes = indices.ToArray();
        Array.Sort(nodes);
        foreach (Bytes32[] level in levels.AsSpan(0, levels.Length - 1))
        {
            nodes = Distinct(nodes);
            for (int i = 0; i < nodes.Length; i++)
                if (Array.BinarySearch(nodes, nodes[i] ^ 1) < 0) siblings.Add(level[nodes[i] ^ 1]);
            for (int i = 0; i < nodes.Length; i++) nodes[i] >>= 1;
        }
        return [.. siblings];
    }

    // At each distinct node, the digest of the rows of all matrices of this height; false if queries disagree on them.
    private static bool TryRowDigests<TField>(
        TreeHash<TField> hash, int[] logHeights, int level, int[] nodes, int[] queries, TField[][][] rows, out Bytes32[] digests)
        where TField : unmanaged, IField<TField>
    {
        List<Bytes32> found = [];
        digests = [];
        int first = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (i > 0 && nodes[i] == nodes[i - 1])
            {
                for (int matrix = 0; matrix < logHeights.Length; matrix++)
                    if (logHeights[matrix] == level && !rows[queries[i]][matrix].AsSpan().SequenceEqual(rows[first][matrix])) return false;
                continue;
            }
            first = queries[i];
            found.Add(RowDigest(hash, logHeights, level, rows[first]));
        }
        digests = [.. found];
        return true;
    }

    private static Bytes32 RowDigest<TField>(TreeHash<TField> hash, int[] logHeights, int level, TField[][] rows) where TField : unmanaged, IField<TField>
    {
        int width = 0;
        for (int matrix = 0; matrix < rows.Length; matrix++) width += logHeights[matrix] == level ? rows[matrix].Length : 0;
        var joined = new TField[width];
        for (int matrix = 0, at = 0; matrix < rows.Length; matrix++)
        {
            if (logHeights[matrix] != level) continue;
            rows[matrix].CopyTo(joined, at);
            at += rows[matrix].Length;
        }
        return hash.HashRow(joined);
    }

    private static int[] Distinct(int[] sorted)
    {
        int count = 0;
        var distinct = new int[sorted.Length];
        foreach (int value in sorted)
            if (count == 0 || distinct[count - 1] != value) distinct[count++] = value;
        return distinct[..count];
    }
}
