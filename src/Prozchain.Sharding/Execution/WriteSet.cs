using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>The written cells of a block in the order of their keys. Grows, and is used again.</summary>
internal sealed class WriteSet
{
    // Stands where a length does, and is none.
    private const ushort Deleted = ushort.MaxValue;

    private readonly Comparison<int> _byKey;
    private CellTable? _table;
    private ulong[] _heads = [];
    private int[] _cells = [];
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
            Growth += Math.Max(cell.Length, 0) - Math.Max(cell.BaseLength, 0) + Sharding.Digest.Size * ((cell.Length < 0 ? 0 : 1) - (cell.BaseLength < 0 ? 0 : 1));
        }
        if (_encoded.Length < length) _encoded = new byte[length + length / 2];
        Digest = new Sharding.Digest(Domains.WriteDigest.Hash(Encode(_encoded.AsSpan(0, length))));
    }

    private void Collect(CellTable table)
    {
        ReadOnlySpan<Cell> cells = table.Cells;
        if (_cells.Length < cells.Length)
        {
            int length = cells.Length + cells.Length / 2;
            (_cells, _heads, _writes) = (new int[length], new ulong[length], new StateWrite[length]);
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
        _heads.AsSpan(0, Count).Sort(_cells.AsSpan(0, Count));
        for (int from = 0, to; from < Count; from = to)
        {
            for (to = from + 1; to < Count && _heads[to] == _heads[from];) to++;
            if (to - from > 1) _cells.AsSpan(from, to - from).Sort(_byKey);
        }
    }

    private ReadOnlySpan<byte> Encode(Span<byte> destination)
    {
        Span<byte> at = destination;
        foreach (ref readonly StateWrite write in Writes)
        {
            ReadOnlySpan<byte> value = write.Value.Span;
            write.Key.Span.CopyTo(at);
            BinaryPrimitives.WriteUInt16LittleEndian(at[Sharding.Digest.Size..], write.IsDelete ? Deleted : (ushort)value.Length);
            value.CopyTo(at[(Sharding.Digest.Size + sizeof(ushort))..]);
            at = at[(Sharding.Digest.Size + sizeof(ushort) + value.Length)..];
        }
        return destination;
    }
}
