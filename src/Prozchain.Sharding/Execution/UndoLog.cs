namespace Prozchain.Sharding.Execution;

/// <summary>What the cells that a transaction has written held before, latest last. Grows, and is used again.</summary>
internal sealed class UndoLog
{
    private Entry[] _entries = new Entry[16];
    private byte[] _values = new byte[1024];
    private int _count, _used;

    /// <summary>What was written so far is final.</summary>
    public void Clear() => _count = _used = 0;

    public void Save(CellTable table, int index)
    {
        ref readonly Cell cell = ref table[index];
        int length = Math.Max(cell.Length, 0);
        if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
        if (_used + length > _values.Length) Array.Resize(ref _values, Math.Max(2 * _values.Length, _used + length));
        if (length > 0) table.ValueOf(cell).CopyTo(_values.AsSpan(_used));
        _entries[_count++] = new Entry { Cell = index, Length = cell.Length, Version = cell.Version, At = _used };
        _used += length;
    }

    /// <summary>Puts everything back. A cell's room only grows, so the old value fits.</summary>
    public void Undo(CellTable table)
    {
        while (_count > 0)
        {
            ref readonly Entry entry = ref _entries[--_count];
            ref Cell cell = ref table[entry.Cell];
            cell.Length = entry.Length;
            cell.Version = entry.Version;
            if (entry.Length > 0) _values.AsSpan(entry.At, entry.Length).CopyTo(table.Arena[cell.Chunk, cell.Offset, entry.Length]);
        }
        _used = 0;
    }

    private struct Entry
    {
        public int Cell, Length, Version, At;
    }
}
