using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>Writes in the order of their keys, hashed: what a heap trie applies, and what undoes it. Reused.</summary>
internal sealed unsafe class StateBatch : IDisposable
{
    /// <summary>The length that means that a key holds nothing.</summary>
    public const int Absent = -1;

    private const int LaneBytes = 64, JobGroup = 512;

    // Writes ahead of the one that is put in its place: as long as a line takes to come.
    private const int Ahead = 16, AheadOfValue = 8;

    private NativeBuffer<Line> _lines = new(), _given = new();
    private NativeBuffer<Place> _places = new(), _givenPlaces = new();
    private NativeBuffer<byte> _bytes = new(), _givenBytes = new();
    private long _used;
    private readonly Blake3Job[] _jobs = new Blake3Job[JobGroup], _leafJobs = new Blake3Job[JobGroup];

    public int Count { get; private set; }

    /// <summary>Whether some write deletes.</summary>
    public bool HasDeletes { get; private set; }

    public Bytes32* Key(int i) => &_lines.Items[i].Key;

    public Bytes32* Leaf(int i) => &_lines.Items[i].Leaf;

    public int Length(int i) => _places.Items[i].Length;

    public byte* Value(int i) => _bytes.Items + _places.Items[i].Offset;

    /// <summary>Copies the writes that the order names, and hashes them.</summary>
    public void Fill(ReadOnlySpan<StateWrite> writes, KeySorter order)
    {
        Resize(writes.Length);
        long bytes = 0;
        HasDeletes = false;
        foreach (ref readonly StateWrite write in writes)
            if (!write.IsDelete) bytes += (write.Value.Length + LaneBytes - 1) & -LaneBytes;
        _givenBytes.Reserve(bytes);
        // In the order given, in which the writes lie one after the other; then by key, as they are applied.
        _given.Reserve(Count);
        _givenPlaces.Reserve(Count);
        for (int from = 0; from < Count; from += JobGroup) FillGroup(writes, from, Math.Min(from + JobGroup, Count));
        if (order.IsAsGiven)
        {
            (_lines, _given) = (_given, _lines);
            (_places, _givenPlaces) = (_givenPlaces, _places);
            (_bytes, _givenBytes) = (_givenBytes, _bytes);
        }
        else
        {
            _bytes.Reserve(bytes);
            Arrange(order);
        }
    }

    /// <summary>Becomes the undoing of another batch, of which each write is still to be set.</summary>
    public void Undo(StateBatch batch)
    {
        Resize(batch.Count);
        HasDeletes = false;
    }

    public void SetAbsent(int i, Bytes32* key)
    {
        *Key(i) = *key;
        _places.Items[i].Length = Absent;
        HasDeletes = true;
    }

    public void Set(int i, Bytes32* key, Bytes32* leaf, byte* value, int length)
    {
        *Key(i) = *key;
        *Leaf(i) = *leaf;
        Put(i, value, length);
    }

    /// <summary>Copies a value in units of 16 bytes, of which both sides have whole ones: short values are copied by no call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyUnits(byte* to, byte* from, int length)
    {
        for (int at = 0; at < length; at += Vector128<byte>.Count) Vector128.Store(Vector128.Load(from + at), to + at);
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
        _given.Dispose();
        _places.Dispose();
        _givenPlaces.Dispose();
        _bytes.Dispose();
        _givenBytes.Dispose();
    }

    private void Put(int i, byte* value, int length)
    {
        _places.Items[i] = new Place(_used, length);
        int room = (length + Vector128<byte>.Count - 1) & -Vector128<byte>.Count;
        _bytes.Reserve(_used + room);
        CopyUnits(_bytes.Items + _used, value, length);
        _used += room;
    }

    private void Arrange(KeySorter order)
    {
        _used = 0;
        for (int i = 0; i < Count; i++)
        {
            if (Sse.IsSupported && i + Ahead < Count)
            {
                int ahead = order[i + Ahead];
                Sse.Prefetch0(_given.Items + ahead);
                Sse.Prefetch0(_givenPlaces.Items + ahead);
                Sse.Prefetch0(_givenBytes.Items + _givenPlaces.Items[order[i + AheadOfValue]].Offset);
            }
            int given = order[i];
            _lines.Items[i] = _given.Items[given];
            Place place = _givenPlaces.Items[given];
            if (place.Length == Absent) _places.Items[i] = place;
            else Put(i, _givenBytes.Items + place.Offset, place.Length);
        }
    }

    private void Resize(int count)
    {
        Count = count;
        _lines.Reserve(count);
        _places.Reserve(count);
        _used = 0;
    }

    // Small values are padded to a block, and so hashed in lanes; then every leaf's line, as it lies here.
    private void FillGroup(ReadOnlySpan<StateWrite> writes, int from, int to)
    {
        int jobs = 0, leaves = 0;
        for (int i = from; i < to; i++)
        {
            Line* line = _given.Items + i;
            ref readonly StateWrite write = ref writes[i];
            line->Key = write.Key.Bytes;
            if (write.IsDelete)
            {
                _givenPlaces.Items[i] = new Place(0, Absent);
                HasDeletes = true;
                continue;
            }
            ReadOnlySpan<byte> value = write.Value.Span;
            byte* at = _givenBytes.Items + _used;
            _givenPlaces.Items[i] = new Place(_used, value.Length);
            _used += (value.Length + LaneBytes - 1) & -LaneBytes;
            if (value.IsEmpty)
            {
                line->Leaf = s_emptyValue;
            }
            else if (value.Length <= LaneBytes)
            {
                var block = new Span<byte>(at, LaneBytes);
                block[value.Length..].Clear();
                value.CopyTo(block);
                _jobs[jobs++] = new Blake3Job((nint)at, (nint)at + Bytes32.Size, (nint)(&line->Leaf), value.Length);
            }
            else
            {
                value.CopyTo(new Span<byte>(at, value.Length));
                line->Leaf = StateHash.Value(value);
            }
            _leafJobs[leaves++] = new Blake3Job((nint)line, (nint)(&line->Leaf), (nint)(&line->Leaf));
        }
        Domains.StateValue.Run(_jobs.AsSpan(0, jobs), whole: false);
        Domains.StateLeaf.Run(_leafJobs.AsSpan(0, leaves), whole: true);
    }

    private record struct Place(long Offset, int Length);

    private struct Line
    {
        public Bytes32 Key, Leaf;
    }

    private static readonly Bytes32 s_emptyValue = StateHash.Value(default);
}
