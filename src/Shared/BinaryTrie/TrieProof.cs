using System.Buffers;

namespace Prozchain.Shared;

/// <summary>
/// Shows what a <see cref="BinaryTrie{THash}"/> holds on the path of one key: its leaf, another key's leaf (the key
/// is absent), or nothing (absent too). Wire form: depth (varint, at most 256), a bitmap of depth bits saying which
/// siblings are not zero, those siblings from the root down, 0 or 1, and if 1 the leaf's key and value hash.
/// </summary>
internal sealed class TrieProof
{
    /// <summary>Hashes beside the path, from the root down.</summary>
    public required Bytes32[] Siblings { get; init; }

    public bool HasLeaf { get; init; }

    public Bytes32 LeafKey { get; init; }

    public Bytes32 LeafValueHash { get; init; }

    /// <summary>True when the proof, if it verifies, shows that the key has the value with this hash.</summary>
    public bool Shows(in Bytes32 key, in Bytes32 valueHash) => HasLeaf && LeafKey.Equals(key) && LeafValueHash.Equals(valueHash);

    /// <summary>True when the proof, if it verifies, shows that the key is absent.</summary>
    public bool ShowsAbsent(in Bytes32 key) => !HasLeaf || !LeafKey.Equals(key);

    public bool Verify<THash>(in Bytes32 root, int rootDepth, in Bytes32 key) where THash : ITrieHash
    {
        if (Siblings.Length > 256 - rootDepth) return false;
        // A leaf of another key proves absence only if it lies on this key's path.
        if (HasLeaf && Bytes32.CommonPrefix(LeafKey, key) < rootDepth + Siblings.Length) return false;
        return RootHash<THash>(rootDepth, key).Equals(root);
    }

    /// <summary>The root that the proof leads to. A path of depth + 1 entries, if given, gets the nodes' hashes from the root down.</summary>
    public Bytes32 RootHash<THash>(int rootDepth, in Bytes32 key, Span<Bytes32> path = default) where THash : ITrieHash
    {
        Bytes32 hash = HasLeaf ? THash.Leaf(LeafKey, LeafValueHash) : default;
        for (int i = Siblings.Length; ; i--)
        {
            if (!path.IsEmpty) path[i] = hash;
            if (i == 0) return hash;
            hash = key.Bit(rootDepth + i - 1) == 0 ? THash.Inner(hash, Siblings[i - 1]) : THash.Inner(Siblings[i - 1], hash);
        }
    }

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)Siblings.Length);
        Span<byte> bitmap = stackalloc byte[32];
        bitmap.Clear();
        for (int i = 0; i < Siblings.Length; i++)
            if (!Siblings[i].IsZero) bitmap[i >> 3] |= (byte)(1 << (i & 7));
        writer.WriteSpan(bitmap[..((Siblings.Length + 7) / 8)]);
        foreach (Bytes32 sibling in Siblings)
            if (!sibling.IsZero) writer.WriteBytes32(sibling);
        writer.WriteByte(HasLeaf ? (byte)1 : (byte)0);
        if (!HasLeaf) return;
        writer.WriteBytes32(LeafKey);
        writer.WriteBytes32(LeafValueHash);
    }

    public static bool TryRead(ref WireReader reader, out TrieProof proof)
    {
        proof = null!;
        if (!reader.TryReadCount(256, out int depth) || !reader.TryReadSpan((depth + 7) / 8, out ReadOnlySpan<byte> bitmap)) return false;
        if ((depth & 7) != 0 && bitmap[^1] >> (depth & 7) != 0) return false;
        var siblings = new Bytes32[depth];
        for (int i = 0; i < depth; i++)
        {
            if ((bitmap[i >> 3] >> (i & 7) & 1) == 0) continue;
            if (!reader.TryReadBytes32(out siblings[i]) || siblings[i].IsZero) return false;
        }
        if (!reader.TryReadByte(out byte hasLeaf) || hasLeaf > 1) return false;
        Bytes32 key = default, valueHash = default;
        if (hasLeaf == 1 && !(reader.TryReadBytes32(out key) && reader.TryReadBytes32(out valueHash))) return false;
        proof = new TrieProof { Siblings = siblings, HasLeaf = hasLeaf == 1, LeafKey = key, LeafValueHash = valueHash };
        return true;
    }
}
