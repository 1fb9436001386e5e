using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>
/// The tree over the leaves of a <see cref="LeafTable"/>, with the shape and root of Shared's BinaryTrie, its readable
/// oracle: nodes in one array, the changed ones noted as they change, and hashed level by level, many at once. A
/// reference is 0 for nothing, a positive number for an inner node, the complement of a leaf's number for a leaf.
/// Allocates only to grow.
/// </summary>
internal sealed class StateTree<THash>(LeafTable leaves) where THash : IStateHash
{
    private readonly DirtyLevels _levels = new();
    private Inner[] _nodes = new Inner[16];
    private int _count = 1, _free, _attached;

    public int Root { get; private set; }

    /// <summary>True if some part is known by its hash alone.</summary>
    public bool HasStubs { get; private set; }

    public ref readonly Inner this[int node] => ref _nodes[node];

    public Bytes32 HashOf(int reference) => reference == 0 ? default : reference > 0 ? _nodes[reference].Hash : leaves[~reference].Hash;

    /// <summary>True if the way to a key that has no leaf runs into a stub.</summary>
    public bool IsHidden(in Bytes32 key)
    {
        int at = Root;
        while (at > 0 && !_nodes[at].IsStub) at = key.Bit(_nodes[at].Depth) == 0 ? _nodes[at].Left : _nodes[at].Right;
        return at > 0;
    }

    /// <summary>The hashes beside the way to a key that has a leaf, from the root down. All hashes must be up to date.</summary>
    public Digest32[] Siblings(in Bytes32 key)
    {
        var siblings = new List<Digest32>();
        for (int at = Root; at > 0;)
        {
            bool isLeft = key.Bit(_nodes[at].Depth) == 0;
            siblings.Add(new Digest32(HashOf(isLeft ? _nodes[at].Right : _nodes[at].Left)));
            at = isLeft ? _nodes[at].Left : _nodes[at].Right;
        }
        return [.. siblings];
    }

    /// <summary>Puts leaves that were added to the table since the last call into the tree.</summary>
    public void AttachNew()
    {
        for (; _attached < leaves.Count; _attached++) Attach(_attached);
    }

    /// <summary>Takes the youngest leaf of the table out of the tree, if it is in it.</summary>
    public void DetachLast()
    {
        int leaf = leaves.Count - 1;
        if (_attached <= leaf) return;
        _attached = leaf;
        int parent = leaves[leaf].Parent;
        Replace(parent, ~leaf, 0);
        // What is left with one leaf is that leaf.
        while (parent != 0 && LoneLeaf(parent) is var lone && lone < 0)
        {
            int above = _nodes[parent].Parent;
            Replace(above, parent, lone);
            leaves[~lone].Parent = above;
            Free(parent);
            parent = above;
        }
        MarkFrom(parent);
    }

    /// <summary>Notes that the hash of a leaf changed.</summary>
    public void MarkAbove(int leaf) => MarkFrom(leaves[leaf].Parent);

    /// <summary>Brings the hashes of all inner nodes that changed up to date, the deepest first.</summary>
    public Bytes32 Rehash()
    {
        ReadOnlySpan<int> order = _levels.Sort(_nodes);
        for (int at = 0; at < order.Length;)
        {
            int depth = _nodes[order[at]].Depth, end = at + 1;
            while (end < order.Length && _nodes[order[end]].Depth == depth) end++;
            HashLevel(order[at..end]);
            at = end;
        }
        _levels.Clear();
        return HashOf(Root);
    }

    /// <summary>Builds a part of a tree top-down: an inner node whose children follow.</summary>
    public int AddInner(int depth) => Allocate(new Inner { Depth = (short)depth });

    public int AddStub(int depth, in Bytes32 hash)
    {
        HasStubs = true;
        return Allocate(new Inner { Depth = (short)depth, Hash = hash, IsStub = true });
    }

    /// <summary>Sets the children of a node of a part, all of whose inner nodes get hashed by the next <see cref="Rehash"/>.</summary>
    public void Join(int node, int left, int right)
    {
        (_nodes[node].Left, _nodes[node].Right) = (left, right);
        SetParent(left, node);
        SetParent(right, node);
        _nodes[node].IsDirty = true;
        _levels.Add(node, _nodes[node].Depth);
    }

    public void SetPart(int root)
    {
        Root = root;
        SetParent(root, 0);
        _attached = leaves.Count;
    }

    private void HashLevel(ReadOnlySpan<int> nodes)
    {
        const int Most = 64;
        Span<byte> messages = stackalloc byte[Most * 2 * Bytes32.Size], digests = stackalloc byte[Most * Bytes32.Size];
        for (; !nodes.IsEmpty; nodes = nodes[Math.Min(Most, nodes.Length)..])
        {
            int count = Math.Min(Most, nodes.Length);
            foreach (int node in nodes[..count]) Prefetch(node);
            foreach (int node in nodes[..count])
            {
                Prefetch(_nodes[node].Left);
                Prefetch(_nodes[node].Right);
            }
            for (int i = 0; i < count; i++)
            {
                HashOf(_nodes[nodes[i]].Left).Span.CopyTo(messages[(i * 2 * Bytes32.Size)..]);
                HashOf(_nodes[nodes[i]].Right).Span.CopyTo(messages[((i * 2 + 1) * Bytes32.Size)..]);
            }
            THash.HashMany(Hashing.InnerTag, messages[..(count * 2 * Bytes32.Size)], 2 * Bytes32.Size, digests[..(count * Bytes32.Size)]);
            for (int i = 0; i < count; i++)
            {
                _nodes[nodes[i]].Hash = new Bytes32(digests.Slice(i * Bytes32.Size, Bytes32.Size));
                _nodes[nodes[i]].IsDirty = false;
            }
        }
    }

    private unsafe void Prefetch(int reference)
    {
        if (reference < 0) leaves.Prefetch(~reference);
        else if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _nodes[reference]));
    }

    private void Attach(int leaf)
    {
        ref readonly Bytes32 key = ref leaves[leaf].Key;
        int at = Root, parent = 0, depth = 0;
        for (; at > 0; depth++)
        {
            if (_nodes[at].IsStub) throw new UnreachableException("A key behind a stub was written.");
            (parent, at) = (at, key.Bit(depth) == 0 ? _nodes[at].Left : _nodes[at].Right);
        }
        int added = at == 0 ? ~leaf : Branch(depth, ~at, leaf);
        if (parent == 0) Root = added;
        else if (key.Bit(depth - 1) == 0) _nodes[parent].Left = added;
        else _nodes[parent].Right = added;
        SetParent(added, parent);
        MarkFrom(leaves[leaf].Parent);
    }

    // Two leaves that agree down to depth: inner nodes along their common bits, then a fork.
    private int Branch(int depth, int one, int other)
    {
        int fork = Bytes32.CommonPrefix(leaves[one].Key, leaves[other].Key), top = AddInner(fork);
        (int left, int right) = leaves[one].Key.Bit(fork) == 0 ? (one, other) : (other, one);
        (_nodes[top].Left, _nodes[top].Right) = (~left, ~right);
        leaves[one].Parent = leaves[other].Parent = top;
        while (fork-- > depth)
        {
            int above = AddInner(fork);
            if (leaves[one].Key.Bit(fork) == 0) _nodes[above].Left = top; else _nodes[above].Right = top;
            _nodes[top].Parent = above;
            top = above;
        }
        return top;
    }

    private void MarkFrom(int node)
    {
        for (; node != 0 && !_nodes[node].IsDirty; node = _nodes[node].Parent)
        {
            _nodes[node].IsDirty = true;
            _levels.Add(node, _nodes[node].Depth);
        }
    }

    private int LoneLeaf(int node)
    {
        ref readonly Inner inner = ref _nodes[node];
        return inner.Left == 0 ? Math.Min(inner.Right, 0) : inner.Right == 0 ? Math.Min(inner.Left, 0) : 0;
    }

    private void Replace(int parent, int from, int to)
    {
        if (parent == 0) Root = to;
        else if (_nodes[parent].Left == from) _nodes[parent].Left = to;
        else _nodes[parent].Right = to;
    }

    private void SetParent(int reference, int parent)
    {
        if (reference > 0) _nodes[reference].Parent = parent;
        else if (reference < 0) leaves[~reference].Parent = parent;
    }

    private int Allocate(in Inner inner)
    {
        int node = _free;
        if (node != 0) _free = _nodes[node].Left;
        else
        {
            if (_count == _nodes.Length) Array.Resize(ref _nodes, 2 * _count);
            node = _count++;
        }
        _nodes[node] = inner;
        return node;
    }

    // It may still be noted as changed; the mark is what counts.
    private void Free(int node)
    {
        _nodes[node] = new Inner { Left = _free };
        _free = node;
    }

    internal struct Inner
    {
        public Bytes32 Hash;
        public int Left, Right, Parent;
        public short Depth;
        public bool IsDirty, IsStub;
    }

    /// <summary>The nodes noted as changed, and their order by depth, the deepest first.</summary>
    private sealed class DirtyLevels
    {
        private readonly int[] _starts = new int[258];
        private int[] _noted = new int[64], _sorted = new int[64];
        private int _count;

        public void Add(int node, int depth)
        {
            Debug.Assert(depth is >= 0 and < 256);
            if (_count == _noted.Length) Array.Resize(ref _noted, 2 * _count);
            _noted[_count++] = node;
        }

        public void Clear() => _count = 0;

        // Counting sort. A node freed since is dropped; one freed and taken again is there once.
        public ReadOnlySpan<int> Sort(Inner[] nodes)
        {
            if (_sorted.Length < _count) _sorted = new int[_noted.Length];
            Array.Clear(_starts);
            int kept = 0;
            for (int i = 0; i < _count; i++)
            {
                ref Inner node = ref nodes[_noted[i]];
                if (!node.IsDirty) continue;
                node.IsDirty = false;
                _starts[256 - node.Depth]++;
                _noted[kept++] = _noted[i];
            }
            for (int i = 1; i < _starts.Length; i++) _starts[i] += _starts[i - 1];
            for (int i = kept - 1; i >= 0; i--) _sorted[--_starts[256 - nodes[_noted[i]].Depth]] = _noted[i];
            return _sorted.AsSpan(0, kept);
        }
    }
}
