using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.State;

/// <summary>
/// Writes in the order of their keys, hashed. A heap trie exchanges them for what it has: what was applied is then what
/// undoes it, and the other way round. Reused.
/// </summary>
internal sealed unsafe class StateBatch : IDisposable
{
    /// <summary>The length that means that a key holds nothing.</summary>
    public const int Absent = -1;

    // Writes hashed together: what is hashed stays in the nearest cache.
    private const int BlockBytes = 64, JobGroup = 128;

    // Writes ahead of the one that is put in its place: as long as a line takes to come.
    private const int Ahead = 16;

    private readonly NativeBuffer<Line> _lines = new(), _hashed = new();
    private readonly NativeBuffer<Place> _places = new();
    private readonly NativeBuffer<byte> _bytes = new(), _blocks = new();
    private readonly Blake3Job[] _jobs = new Blake3Job[JobGroup], _leafJobs = new Blake3Job[JobGroup];
    private int _used;

    public int Count { get; private set; }

    /// <summary>Whether some write deletes.</summary>
    public bool HasDeletes { get; set; }

    public Bytes32* Key(int i) => &_lines.Items[i].Key;

    public Bytes32* Leaf(int i) => &_lines.Items[i].Leaf;

    public int Length(int i) => _places.Items[i].Length;

    public byte* Value(int i) => _bytes.Items + ((long)_places.Items[i].Unit << TrieBlocks.ValueBits);

    /// <summary>Copies the writes to their places in the order, and hashes them.</summary>
    public void Fill(ReadOnlySpan<StateWrite> writes, KeySorter order)
    {
        Count = writes.Length;
        HasDeletes = false;
        _used = 0;
        long units = 0;
        foreach (ref readonly StateWrite write in writes)
            if (!write.IsDelete) units += Units(write.Value.Length);
        _lines.Reserve(Count);
        _places.Reserve(Count);
        _bytes.Reserve(units << TrieBlocks.ValueBits);
        _hashed.Reserve(JobGroup);
        _blocks.Reserve(JobGroup * BlockBytes);
        for (int from = 0; from < Count; from += JobGroup) FillGroup(writes, order.Places, from, Math.Min(from + JobGroup, Count));
    }

    /// <summary>The key holds nothing as far as this write goes.</summary>
    public void SetAbsent(int i)
    {
        _places.Items[i].Length = Absent;
        HasDeletes = true;
    }

    /// <summary>The write is of this value from now on.</summary>
    public void Set(int i, Bytes32* leaf, byte* value, int length)
    {
        *Leaf(i) = *leaf;
        ref Place place = ref _places.Items[i];
        if (Units(length) > place.Room)
        {
            place = new Place(_used, 0, Units(length));
            _used += place.Room;
            _bytes.Reserve((long)_used << TrieBlocks.ValueBits);
        }
        place.Length = length;
        CopyUnits(Value(i), value, length);
    }

    /// <summary>Exchanges the value with one of as many units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exchange(int i, Bytes32* leaf, byte* value, ref ushort length)
    {
        (*leaf, *Leaf(i)) = (*Leaf(i), *leaf);
        ref Place place = ref _places.Items[i];
        byte* own = _bytes.Items + ((long)place.Unit << TrieBlocks.ValueBits);
        for (int at = 0; at < length; at += Vector128<byte>.Count)
        {
            Vector128<byte> mine = Vector128.Load(own + at);
            Vector128.Store(Vector128.Load(value + at), own + at);
            Vector128.Store(mine, value + at);
        }
        (place.Length, length) = (length, (ushort)place.Length);
    }

    /// <summary>Says that this write's value is read next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch(int i) => Sse.Prefetch0(Value(i));

    /// <summary>Units of 16 bytes, which is what is copied of a value.</summary>
    public static int Units(int length) => (length + Vector128<byte>.Count - 1) >> TrieBlocks.ValueBits;

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
        _hashed.Dispose();
        _places.Dispose();
        _bytes.Dispose();
        _blocks.Dispose();
    }

    // Small values are padded to a block, and so hashed in lanes; then every leaf, whose hash goes to its place.
    private void FillGroup(ReadOnlySpan<StateWrite> writes, int* places, int from, int to)
    {
        int jobs = 0, leaves = 0;
        for (int i = from; i < to; i++)
        {
            if (places is not null && Sse.IsSupported && i + Ahead < Count)
            {
                Sse.Prefetch0(_lines.Items + places[i + Ahead]);
                Sse.Prefetch0(_places.Items + places[i + Ahead]);
            }
            ref readonly StateWrite write = ref writes[i];
            int at = places is null ? i : places[i];
            Line* line = _lines.Items + at;
            line->Key = write.Key.Bytes;
            if (write.IsDelete)
            {
                _places.Items[at] = new Place(0, Absent, 0);
                HasDeletes = true;
                continue;
            }
            ReadOnlySpan<byte> value = write.Value.Span;
            Line* hashed = _hashed.Items + (i - from);
            hashed->Key = write.Key.Bytes;
            _places.Items[at] = new Place(_used, value.Length, Units(value.Length));
            byte* own = _bytes.Items + ((long)_used << TrieBlocks.ValueBits);
            _used += Units(value.Length);
            if (value.IsEmpty)
            {
                hashed->Leaf = s_emptyValue;
            }
            else if (value.Length <= BlockBytes)
            {
                byte* block = _blocks.Items + (i - from) * BlockBytes;
                Vector512.Store(Vector512<byte>.Zero, block);
                value.CopyTo(new Span<byte>(block, BlockBytes));
                CopyUnits(own, block, value.Length);
                _jobs[jobs++] = new Blake3Job((nint)block, (nint)block + Bytes32.Size, (nint)(&hashed->Leaf), value.Length);
            }
            else
            {
                value.CopyTo(new Span<byte>(own, value.Length));
                hashed->Leaf = StateHash.Value(value);
            }
            _leafJobs[leaves++] = new Blake3Job((nint)hashed, (nint)(&hashed->Leaf), (nint)(&line->Leaf));
        }
        Domains.StateValue.Run(_jobs.AsSpan(0, jobs), whole: false);
        Domains.StateLeaf.Run(_leafJobs.AsSpan(0, leaves), whole: true);
    }

    /// <summary>Where a value is and how long, and how much room it has, in units of 16 bytes.</summary>
    private record struct Place(int Unit, int Length, int Room);

    private struct Line
    {
        public Bytes32 Key, Leaf;
    }

    private static readonly Bytes32 s_emptyValue = StateHash.Value(default);
}
