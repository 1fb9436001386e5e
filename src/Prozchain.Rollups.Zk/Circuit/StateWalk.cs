using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Rollups.Zk.State;
using Prozchain.Shared;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Walks the nodes of a well-formed witness (docs/formats/rollups-witness.md) from the root down and writes the rows of an update on the way back.</summary>
internal ref struct StateWalk<TPermutation>(StateUpdate update, ReadOnlySpan<byte> nodes)
    where TPermutation : struct, IPermutation<F>
{
    private const byte Nothing = 0, Stub = 1, OtherLeaf = 2, Leaf = 3;
    private const int MostValue = 1024;

    private readonly List<OpenNode> _open = [];
    private WireReader _reader = new(nodes);

    /// <summary>The whole tree, under which some keys are touched.</summary>
    public bool TryRead(ReadOnlySpan<StateTouch> touches, out TrieChild root)
    {
        root = default;
        if (!TryRead(default, touches, out Part top)) return false;
        root = OpenNode.Hash<TPermutation>(_open, top, update.Nodes);
        return true;
    }

    // The next node.
    private bool TryRead(TriePlace place, ReadOnlySpan<StateTouch> touches, out Part part)
    {
        part = default;
        TrieChild child;
        _reader.TryReadByte(out byte kind);
        switch (kind)
        {
            case Nothing:
                if (touches.IsEmpty) return true;
                if (!TryGrow(place, touches, null, out child)) return false;
                part = new(child);
                return true;
            case Stub:
                if (!touches.IsEmpty || !TryReadDigest(out Eight digest)) return false;
                part = new(TrieChild.Closed(digest));
                return true;
            case OtherLeaf or Leaf:
                if (!TryReadLeaf(kind, out OldLeaf leaf)) return false;
                child = TrieChild.Closed(leaf.Digest);
                if (!touches.IsEmpty && !TryGrow(place, touches, leaf, out child)) return false;
                part = new(child);
                return true;
        }
        int split = Split(touches, place.Depth);
        if (place.Depth >= TriePlace.Depths - 1 && !touches.IsEmpty) return false;
        // Below a closed node places are of no use, and may be deeper than there are.
        (TriePlace left, TriePlace right) = touches.IsEmpty ? (place, place) : (place.Child(false), place.Child(true));
        if (!TryRead(left, touches[..split], out Part one) || !TryRead(right, touches[split..], out Part other)) return false;
        if (touches.IsEmpty)
        {
            part = new(TrieChild.Closed(Node(one.Child.Before, other.Child.Before)));
            return true;
        }
        _open.Add(new(place, one, other, 1 + Math.Max(Height(one), Height(other))));
        part = new(default, _open.Count);
        return true;
    }

    /// <summary>A place without an inner node, where a leaf may be, and some keys are touched: at least one key in all.</summary>
    public readonly bool TryGrow(TriePlace place, ReadOnlySpan<StateTouch> touches, OldLeaf? leaf, out TrieChild child)
    {
        if (leaf is { } known && touches.Length == 1 && touches[0].Key == known.Key) return TryTouch(place, touches[0], known.Digest, out child);
        if (leaf is { } other && touches.IsEmpty) return TryShow(place, other, out child);
        if (leaf is null && touches.Length == 1) return TryTouch(place, touches[0], default, out child);
        child = default;
        if (place.Depth >= TriePlace.Depths - 1) return false;
        int split = Split(touches, place.Depth);
        bool isRight = leaf is { } at && TreeKey.Bit(at.Key, place.Depth);
        if (!TryGrowSide(place.Child(false), touches[..split], isRight ? null : leaf, out TrieChild left)) return false;
        if (!TryGrowSide(place.Child(true), touches[split..], isRight ? leaf : null, out TrieChild right)) return false;
        var row = new TrieRow(place, left, right);
        update.Growths.Add(row);
        // Of a leaf's two sides one alone is not nothing, before; after, so is one of a place that does not fork.
        Eight before = leaf is { } old ? old.Digest : default;
        Eight after = row.Forks ? Node(left.After, right.After) : left.Kind > 0 ? left.After : right.After;
        child = new TrieChild(true, row.Forks ? TrieChild.Grown : left.Kind + right.Kind, before, after);
        return true;
    }

    private readonly bool TryGrowSide(TriePlace place, ReadOnlySpan<StateTouch> touches, OldLeaf? leaf, out TrieChild child)
    {
        child = default;
        return (touches.IsEmpty && leaf is null) || TryGrow(place, touches, leaf, out child);
    }

    private readonly bool TryTouch(TriePlace place, in StateTouch touch, in Eight before, out TrieChild child)
    {
        bool isThere = !touch.After.Equals(default);
        child = new TrieChild(true, isThere ? TrieChild.Leaf : TrieChild.Empty, before, touch.After);
        if (!isThere && !before.Equals(default)) return false;
        if (TreeKey.TryReadNumber(touch.Key, out uint number)) update.Accounts.Add(new AccountLeaf(number, place.Depth, before, touch.After));
        else if (TreeKey.TryReadHashed(touch.Key, out Eight key)) update.Cells.Add(new CellLeaf(key, place.Depth, true, before, touch.After, default));
        else return false;
        return isThere || !TreeKey.TryReadNumber(touch.Key, out _);
    }

    private readonly bool TryShow(TriePlace place, in OldLeaf leaf, out TrieChild child)
    {
        child = new TrieChild(true, TrieChild.Leaf, leaf.Digest, leaf.Digest);
        if (TreeKey.TryReadHashed(leaf.Key, out Eight key)) update.Cells.Add(new CellLeaf(key, place.Depth, false, leaf.Digest, leaf.Digest, leaf.Value));
        else if (TreeKey.TryReadNumber(leaf.Key, out uint number))
        {
            update.Accounts.Add(new AccountLeaf(number, place.Depth, leaf.Digest, leaf.Digest));
            update.Idle.Add(number);
        }
        else return false;
        return true;
    }

    private bool TryReadLeaf(byte kind, out OldLeaf leaf)
    {
        leaf = default;
        Span<byte> message = stackalloc byte[2 * Digest32.Size], digest = stackalloc byte[Digest32.Size];
        _reader.TryReadSpan(Digest32.Size, out ReadOnlySpan<byte> key);
        key.CopyTo(message);
        if (kind == OtherLeaf)
        {
            _reader.TryReadSpan(Digest32.Size, out ReadOnlySpan<byte> hash);
            hash.CopyTo(message[Digest32.Size..]);
        }
        else
        {
            _reader.TryReadCount(MostValue, out int length);
            _reader.TryReadSpan(length, out ReadOnlySpan<byte> value);
            PoseidonTree<TPermutation>.HashMany(TreeMessage.Value, value, length, message[Digest32.Size..]);
        }
        PoseidonTree<TPermutation>.HashMany(TreeMessage.Leaf, message, message.Length, digest);
        if (!TreeKey.TryReadDigest(new Digest32(message[Digest32.Size..]), out Eight valueDigest) || !TreeKey.TryReadDigest(new Digest32(digest), out Eight leafDigest)) return false;
        leaf = new OldLeaf(new Digest32(key), valueDigest, leafDigest);
        return true;
    }

    private bool TryReadDigest(out Eight digest)
    {
        _reader.TryReadSpan(Digest32.Size, out ReadOnlySpan<byte> bytes);
        return TreeKey.TryReadDigest(new Digest32(bytes), out digest);
    }

    // Window N is the first elements.
    private static Eight Node(in Eight left, in Eight right)
    {
        Span<F> input = stackalloc F[2 * Eight.Length];
        ((ReadOnlySpan<F>)left).CopyTo(input);
        ((ReadOnlySpan<F>)right).CopyTo(input[Eight.Length..]);
        Eight digest = default;
        Compressor<TPermutation>.One(input, digest);
        return digest;
    }

    private readonly int Height(in Part part) => part.Open == 0 ? 0 : _open[part.Open - 1].Height;

    private static int Split(ReadOnlySpan<StateTouch> touches, int depth)
    {
        int split = 0;
        while (split < touches.Length && !TreeKey.Bit(touches[split].Key, depth)) split++;
        return split;
    }

    /// <summary>A leaf of the tree before.</summary>
    public readonly record struct OldLeaf(Digest32 Key, Eight Value, Eight Digest);
}
