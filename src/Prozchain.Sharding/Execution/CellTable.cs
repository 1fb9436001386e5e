using System.Numerics;
using System.Runtime.InteropServices;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The cells that a block touches, numbered in the order of their first touch, over the state before it: an
/// open-addressing index into flat arrays that are kept from block to block. Touching is for one thread; reading and
/// writing cells is for as many lanes as have none in common.
/// </summary>
internal sealed class CellTable
{
    // The order of cells in the index never shows; the seed keeps chosen keys from meeting in it.
    private readonly ulong _seed = (ulong)(uint)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2);
    private readonly CellArena _arena = new();
    private CellArena.Cursor _cursor = CellArena.Cursor.Fresh;
    private Cell[] _cells = new Cell[64];
    private int[] _index = new int[256];

    public int Count { get; private set; }

    public CellArena Arena => _arena;

    public Span<Cell> Cells => _cells.AsSpan(0, Count);

    public ICellSource Source { get; private set; } = new StoreCells();

    /// <summary>Which cells transactions may touch; null where none is claimed.</summary>
    public IBlockFrame? Claims { get; set; }

    public void Reset(ICellSource source)
    {
        Source = source;
        Claims = null;
        Count = 0;
        Array.Clear(_index);
        _arena.Reset();
        _cursor = CellArena.Cursor.Fresh;
    }

    public ref Cell this[int cell] => ref _cells[cell];

    /// <summary>The cell of a key, or -1 if the block has not touched it.</summary>
    public int Find(in Digest key)
    {
        int mask = _index.Length - 1;
        for (int at = Slot(key) & mask; ; at = (at + 1) & mask)
        {
            int cell = _index[at] - 1;
            if (cell < 0 || _cells[cell].Key == key) return cell;
        }
    }

    /// <summary>The cell of a key; a new one is read from the source.</summary>
    public int Touch(in Digest key)
    {
        int mask = _index.Length - 1, at = Slot(key) & mask;
        for (; ; at = (at + 1) & mask)
        {
            int cell = _index[at] - 1;
            if (cell < 0) break;
            if (_cells[cell].Key == key) return cell;
        }
        if (Count == _cells.Length) Array.Resize(ref _cells, 2 * Count);
        _index[at] = Count + 1;
        Load(ref _cells[Count], key);
        if (4 * ++Count > _index.Length) Rebuild();
        return Count - 1;
    }

    public ReadOnlySpan<byte> ValueOf(in Cell cell) => _arena[cell.Chunk, cell.Offset, cell.Length];

    /// <summary>Sets a value, in place where it fits. The lane's cursor gives more room.</summary>
    public void Set(ref Cell cell, ReadOnlySpan<byte> value, int version, ref CellArena.Cursor cursor)
    {
        if (value.Length > cell.Capacity) _arena.Take(ref cursor, value.Length, out cell.Chunk, out cell.Offset, out cell.Capacity);
        value.CopyTo(_arena[cell.Chunk, cell.Offset, value.Length]);
        cell.Length = value.Length;
        cell.Version = version;
    }

    /// <summary>Makes a piece of the arena, which holds a value already, the cell's own.</summary>
    public static void Adopt(ref Cell cell, int chunk, int offset, int length, int version) =>
        (cell.Chunk, cell.Offset, cell.Capacity, cell.Length, cell.Version) = (chunk, offset, CellArena.CapacityFor(length), length, version);

    /// <summary>Makes a cell absent. Its room stays its own.</summary>
    public static void Remove(ref Cell cell, int version) => (cell.Length, cell.Version) = (-1, version);

    private void Load(ref Cell cell, in Digest key)
    {
        bool present = Source.TryGet(key, out ReadOnlySpan<byte> value);
        cell = new Cell { Key = key, Length = present ? value.Length : -1, BaseLength = present ? value.Length : -1 };
        _arena.Take(ref _cursor, value.Length, out cell.Chunk, out cell.Offset, out cell.Capacity);
        value.CopyTo(_arena[cell.Chunk, cell.Offset, value.Length]);
    }

    private void Rebuild()
    {
        _index = new int[2 * _index.Length];
        int mask = _index.Length - 1;
        for (int cell = 0; cell < Count; cell++)
        {
            int at = Slot(_cells[cell].Key) & mask;
            while (_index[at] != 0) at = (at + 1) & mask;
            _index[at] = cell + 1;
        }
    }

    private int Slot(in Digest key)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(key.Span);
        ulong high = Math.BigMul(words[0] ^ _seed, words[1] ^ 0x9E3779B97F4A7C15, out ulong low);
        ulong next = Math.BigMul(words[2] ^ high ^ _seed, words[3] ^ BitOperations.RotateLeft(low, 32) ^ 0xD1B54A32D192ED03, out ulong end);
        return (int)((next ^ end) >> 3);
    }
}
