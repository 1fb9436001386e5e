using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>
/// The tree of <see cref="MerkleTree{THash}"/> over leaves that are added at the end and changed in place, a path at a time: each
/// level pairs the one below from the left, and a last one without a partner is carried up as it is.
/// </summary>
internal sealed class RecordTree
{
    private readonly List<List<Bytes32>> _levels = [[]];

    public int Count => _levels[0].Count;

    public Bytes32 Root => Count == 0 ? RegistryHash.Empty : _levels[^1][0];

    /// <summary>Sets a leaf, or adds one: the index is at most <see cref="Count"/>.</summary>
    public void Set(int index, in Bytes32 leaf)
    {
        Bytes32 node = leaf;
        for (int level = 0; ; level++, index >>= 1)
        {
            List<Bytes32> nodes = _levels[level];
            if (index == nodes.Count) nodes.Add(node);
            else nodes[index] = node;
            if (nodes.Count == 1) return;
            if (level + 1 == _levels.Count) _levels.Add([]);
            int left = index & ~1;
            node = left + 1 < nodes.Count ? RegistryHash.Inner(nodes[left], nodes[left + 1]) : nodes[left];
        }
    }
}
