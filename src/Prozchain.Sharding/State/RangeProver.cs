using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.State;

/// <summary>Makes range proofs out of a trie's nodes: the pairs in the range, and what lies around them.</summary>
internal static class RangeProver<TView, TNode> where TView : ITrieView<TNode>
{
    /// <returns>The last key that is covered.</returns>
    /// <exception cref="InvalidOperationException">The range reaches below a stub.</exception>
    public static Digest Write(TView view, in Bytes32 prefix, in Bytes32 from, in Bytes32 to, int maxBytes, IBufferWriter<byte> output)
    {
        if (from.CompareTo(to) > 0) throw new ArgumentException($"Expected a range that begins before its end {to}, got one that begins at {from}.", nameof(from));
        Pairs pairs = Collect(view, prefix, from, to, maxBytes);
        Bytes32 root = KeyInterval.Append(prefix, view.RootDepth, 0);
        var tokens = new ProofTokens();
        Describe(view, view.Root, view.RootDepth, root, new KeyInterval(from, pairs.CoveredTo), tokens);
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteBytes32(from);
        writer.WriteBytes32(pairs.CoveredTo);
        writer.WriteVarint((ulong)pairs.Count);
        writer.WriteSpan(pairs.Bytes.WrittenSpan);
        tokens.Write(output);
        return new Digest(pairs.CoveredTo);
    }

    /// <summary>The pairs in a range, up to about so many bytes.</summary>
    public static Pairs Collect(TView view, in Bytes32 prefix, in Bytes32 from, in Bytes32 to, int maxBytes)
    {
        var pairs = new Pairs(new KeyInterval(from, to), maxBytes, to);
        Collect(view, view.Root, view.RootDepth, KeyInterval.Append(prefix, view.RootDepth, 0), pairs);
        return pairs;
    }

    private static void Collect(TView view, TNode at, int depth, in Bytes32 path, Pairs pairs)
    {
        TrieNode kind = view.Kind(at);
        if (pairs.IsFull || kind == TrieNode.Empty || pairs.Range.Side(path, depth) == RangeSide.Outside) return;
        if (kind == TrieNode.Leaf)
        {
            Bytes32 key = view.Leaf(at).Key;
            if (!pairs.Range.Contains(key)) return;
            if (!view.TryValue(at, out ReadOnlySpan<byte> value)) throw NotCovered(key);
            pairs.Add(key, value);
            return;
        }
        if (kind == TrieNode.Stub) throw NotCovered(path);
        (TNode left, TNode right) = view.Children(at);
        Collect(view, left, depth + 1, KeyInterval.Append(path, depth, 0), pairs);
        Collect(view, right, depth + 1, KeyInterval.Append(path, depth, 1), pairs);
    }

    // Only what lies on the range's ends is described: what is inside follows from the pairs.
    private static void Describe(TView view, TNode at, int depth, in Bytes32 path, in KeyInterval range, ProofTokens tokens)
    {
        RangeSide side = range.Side(path, depth);
        if (side == RangeSide.Inside) return;
        TrieNode kind = view.Kind(at);
        if (kind == TrieNode.Empty) tokens.Empty();
        else if (side == RangeSide.Outside) tokens.Stub(view.Hash(at));
        else if (kind == TrieNode.Stub) throw NotCovered(path);
        else if (kind == TrieNode.Leaf)
        {
            (Bytes32 key, Bytes32 valueHash) = view.Leaf(at);
            tokens.Leaf(key, valueHash);
        }
        else
        {
            tokens.Inner();
            (TNode left, TNode right) = view.Children(at);
            Describe(view, left, depth + 1, KeyInterval.Append(path, depth, 0), range, tokens);
            Describe(view, right, depth + 1, KeyInterval.Append(path, depth, 1), range, tokens);
        }
    }

    private static InvalidOperationException NotCovered(in Bytes32 key) => new($"Expected a range that the witness covers, got a gap at {key}.");

    /// <summary>Pairs as they are written: key, length, value.</summary>
    public sealed class Pairs(KeyInterval range, int maxBytes, Bytes32 to)
    {
        public KeyInterval Range { get; } = range;

        public ArrayBufferWriter<byte> Bytes { get; } = new();

        public int Count { get; private set; }

        public bool IsFull { get; private set; }

        public Bytes32 CoveredTo { get; private set; } = to;

        public void Add(in Bytes32 key, ReadOnlySpan<byte> value)
        {
            var writer = new WireWriter(Bytes);
            writer.WriteBytes32(key);
            writer.WriteVarint((ulong)value.Length);
            writer.WriteSpan(value);
            Count++;
            if (Bytes.WrittenCount < maxBytes) return;
            IsFull = true;
            CoveredTo = key;
        }
    }
}
