using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>Notes leaves whose value changed and hashes them, those of one length many at once. Allocates only to grow.</summary>
internal sealed class LeafHasher<THash>(LeafTable leaves) where THash : IStateHash
{
    private const int Most = 64, RoomBytes = 4 << 10;

    private readonly int[] _starts = new int[LeafTable.MaxValue + 2];
    private int[] _noted = new int[64], _sorted = new int[64];
    private int _count;

    public void Note(int leaf)
    {
        if (leaves[leaf].IsDirty) return;
        leaves[leaf].IsDirty = true;
        if (_count == _noted.Length) Array.Resize(ref _noted, 2 * _count);
        _noted[_count++] = leaf;
    }

    /// <summary>Hashes what was noted and returns it, valid until the next call.</summary>
    public ReadOnlySpan<int> Rehash()
    {
        ReadOnlySpan<int> order = Sort();
        Span<byte> digests = stackalloc byte[Most * Bytes32.Size], room = stackalloc byte[RoomBytes];
        for (int at = 0; at < order.Length;)
        {
            int length = leaves[order[at]].Length, most = Math.Min(Most, RoomBytes / Math.Max(1, length)), end = at;
            while (end < order.Length && end - at < most && leaves[order[end]].Length == length) end++;
            HashRun(order[at..end], length, room, digests[..((end - at) * Bytes32.Size)]);
            at = end;
        }
        return order;
    }

    private void HashRun(ReadOnlySpan<int> run, int length, Span<byte> room, Span<byte> digests)
    {
        foreach (int leaf in run) leaves.Prefetch(leaf);
        for (int i = 0; i < run.Length; i++) leaves.Value(run[i]).CopyTo(room[(i * length)..]);
        THash.HashMany(Hashing.ValueTag, room[..(run.Length * length)], length, digests);
        for (int i = 0; i < run.Length; i++)
        {
            leaves[run[i]].Key.Span.CopyTo(room[(2 * i * Bytes32.Size)..]);
            digests.Slice(i * Bytes32.Size, Bytes32.Size).CopyTo(room[((2 * i + 1) * Bytes32.Size)..]);
        }
        THash.HashMany(Hashing.LeafTag, room[..(2 * run.Length * Bytes32.Size)], 2 * Bytes32.Size, digests);
        for (int i = 0; i < run.Length; i++) leaves[run[i]].Hash = new Bytes32(digests.Slice(i * Bytes32.Size, Bytes32.Size));
    }

    // Counting sort by length. A leaf that was removed since, or noted twice because it was, is dropped.
    private ReadOnlySpan<int> Sort()
    {
        if (_count == 0) return [];
        if (_sorted.Length < _count) _sorted = new int[_noted.Length];
        Array.Clear(_starts);
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            int leaf = _noted[i];
            if (leaf >= leaves.Count || !leaves[leaf].IsDirty) continue;
            leaves[leaf].IsDirty = false;
            _starts[leaves[leaf].Length + 1]++;
            _noted[kept++] = leaf;
        }
        for (int i = 1; i < _starts.Length; i++) _starts[i] += _starts[i - 1];
        for (int i = 0; i < kept; i++) _sorted[_starts[leaves[_noted[i]].Length]++] = _noted[i];
        _count = 0;
        return _sorted.AsSpan(0, kept);
    }
}
