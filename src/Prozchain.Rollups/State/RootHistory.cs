using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>
/// The roots that a state had at marks in the past, all at once: a claim commits to one for each transaction. Each
/// node that changed gets the list of its hashes over time, made from its children's lists, level by level, so that
/// the hashes of all times are computed together. Used again; allocates only to grow.
/// </summary>
/// <remarks>
/// The tree of now has the shape of every earlier one but for keys that were not there yet; a subtree in which but one
/// leaf was there then had that leaf's hash.
/// </remarks>
internal sealed class RootHistory<THash>(StateStore<THash> store) where THash : IStateHash
{
    private const int Most = 64;

    private readonly List<int>[] _levels = new List<int>[8 * Bytes32.Size];
    private readonly Dictionary<int, (int Start, int Count)> _leafRuns = [];
    private Dictionary<int, (int Start, int Count)> _below = [], _here = [];
    private Times _leafTimes = new(), _belowTimes = new(), _hereTimes = new();
    private readonly HashSet<int> _seen = [];

    private enum Shape : byte { Nothing, Leaf, Inner }

    /// <summary>Roots at marks in ascending order, none older than the log; the state's own root is up to date.</summary>
    public void RootsAt(UndoLog undo, ReadOnlySpan<long> marks, Span<Digest32> roots)
    {
        _below.Clear();
        LeafLists(undo, marks);
        int deepest = Climb();
        for (int depth = deepest; depth >= 0; depth--)
        {
            _here.Clear();
            _hereTimes.Clear();
            foreach (int node in _levels[depth])
            {
                int start = _hereTimes.Count;
                Merge(store.Tree[node].Left, store.Tree[node].Right);
                _here[node] = (start, _hereTimes.Count - start);
            }
            _hereTimes.HashPending();
            _levels[depth].Clear();
            (_below, _here) = (_here, _below);
            (_belowTimes, _hereTimes) = (_hereTimes, _belowTimes);
        }
        Spread(store.Tree.Root, roots[..marks.Length]);
    }

    // What each leaf held over time, as hashes. A write at position p shows in the marks above p.
    private void LeafLists(UndoLog undo, ReadOnlySpan<long> marks)
    {
        var next = new Dictionary<int, List<(long Position, int Offset, int Length)>>();
        int offset = 0;
        for (long position = undo.Oldest; position < undo.Position; position++)
        {
            UndoLog.Entry entry = undo.At(position);
            if (position >= marks[0])
            {
                if (!next.TryGetValue(entry.Leaf, out List<(long, int, int)>? list)) next[entry.Leaf] = list = [];
                list.Add((position, offset, entry.Length));
            }
            offset += Math.Max(0, entry.Length);
        }
        _leafRuns.Clear();
        _leafTimes.Clear();
        foreach ((int leaf, List<(long Position, int Offset, int Length)> list) in next)
        {
            int start = _leafTimes.Count;
            AddValue(leaf, 0, list[0].Length, undo.Bytes.Slice(list[0].Offset, Math.Max(0, list[0].Length)));
            for (int i = 0; i < list.Count; i++)
            {
                int version = FirstAbove(marks, list[i].Position);
                if (version == marks.Length || (i + 1 < list.Count && FirstAbove(marks, list[i + 1].Position) == version)) continue;
                if (i + 1 < list.Count) AddValue(leaf, version, list[i + 1].Length, undo.Bytes.Slice(list[i + 1].Offset, list[i + 1].Length));
                else AddValue(leaf, version, store.Leaves[leaf].Length, store.Leaves.Value(leaf));
            }
            _leafRuns[leaf] = (start, _leafTimes.Count - start);
        }
        _leafTimes.HashValues();
        _leafTimes.HashPending();
    }

    private void AddValue(int leaf, int version, int length, ReadOnlySpan<byte> value)
    {
        if (length < 0) _leafTimes.Add(version, Shape.Nothing, default);
        else _leafTimes.AddValue(version, store.Leaves[leaf].Key, value);
    }

    private static int FirstAbove(ReadOnlySpan<long> marks, long position)
    {
        int at = marks.BinarySearch(position + 1);
        if (at < 0) return ~at;
        while (at > 0 && marks[at - 1] == position + 1) at--;
        return at;
    }

    private int Climb()
    {
        int deepest = -1;
        _seen.Clear();
        foreach (int leaf in _leafRuns.Keys)
            for (int node = store.Leaves[leaf].Parent; node != 0 && _seen.Add(node); node = store.Tree[node].Parent)
            {
                int depth = store.Tree[node].Depth;
                (_levels[depth] ??= []).Add(node);
                deepest = Math.Max(deepest, depth);
            }
        for (int depth = 0; depth <= deepest; depth++) _levels[depth] ??= [];
        return deepest;
    }

    // Reads a child's list, or the one entry of a child that never changed.
    private (Times Times, int Start, int Count) ListOf(int reference) =>
        reference < 0 && _leafRuns.TryGetValue(~reference, out (int Start, int Count) run) ? (_leafTimes, run.Start, run.Count)
        : reference > 0 && _below.TryGetValue(reference, out run) ? (_belowTimes, run.Start, run.Count)
        : (_belowTimes, -1, 1);

    private Time At(in (Times Times, int Start, int Count) list, int index, int reference) =>
        list.Start >= 0 ? list.Times[list.Start + index]
        : new Time(0, reference == 0 ? Shape.Nothing : reference < 0 ? Shape.Leaf : Shape.Inner, store.Tree.HashOf(reference));

    private void Merge(int left, int right)
    {
        (Times, int, int Count) lefts = ListOf(left), rights = ListOf(right);
        Time l = At(lefts, 0, left), r = At(rights, 0, right);
        for (int i = 1, j = 1, version = 0; ;)
        {
            if (l.Shape == Shape.Nothing && r.Shape != Shape.Inner) _hereTimes.Add(version, r.Shape, r.Hash);
            else if (r.Shape == Shape.Nothing && l.Shape != Shape.Inner) _hereTimes.Add(version, l.Shape, l.Hash);
            else _hereTimes.AddPair(version, Shape.Inner, Hashing.InnerTag, l.Hash, r.Hash);
            int nextLeft = i < lefts.Count ? At(lefts, i, left).Version : int.MaxValue, nextRight = j < rights.Count ? At(rights, j, right).Version : int.MaxValue;
            version = Math.Min(nextLeft, nextRight);
            if (version == int.MaxValue) return;
            if (nextLeft == version) l = At(lefts, i++, left);
            if (nextRight == version) r = At(rights, j++, right);
        }
    }

    private void Spread(int root, Span<Digest32> roots)
    {
        (Times, int, int Count) list = ListOf(root);
        for (int i = 0; i < list.Count; i++)
        {
            Time time = At(list, i, root);
            roots[Math.Min(time.Version, roots.Length)..].Fill(new Digest32(time.Hash));
        }
    }

    private readonly record struct Time(int Version, Shape Shape, Bytes32 Hash);

    /// <summary>Entries of lists one after another, some of which still wait for the hash of two parts.</summary>
    private sealed class Times
    {
        private readonly List<Time> _times = [];
        private readonly List<(int Index, byte Domain, Bytes32 First, Bytes32 Second)> _pending = [];
        private readonly List<(int Pending, int Offset, int Length)> _values = [];
        private readonly List<byte> _bytes = [];

        public int Count => _times.Count;

        public Time this[int index] => _times[index];

        public void Clear()
        {
            _times.Clear();
            _pending.Clear();
            _values.Clear();
            _bytes.Clear();
        }

        public void Add(int version, Shape shape, in Bytes32 hash) => _times.Add(new Time(version, shape, hash));

        public void AddPair(int version, Shape shape, byte domain, in Bytes32 first, in Bytes32 second)
        {
            _pending.Add((_times.Count, domain, first, second));
            _times.Add(new Time(version, shape, default));
        }

        public void AddValue(int version, in Bytes32 key, ReadOnlySpan<byte> value)
        {
            _values.Add((_pending.Count, _bytes.Count, value.Length));
            _bytes.AddRange(value);
            AddPair(version, Shape.Leaf, Hashing.LeafTag, key, default);
        }

        // Runs of one length; the second part of what is pending is the value's hash.
        public void HashValues()
        {
            ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
            Span<byte> digests = stackalloc byte[Most * Bytes32.Size];
            for (int at = 0; at < _values.Count;)
            {
                int end = at;
                while (end < _values.Count && end - at < Most && _values[end].Length == _values[at].Length) end++;
                int count = end - at;
                THash.HashMany(Hashing.ValueTag, bytes.Slice(_values[at].Offset, count * _values[at].Length), _values[at].Length, digests[..(count * Bytes32.Size)]);
                for (int i = 0; i < count; i++, at++) _pending[_values[at].Pending] = _pending[_values[at].Pending] with { Second = new Bytes32(digests.Slice(i * Bytes32.Size, Bytes32.Size)) };
            }
        }

        public void HashPending()
        {
            Span<byte> messages = stackalloc byte[Most * 2 * Bytes32.Size], digests = stackalloc byte[Most * Bytes32.Size];
            for (int at = 0; at < _pending.Count;)
            {
                int count = Math.Min(Most, _pending.Count - at);
                for (int i = 0; i < count; i++)
                {
                    _pending[at + i].First.Span.CopyTo(messages[(2 * i * Bytes32.Size)..]);
                    _pending[at + i].Second.Span.CopyTo(messages[((2 * i + 1) * Bytes32.Size)..]);
                }
                THash.HashMany(_pending[at].Domain, messages[..(2 * count * Bytes32.Size)], 2 * Bytes32.Size, digests[..(count * Bytes32.Size)]);
                for (int i = 0; i < count; i++, at++) _times[_pending[at].Index] = _times[_pending[at].Index] with { Hash = new Bytes32(digests.Slice(i * Bytes32.Size, Bytes32.Size)) };
            }
            _pending.Clear();
        }
    }
}
