using System.Runtime.CompilerServices;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>Writes in the order of their keys, hashed: what a heap trie applies, and what undoes it. Reused.</summary>
internal sealed unsafe class StateBatch : IDisposable
{
    /// <summary>The length that means that a key holds nothing.</summary>
    public const int Absent = -1;

    private const int LaneBytes = 64, JobGroup = 512;

    private readonly NativeBuffer<Bytes32> _lines = new();
    private readonly NativeBuffer<int> _lengths = new();
    private readonly NativeBuffer<long> _offsets = new();
    private readonly NativeBuffer<byte> _bytes = new();
    private readonly Blake3Job[] _jobs = new Blake3Job[JobGroup], _leafJobs = new Blake3Job[JobGroup];

    public int Count { get; private set; }

    /// <summary>Whether some write deletes.</summary>
    public bool HasDeletes { get; private set; }

    public Bytes32* Key(int i) => _lines.Items + 2 * i;

    public Bytes32* Leaf(int i) => _lines.Items + 2 * i + 1;

    public int Length(int i) => _lengths.Items[i];

    public byte* Value(int i) => _bytes.Items + _offsets.Items[i];

    /// <summary>Copies the writes that the order names, and hashes them.</summary>
    public void Fill(ReadOnlySpan<StateWrite> writes, KeySorter order)
    {
        Resize(writes.Length);
        long bytes = 0;
        HasDeletes = false;
        foreach (ref readonly StateWrite write in writes) bytes += (write.Value.Length + LaneBytes - 1) & -LaneBytes;
        _bytes.Reserve(checked((int)bytes));
        for (int from = 0; from < Count; from += JobGroup) FillGroup(writes, order, from, Math.Min(from + JobGroup, Count));
    }

    /// <summary>Becomes the undoing of another batch, of which each write is still to be set.</summary>
    public void Undo(StateBatch batch)
    {
        Resize(batch.Count);
        HasDeletes = false;
        for (int i = 0; i < Count; i++) *Key(i) = *batch.Key(i);
    }

    public void SetAbsent(int i)
    {
        _lengths[i] = Absent;
        HasDeletes = true;
    }

    public void Set(int i, Bytes32* leaf, byte* value, int length)
    {
        *Leaf(i) = *leaf;
        _lengths[i] = length;
        _offsets[i] = _bytes.Count;
        _bytes.Reserve(_bytes.Count + length);
        Unsafe.CopyBlockUnaligned(_bytes.Items + _bytes.Count, value, (uint)length);
        _bytes.Count += length;
    }

    /// <summary>The number of a key's write, or a negative number.</summary>
    public int Find(in Bytes32 key)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1, order = Key(middle)->CompareTo(key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _lengths.Dispose();
        _offsets.Dispose();
        _bytes.Dispose();
    }

    private void Resize(int count)
    {
        Count = count;
        _lines.Reserve(2 * count);
        _lengths.Reserve(count);
        _offsets.Reserve(count);
        _bytes.Count = 0;
    }

    // Small values are padded to a block, and so hashed in lanes; then every leaf's line, as it lies here.
    private void FillGroup(ReadOnlySpan<StateWrite> writes, KeySorter order, int from, int to)
    {
        int jobs = 0, leaves = 0;
        for (int i = from; i < to; i++)
        {
            *Key(i) = *order.Key(i);
            ref readonly StateWrite write = ref writes[order[i]];
            if (write.IsDelete)
            {
                SetAbsent(i);
                continue;
            }
            ReadOnlySpan<byte> value = write.Value.Span;
            byte* at = _bytes.Items + _bytes.Count;
            _lengths[i] = value.Length;
            _offsets[i] = _bytes.Count;
            _bytes.Count += (value.Length + LaneBytes - 1) & -LaneBytes;
            if (value.IsEmpty)
            {
                *Leaf(i) = s_emptyValue;
            }
            else if (value.Length <= LaneBytes)
            {
                var block = new Span<byte>(at, LaneBytes);
                block[value.Length..].Clear();
                value.CopyTo(block);
                _jobs[jobs++] = new Blake3Job((nint)at, (nint)at + Bytes32.Size, (nint)Leaf(i), value.Length);
            }
            else
            {
                value.CopyTo(new Span<byte>(at, value.Length));
                *Leaf(i) = StateHash.Value(value);
            }
            _leafJobs[leaves++] = new Blake3Job((nint)Key(i), (nint)Leaf(i), (nint)Leaf(i));
        }
        Domains.StateValue.Run(_jobs.AsSpan(0, jobs), whole: false);
        Domains.StateLeaf.Run(_leafJobs.AsSpan(0, leaves), whole: true);
    }

    private static readonly Bytes32 s_emptyValue = StateHash.Value(default);
}
