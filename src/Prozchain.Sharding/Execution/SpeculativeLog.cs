namespace Prozchain.Sharding.Execution;

/// <summary>
/// What transactions of one lane touch and want to write while they execute beside the table: each key once, with the
/// version seen at first touch, and the writes in their order. A write counts as a touch, so that the set is the one
/// that executing in the table would touch. Grows, and is used again.
/// </summary>
internal sealed class SpeculativeLog
{
    private Touched[] _touched = new Touched[64];
    private Written[] _writes = new Written[64];
    private int _firstTouch, _firstWrite, _keptWrites;

    public int TouchCount { get; private set; }

    public int WriteCount { get; private set; }

    public void Clear() => TouchCount = WriteCount = _firstTouch = _firstWrite = _keptWrites = 0;

    /// <summary>A transaction begins.</summary>
    public void Begin() => (_firstTouch, _firstWrite, _keptWrites) = (TouchCount, WriteCount, WriteCount);

    public void Keep() => _keptWrites = WriteCount;

    public void RollBack() => WriteCount = _keptWrites;

    public ReadOnlySpan<Touched> Touches(int from, int count) => _touched.AsSpan(from, count);

    public ReadOnlySpan<Written> Writes(int from, int count) => _writes.AsSpan(from, count);

    /// <summary>Counts a key of the current transaction; false, with the lane's fault set, for one too many.</summary>
    public bool TryTouch(ExecutionLane lane, in Digest key)
    {
        for (int i = TouchCount - 1; i >= _firstTouch; i--)
            if (_touched[i].Key == key) return true;
        if (TouchCount - _firstTouch == ExecutionLimits.MaxCellsPerTransaction) { lane.Fault = TransactionStatus.TooManyCells; return false; }
        if (TouchCount == _touched.Length) Array.Resize(ref _touched, 2 * TouchCount);
        int cell = lane.Table.Find(key);
        _touched[TouchCount++] = new Touched { Key = key, Version = cell < 0 ? 0 : lane.Table[cell].Version };
        return true;
    }

    public bool TryRead(ExecutionLane lane, in Digest key, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryTouch(lane, key)) return false;
        for (int i = WriteCount - 1; i >= _firstWrite; i--)
        {
            if (_writes[i].Key != key) continue;
            if (_writes[i].Length < 0) return false;
            value = lane.Table.Arena[_writes[i].Chunk, _writes[i].Offset, _writes[i].Length];
            return true;
        }
        int cell = lane.Table.Find(key);
        if (cell < 0) return lane.Table.Source.TryGet(key, out value);
        ref readonly Cell known = ref lane.Table[cell];
        if (known.Length > 0) value = lane.Table.ValueOf(known);
        return known.Length >= 0;
    }

    public void Write(ExecutionLane lane, in Digest key, ReadOnlySpan<byte> value)
    {
        if (!TryTouch(lane, key)) return;
        if (value.Length > ExecutionLimits.MaxValueBytes) { lane.Fault = TransactionStatus.ValueTooLarge; return; }
        lane.Table.Arena.Take(ref lane.Cursor, value.Length, out int chunk, out int offset, out _);
        Add(new Written { Key = key, Chunk = chunk, Offset = offset, Length = value.Length });
        value.CopyTo(lane.Table.Arena[chunk, offset, value.Length]);
    }

    public void Remove(ExecutionLane lane, in Digest key)
    {
        if (TryTouch(lane, key)) Add(new Written { Key = key, Length = -1 });
    }

    private void Add(in Written written)
    {
        if (WriteCount == _writes.Length) Array.Resize(ref _writes, 2 * WriteCount);
        _writes[WriteCount++] = written;
    }

    internal struct Touched
    {
        public Digest Key;
        public int Version;
    }

    internal struct Written
    {
        public Digest Key;

        /// <summary>Where the value lies; the length is -1 where the key is removed.</summary>
        public int Chunk, Offset, Length;
    }
}
