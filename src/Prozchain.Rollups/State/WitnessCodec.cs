using System.Buffers;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>
/// The part of a tree that some keys need, as its nodes from the root down, left before right
/// (docs/formats/rollups-witness.md): every way that keys have in common is there once.
/// </summary>
internal static class WitnessCodec
{
    public const byte Nothing = 0, Stub = 1, OtherLeaf = 2, Leaf = 3, Inner = 4;

    /// <summary>Writes the nodes for keys in ascending order. The store's root is up to date, and no key is hidden in it.</summary>
    public static void Write<THash>(StateStore<THash> store, ReadOnlySpan<Bytes32> keys, IBufferWriter<byte> output) where THash : IStateHash =>
        WriteNode(store, store.Tree.Root, 0, keys, output);

    /// <summary>Checks the shape of untrusted bytes, whatever they prove, and counts the leaves.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> bytes, out int leaves)
    {
        leaves = 0;
        var reader = new WireReader(bytes);
        // Depths of the nodes that are still to come: one more than there are levels at most.
        Span<short> due = stackalloc short[8 * Bytes32.Size + 2];
        due[0] = 0;
        for (int open = 1; open > 0;)
        {
            short depth = due[--open];
            if (!reader.TryReadByte(out byte kind)) return false;
            switch (kind)
            {
                case Nothing: break;
                case Stub:
                    if (!reader.TryReadBytes32(out Bytes32 hash) || hash.IsZero) return false;
                    break;
                case OtherLeaf:
                    leaves++;
                    if (!reader.TryReadSpan(2 * Bytes32.Size, out _)) return false;
                    break;
                case Leaf:
                    leaves++;
                    if (!reader.TryReadSpan(Bytes32.Size, out _) || !reader.TryReadCount(LeafTable.MaxValue, out int length) || !reader.TryReadSpan(length, out _)) return false;
                    break;
                case Inner:
                    if (depth >= 8 * Bytes32.Size) return false;
                    due[open++] = due[open++] = (short)(depth + 1);
                    break;
                default: return false;
            }
        }
        return reader.IsAtEnd;
    }

    /// <summary>Builds the part that well-formed bytes describe. False unless its root is this one.</summary>
    public static bool TryOpen<THash>(in Digest32 root, ReadOnlySpan<byte> bytes, out StateStore<THash> store) where THash : IStateHash
    {
        store = new StateStore<THash>(new LeafTable(), 1);
        if (bytes.IsEmpty)
        {
            if (root != default) store.Tree.SetPart(store.Tree.AddStub(0, root.Value));
            return true;
        }
        var reader = new WireReader(bytes);
        Span<byte> path = stackalloc byte[Bytes32.Size];
        path.Clear();
        if (!TryReadNode(store, ref reader, 0, path, out int top)) return false;
        store.Tree.SetPart(top);
        return store.Root() == root;
    }

    private static void WriteNode<THash>(StateStore<THash> store, int reference, int depth, ReadOnlySpan<Bytes32> keys, IBufferWriter<byte> output) where THash : IStateHash
    {
        var writer = new WireWriter(output);
        if (reference == 0) writer.WriteByte(Nothing);
        else if (keys.IsEmpty)
        {
            writer.WriteByte(Stub);
            writer.WriteBytes32(store.Tree.HashOf(reference));
        }
        else if (reference < 0)
        {
            ReadOnlySpan<byte> value = store.Leaves.Value(~reference);
            Bytes32 key = store.Leaves[~reference].Key;
            bool isShown = keys.BinarySearch(key) >= 0 || !THash.BindsKey(key.Span, default);
            writer.WriteByte(isShown ? Leaf : OtherLeaf);
            writer.WriteBytes32(key);
            if (!isShown) writer.WriteBytes32(store.Leaves[~reference].Length == LeafTable.UnknownValue ? store.Leaves.UnknownHash(~reference) : TreeHash<THash>.Value(value));
            else
            {
                writer.WriteVarint((ulong)value.Length);
                writer.WriteSpan(value);
            }
        }
        else
        {
            writer.WriteByte(Inner);
            int split = 0;
            while (split < keys.Length && keys[split].Bit(depth) == 0) split++;
            WriteNode(store, store.Tree[reference].Left, depth + 1, keys[..split], output);
            WriteNode(store, store.Tree[reference].Right, depth + 1, keys[split..], output);
        }
    }

    private static bool TryReadNode<THash>(StateStore<THash> store, ref WireReader reader, int depth, scoped Span<byte> path, out int reference) where THash : IStateHash
    {
        reference = 0;
        reader.TryReadByte(out byte kind);
        if (kind == Nothing) return true;
        if (kind == Inner)
        {
            reference = store.Tree.AddInner(depth);
            if (!TryReadNode(store, ref reader, depth + 1, path, out int left)) return false;
            path[depth >> 3] |= (byte)(0x80 >> (depth & 7));
            if (!TryReadNode(store, ref reader, depth + 1, path, out int right)) return false;
            path[depth >> 3] &= (byte)~(0x80 >> (depth & 7));
            store.Tree.Join(reference, left, right);
            return true;
        }
        reader.TryReadBytes32(out Bytes32 first);
        if (kind == Stub)
        {
            reference = store.Tree.AddStub(depth, first);
            return true;
        }
        if (Bytes32.CommonPrefix(first, new Bytes32(path)) < depth) return false;
        if (kind == Leaf)
        {
            reader.TryReadCount(LeafTable.MaxValue, out int length);
            reader.TryReadSpan(length, out ReadOnlySpan<byte> value);
            if (!THash.BindsKey(first.Span, value)) return false;
            reference = ~store.AddKnown(first, value);
            return true;
        }
        if (!THash.BindsKey(first.Span, default)) return false;
        reader.TryReadBytes32(out Bytes32 valueHash);
        int leaf = store.Leaves.AddUnknown(first, valueHash);
        store.Leaves[leaf].Hash = TreeHash<THash>.Leaf(first, valueHash);
        reference = ~leaf;
        return true;
    }
}
