using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>The written cells of a block in the order of their keys. Grows, and is used again.</summary>
internal sealed class WriteSet
{
    private const int BucketBits = 12;
    // Stands where a length does, and is none.
    private const ushort Removed = ushort.MaxValue;

    private readonly Comparison<int> _byKey;
    private CellTable? _table;
    private readonly int[] _ends = new int[1 << BucketBits];
    private ulong[] _heads = [], _spreadHeads = [];
    private int[] _cells = [], _spreadCells = [];
    private StateWrite[] _writes = [];
    private byte[] _encoded = [];

    public WriteSet() => _byKey = (a, b) => _table![a].Key.CompareTo(_table[b].Key);

    public int Count { get; private set; }

    public ReadOnlySpan<StateWrite> Writes => _writes.AsSpan(0, Count);

    public Sharding.Digest Digest { get; private set; }

    /// <summary>What the state grows by, in bytes.</summary>
    public long Growth { get; private set; }

    public void Clear() => (Count, Growth, Digest) = (0, 0, default);

    public void Fill(CellTable table)
    {
        _table = table;
        Collect(table);
        Sort(table);
        int length = 0;
        for (int i = 0; i < Count; i++)
        {
            ref readonly Cell cell = ref table[_cells[i]];
            _writes[i] = cell.Length < 0 ? StateWrite.Delete(cell.Key) : new StateWrite(cell.Key, table.Arena.Memory(cell.Chunk, cell.Offset, cell.Length));
            length += Sharding.Digest.Size + sizeof(ushort) + Math.Max(cell.Length, 0);
            Growth += SizeOf(cell.Length) - SizeOf(cell.BaseLength);
        }
        if (_encoded.Length < length) _encoded = new byte[length + length / 2];
        Digest = new Sharding.Digest(Domains.WriteDigest.Hash(Encode(_encoded.AsSpan(0, length))));
    }

    private static int SizeOf(int length) => length < 0 ? 0 : Sharding.Digest.Size + length;

    private void Collect(CellTable table)
    {
        ReadOnlySpan<Cell> cells = table.Cells;
        if (_cells.Length < cells.Length)
        {
            int length = cells.Length + cells.Length / 2;
            (_cells, _heads, _writes) = (new int[length], new ulong[length], new StateWrite[length]);
            (_spreadCells, _spreadHeads) = (new int[length], new ulong[length]);
        }
        (Count, Growth) = (0, 0);
        for (int i = 0; i < cells.Length; i++)
        {
            if (cells[i].Version == 0) continue;
            _heads[Count] = BinaryPrimitives.ReadUInt64BigEndian(cells[i].Key.Span);
            _cells[Count++] = i;
        }
    }

    // By the first eight bytes, and whole keys only where those agree.
    private void Sort(CellTable table)
    {
        Spread();
        for (int from = 0, to; from < Count; from = to)
        {
            for (to = from + 1; to < Count && _heads[to] == _heads[from];) to++;
            if (to - from > 1) _cells.AsSpan(from, to - from).Sort(_byKey);
        }
    }

    // Keys are mostly hashes under the shard's prefix: spread by the bits that follow what all heads share, the buckets
    // are short. Chosen keys may fill one bucket, which costs what sorting the whole would.
    private void Spread()
    {
        Span<ulong> heads = _heads.AsSpan(0, Count), spread = _spreadHeads.AsSpan(0, Count);
        Span<int> cells = _cells.AsSpan(0, Count), spreadCells = _spreadCells.AsSpan(0, Count), ends = _ends;
        ulong differing = 0;
        foreach (ulong head in heads) differing |= head ^ heads[0];
        int shared = BitOperations.LeadingZeroCount(differing);
        ends.Clear();
        foreach (ulong head in heads) ends[Bucket(head, shared)]++;
        for (int i = 1; i < ends.Length; i++) ends[i] += ends[i - 1];
        for (int i = Count - 1; i >= 0; i--)
        {
            int at = --ends[Bucket(heads[i], shared)];
            (spread[at], spreadCells[at]) = (heads[i], cells[i]);
        }
        for (int bucket = 0; bucket < ends.Length; bucket++)
        {
            int from = ends[bucket], length = (bucket + 1 < ends.Length ? ends[bucket + 1] : Count) - from;
            if (length > 1) spread.Slice(from, length).Sort(spreadCells.Slice(from, length));
        }
        (_heads, _spreadHeads, _cells, _spreadCells) = (_spreadHeads, _heads, _spreadCells, _cells);
    }

    private static int Bucket(ulong head, int shared) => shared < 64 ? (int)(head << shared >> (64 - BucketBits)) : 0;

    private ReadOnlySpan<byte> Encode(Span<byte> destination)
    {
        Span<byte> at = destination;
        foreach (ref readonly StateWrite write in Writes)
        {
            ReadOnlySpan<byte> value = write.Value.Span;
            write.Key.Span.CopyTo(at);
            BinaryPrimitives.WriteUInt16LittleEndian(at[Sharding.Digest.Size..], write.IsDelete ? Removed : (ushort)value.Length);
            value.CopyTo(at[(Sharding.Digest.Size + sizeof(ushort))..]);
            at = at[(Sharding.Digest.Size + sizeof(ushort) + value.Length)..];
        }
        return destination;
    }
}
