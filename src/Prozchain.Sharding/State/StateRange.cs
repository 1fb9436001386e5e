using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.State;

/// <summary>
/// All pairs that a state with a known root holds in a range of keys, checked: there are no others. What a state is
/// fetched in, chunk after chunk. Immutable. Wire form: docs/formats/sharding-witness.md.
/// </summary>
public sealed class StateRange
{
    /// <summary>The most bytes of one encoding: 64 MiB.</summary>
    public const int MaxBytes = 1 << 26;

    private StateRange(Digest coveredTo, StateWrite[] pairs) => (CoveredTo, Pairs) = (coveredTo, pairs);

    /// <summary>The last key that is covered; the next chunk begins after it.</summary>
    public Digest CoveredTo { get; }

    /// <summary>The pairs, in the order of their keys, as writes that make them.</summary>
    public IReadOnlyList<StateWrite> Pairs { get; }

    /// <summary>Reads and checks untrusted bytes. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="root">The root, from a header that the caller trusts.</param>
    /// <param name="prefix">The bits that the state's keys share.</param>
    /// <param name="rootDepth">How many they are: the root's depth, 0 to 255.</param>
    /// <param name="from">The first key asked for.</param>
    /// <param name="to">The last key asked for; what is covered may end before.</param>
    /// <param name="range">The pairs, when the result is <see cref="ProofResult.Valid"/>.</param>
    public static ProofResult TryRead(
        ReadOnlySpan<byte> source, in Digest root, in Digest prefix, int rootDepth, in Digest from, in Digest to, [MaybeNull] out StateRange range)
    {
        range = null;
        ArgumentOutOfRangeException.ThrowIfNegative(rootDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rootDepth, 255);
        if (source.Length > MaxBytes) return ProofResult.TooLarge;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ProofResult.Malformed;
        if (version != WireLimits.Version) return ProofResult.UnknownVersion;
        if (!reader.TryReadBytes32(out Bytes32 start) || !reader.TryReadBytes32(out Bytes32 end)) return ProofResult.Malformed;
        if (!start.Equals(from.Bytes) || end.CompareTo(to.Bytes) > 0 || end.CompareTo(start) < 0) return ProofResult.WrongRange;
        var interval = new KeyInterval(start, end);
        // A pair is a key and a length at least.
        if (!reader.TryReadCount(reader.Remaining / (Bytes32.Size + 1), out int count)) return ProofResult.Malformed;
        var pairs = new StateWrite[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadCount(StateWrite.MaxValueBytes, out int length)) return ProofResult.Malformed;
            if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> value)) return ProofResult.Malformed;
            if (!interval.Contains(key) || i > 0 && key.CompareTo(pairs[i - 1].Key.Bytes) <= 0) return ProofResult.Malformed;
            pairs[i] = new StateWrite(new Digest(key), value.ToArray());
        }
        // Who stops early has sent a pair, the last one covered: so every chunk goes on by one.
        if (!end.Equals(to.Bytes) && (count == 0 || !pairs[^1].Key.Bytes.Equals(end))) return ProofResult.WrongRange;
        if (!ProofReader.TryStart(reader, out ProofReader tokens)) return ProofResult.Malformed;
        int next = 0;
        if (!TryHash(ref tokens, interval, pairs, ref next, KeyInterval.Append(prefix.Bytes, rootDepth, 0), rootDepth, out Bytes32 hash)) return ProofResult.Malformed;
        if (!tokens.IsAtEnd || !tokens.Held.IsAtEnd || next != count) return ProofResult.Malformed;
        if (!hash.Equals(root.Bytes)) return ProofResult.WrongRoot;
        range = new StateRange(new Digest(end), pairs);
        return ProofResult.Valid;
    }

    // The depth never exceeds a key's bits, and neither does the recursion's.
    private static bool TryHash(
        ref ProofReader tokens, in KeyInterval range, StateWrite[] pairs, ref int next, in Bytes32 path, int depth, out Bytes32 hash)
    {
        hash = default;
        RangeSide side = range.Side(path, depth);
        if (side == RangeSide.Inside)
        {
            int first = next;
            while (next < pairs.Length && Bytes32.CommonPrefix(pairs[next].Key.Bytes, path) >= depth) next++;
            hash = HashOf(pairs.AsSpan(first, next - first), depth);
            return true;
        }
        if (!tokens.TryNext(out TrieNode node)) return false;
        switch (node)
        {
            case TrieNode.Empty:
                return true;
            case TrieNode.Stub:
                // Only where nothing of the range can hide.
                return side == RangeSide.Outside && tokens.TryStub(out hash);
            case TrieNode.Leaf:
                if (side == RangeSide.Outside || !tokens.TryLeaf(out Bytes32 key, out bool hasValue, out _, out Bytes32 valueHash) || hasValue) return false;
                if (Bytes32.CommonPrefix(key, path) < depth) return false;
                if (range.Contains(key) && !(next < pairs.Length && pairs[next].Key.Bytes.Equals(key) && StateHash.Value(pairs[next++].Value.Span).Equals(valueHash))) return false;
                hash = StateHash.Leaf(key, valueHash);
                return true;
        }
        if (side == RangeSide.Outside || depth == 256) return false;
        if (!TryHash(ref tokens, range, pairs, ref next, KeyInterval.Append(path, depth, 0), depth + 1, out Bytes32 left)) return false;
        if (!TryHash(ref tokens, range, pairs, ref next, KeyInterval.Append(path, depth, 1), depth + 1, out Bytes32 right)) return false;
        hash = StateHash.Inner(left, right);
        return true;
    }

    private static Bytes32 HashOf(ReadOnlySpan<StateWrite> pairs, int depth)
    {
        if (pairs.IsEmpty) return default;
        if (pairs.Length == 1) return StateHash.Leaf(pairs[0].Key.Bytes, StateHash.Value(pairs[0].Value.Span));
        int split = 0, end = pairs.Length;
        while (split < end)
        {
            int middle = (split + end) / 2;
            if (pairs[middle].Key.Bytes.Bit(depth) == 0) split = middle + 1; else end = middle;
        }
        return StateHash.Inner(HashOf(pairs[..split], depth + 1), HashOf(pairs[split..], depth + 1));
    }
}
