namespace Prozchain.Sharding.Execution;

/// <summary>
/// Memory for the values of a block, in chunks that never move, so that several lanes take pieces of it at once. Kept
/// from block to block.
/// </summary>
internal sealed class CellArena
{
    private const int ChunkSize = 1 << 16, Grain = 16;

    // A lane needs the chunks from before the phase and its own, and both are in every list that it can see.
    private readonly Lock _growth = new();
    private byte[][] _chunks = [];
    private int _used;

    public void Reset() => _used = 0;

    public Span<byte> this[int chunk, int offset, int length] => _chunks[chunk].AsSpan(offset, length);

    public ReadOnlyMemory<byte> Memory(int chunk, int offset, int length) => _chunks[chunk].AsMemory(offset, length);

    public static int CapacityFor(int length) => Math.Max(Grain, (length + Grain - 1) & -Grain);

    /// <summary>Takes room for a value. A cursor belongs to one lane.</summary>
    public void Take(ref Cursor cursor, int length, out int chunk, out int offset, out int capacity)
    {
        capacity = CapacityFor(length);
        if (cursor.Chunk < 0 || cursor.Used + capacity > ChunkSize)
        {
            cursor.Chunk = TakeChunk();
            cursor.Used = 0;
        }
        (chunk, offset) = (cursor.Chunk, cursor.Used);
        cursor.Used += capacity;
    }

    private int TakeChunk()
    {
        lock (_growth)
        {
            if (_used == _chunks.Length) _chunks = [.. _chunks, GC.AllocateUninitializedArray<byte>(ChunkSize)];
            return _used++;
        }
    }

    /// <summary>Where one lane takes the next piece.</summary>
    internal struct Cursor
    {
        public static readonly Cursor Fresh = new() { Chunk = -1 };

        public int Chunk, Used;
    }
}
