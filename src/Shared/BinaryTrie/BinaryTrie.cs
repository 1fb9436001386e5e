using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// Authenticated map from 256-bit keys to byte strings: a binary prefix trie in which a subtree with one key is
/// that key's leaf. The root depends on the set of pairs only, not on the order of updates:
/// <c>hash({}) = 0</c>, <c>hash({k: v}) = Leaf(k, Value(v))</c>, otherwise <c>Inner(hash(bit d = 0), hash(bit d = 1))</c>
/// at depth d. The root of all keys under a prefix is thus one node, whichever tree holds it.
/// </summary>
/// <remarks>
/// The readable reference. A subtree may be a stub of which only the hash is known: a verifier builds such a trie
/// from proofs (<see cref="TryFromProofs"/>), applies the same updates and gets the same root. Keys are never
/// removed. Not thread-safe.
/// </remarks>
internal sealed class BinaryTrie<THash> where THash : ITrieHash
{
    private const int None = -1;

    private readonly List<Node> _nodes = [];
    private readonly List<byte[]?> _values = [];
    private int _root = None;
    private Bytes32 _anyKey;

    /// <param name="rootDepth">Depth in bits of the root: keys of this trie share that many leading bits.</param>
    public BinaryTrie(int rootDepth = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rootDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rootDepth, 255);
        RootDepth = rootDepth;
    }

    public int RootDepth { get; }

    /// <summary>Number of keys whose leaves are known here.</summary>
    public int Count { get; private set; }

    private enum NodeKind : byte { Inner, Leaf, Stub }

    /// <summary>The value of a key; empty unless found. The span is valid until that key is set again.</summary>
    public TrieStatus TryGet(in Bytes32 key, out ReadOnlySpan<byte> value)
    {
        value = default;
        int at = _root;
        for (int depth = RootDepth; at != None; depth++)
        {
            ref readonly Node node = ref NodeAt(at);
            if (node.Kind == NodeKind.Stub) return TrieStatus.Unknown;
            if (node.Kind == NodeKind.Leaf)
            {
                if (!node.Key.Equals(key)) return TrieStatus.Absent;
                if (_values[node.Right] is not { } bytes) return TrieStatus.Unknown;
                value = bytes;
                return TrieStatus.Found;
            }
            at = key.Bit(depth) == 0 ? node.Left : node.Right;
        }
        return TrieStatus.Absent;
    }

    /// <summary>Adds or replaces. <see cref="TrieStatus.Unknown"/>: the path is a stub and nothing changed.</summary>
    /// <exception cref="ArgumentException">The key lies outside the prefix that this trie's keys share.</exception>
    public TrieStatus Set(in Bytes32 key, ReadOnlySpan<byte> value)
    {
        if (Count > 0 && Bytes32.CommonPrefix(_anyKey, key) < RootDepth)
            throw new ArgumentException($"Expected a key with the first {RootDepth} bits of {_anyKey}, got {key}.", nameof(key));
        Span<int> path = stackalloc int[257];
        int length = 0, at = _root;
        while (at != None && NodeAt(at).Kind == NodeKind.Inner)
        {
            path[length++] = at;
            at = key.Bit(RootDepth + length - 1) == 0 ? NodeAt(at).Left : NodeAt(at).Right;
        }
        if (at != None && NodeAt(at).Kind == NodeKind.Stub) return TrieStatus.Unknown;

        Bytes32 leafHash = THash.Leaf(key, THash.Value(value));
        if (at != None && NodeAt(at).Key.Equals(key))
        {
            ref Node leaf = ref NodeAt(at);
            leaf.Hash = leafHash;
            _values[leaf.Right] = value.ToArray();
        }
        else
        {
            int added = AddLeaf(key, leafHash, value.ToArray());
            CountKey(key);
            Replace(key, path[..length], at == None ? added : Branch(RootDepth + length, at, added));
        }
        for (int i = 0; i < length; i++) NodeAt(path[i]).Dirty = true;
        return TrieStatus.Found;
    }

    /// <summary>Hash of the whole; zero when empty. Recomputes what changed since the last call.</summary>
    public Bytes32 Root() => HashOf(_root);

    /// <summary>Proof of a key's presence or absence against <see cref="Root"/>; null if the path is not known.</summary>
    public TrieProof? Prove(in Bytes32 key)
    {
        Root();
        var siblings = new List<Bytes32>();
        int at = _root;
        while (at != None && NodeAt(at).Kind == NodeKind.Inner)
        {
            ref readonly Node node = ref NodeAt(at);
            bool left = key.Bit(RootDepth + siblings.Count) == 0;
            siblings.Add(HashOf(left ? node.Right : node.Left));
            at = left ? node.Left : node.Right;
        }
        if (at == None) return new TrieProof { Siblings = [.. siblings] };
        ref readonly Node end = ref NodeAt(at);
        if (end.Kind == NodeKind.Stub) return null;
        return new TrieProof { Siblings = [.. siblings], HasLeaf = true, LeafKey = end.Key, LeafValueHash = end.ValueHash(this) };
    }

    /// <summary>
    /// Builds the part of a trie that proofs describe. False unless every proof leads to <paramref name="root"/>. For
    /// each proof there is the value its leaf holds, or null when the value is not needed.
    /// </summary>
    public static bool TryFromProofs(in Bytes32 root, int rootDepth, ReadOnlySpan<Bytes32> keys, ReadOnlySpan<TrieProof> proofs, ReadOnlySpan<byte[]?> values, out BinaryTrie<THash> trie)
    {
        trie = new BinaryTrie<THash>(rootDepth);
        if (keys.Length != proofs.Length || values.Length != proofs.Length) return false;
        if (!root.IsZero) trie._root = trie.AddNode(new Node { Kind = NodeKind.Stub, Hash = root });
        for (int i = 0; i < proofs.Length; i++)
        {
            if (!proofs[i].Verify<THash>(root, rootDepth, keys[i])) return false;
            if (values[i] is { } value && !(proofs[i].HasLeaf && THash.Value(value).Equals(proofs[i].LeafValueHash))) return false;
            trie.Graft(keys[i], proofs[i], values[i]);
        }
        return true;
    }

    // The proof is verified, so that where it meets a node already known, the two agree.
    private void Graft(in Bytes32 key, TrieProof proof, byte[]? value)
    {
        int at = _root;
        var path = new Bytes32[proof.Siblings.Length + 1];
        proof.RootHash<THash>(RootDepth, key, path);
        for (int i = 0; i < proof.Siblings.Length; i++)
        {
            bool left = key.Bit(RootDepth + i) == 0;
            if (NodeAt(at).Kind == NodeKind.Stub)
            {
                int sibling = proof.Siblings[i].IsZero ? None : AddNode(new Node { Kind = NodeKind.Stub, Hash = proof.Siblings[i] });
                int child = path[i + 1].IsZero ? None : AddNode(new Node { Kind = NodeKind.Stub, Hash = path[i + 1] });
                ref Node node = ref NodeAt(at);
                node.Kind = NodeKind.Inner;
                (node.Left, node.Right) = left ? (child, sibling) : (sibling, child);
            }
            at = left ? NodeAt(at).Left : NodeAt(at).Right;
            if (at == None) return;
        }
        if (at == None || !proof.HasLeaf) return;
        if (NodeAt(at).Kind == NodeKind.Stub)
        {
            _values.Add(value);
            ref Node node = ref NodeAt(at);
            node = new Node { Kind = NodeKind.Leaf, Hash = node.Hash, Key = proof.LeafKey, Left = None, Right = _values.Count - 1 };
            node.KnownValueHash = proof.LeafValueHash;
            CountKey(proof.LeafKey);
        }
        else if (value is not null)
        {
            _values[NodeAt(at).Right] = value;
        }
    }

    private Bytes32 HashOf(int at)
    {
        if (at == None) return default;
        if (NodeAt(at).Dirty)
        {
            Bytes32 left = HashOf(NodeAt(at).Left), right = HashOf(NodeAt(at).Right);
            ref Node node = ref NodeAt(at);
            node.Hash = THash.Inner(left, right);
            node.Dirty = false;
        }
        return NodeAt(at).Hash;
    }

    private void Replace(in Bytes32 key, ReadOnlySpan<int> path, int with)
    {
        if (path.IsEmpty) { _root = with; return; }
        ref Node parent = ref NodeAt(path[^1]);
        if (key.Bit(RootDepth + path.Length - 1) == 0) parent.Left = with; else parent.Right = with;
    }

    // Two leaves that agree down to depth: inner nodes along their common bits, then a fork.
    private int Branch(int depth, int a, int b)
    {
        int fork = Bytes32.CommonPrefix(NodeAt(a).Key, NodeAt(b).Key);
        (int left, int right) = NodeAt(a).Key.Bit(fork) == 0 ? (a, b) : (b, a);
        int top = AddNode(new Node { Kind = NodeKind.Inner, Left = left, Right = right, Dirty = true });
        while (fork-- > depth)
        {
            bool isLeft = NodeAt(a).Key.Bit(fork) == 0;
            top = AddNode(new Node { Kind = NodeKind.Inner, Left = isLeft ? top : None, Right = isLeft ? None : top, Dirty = true });
        }
        return top;
    }

    private void CountKey(in Bytes32 key)
    {
        if (Count++ == 0) _anyKey = key;
    }

    private int AddLeaf(in Bytes32 key, in Bytes32 hash, byte[] value)
    {
        _values.Add(value);
        return AddNode(new Node { Kind = NodeKind.Leaf, Key = key, Hash = hash, Left = None, Right = _values.Count - 1 });
    }

    private int AddNode(in Node node)
    {
        _nodes.Add(node);
        return _nodes.Count - 1;
    }

    private ref Node NodeAt(int index) => ref CollectionsMarshal.AsSpan(_nodes)[index];

    private struct Node
    {
        public Bytes32 Hash;
        public Bytes32 Key;
        public Bytes32 KnownValueHash;

        /// <summary>Child, or none.</summary>
        public int Left;

        /// <summary>Child, or none; of a leaf, the index of its value.</summary>
        public int Right;

        public NodeKind Kind;
        public bool Dirty;

        public readonly Bytes32 ValueHash(BinaryTrie<THash> trie) => trie._values[Right] is { } value ? THash.Value(value) : KnownValueHash;
    }
}
