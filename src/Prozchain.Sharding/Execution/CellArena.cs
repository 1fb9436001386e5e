namespace Prozchain.Sharding.Execution;

/// <summary>
/// Memory for the values of a block, in chunks that never move, so that several lanes take pieces of it at once. Kept
/// from block to block.
/// </summary>
internal sealed class CellArena
{
    private const int ChunkSize = 1 << 16, MaxChunks = 1 << 16, Grain = 16;

    // The list itself never moves while lanes read it: 4 GiB is beyond what any block's gas can touch.
    private readonly byte[]?[] _chunks = new byte[]?[MaxChunks];
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
            cursor.Chunk = Interlocked.Increment(ref _used) - 1;
            cursor.Used = 0;
            _chunks[cursor.Chunk] ??= GC.AllocateUninitializedArray<byte>(ChunkSize);
        }
        (chunk, offset) = (cursor.Chunk, cursor.Used);
        cursor.Used += capacity;
    }

    /// <summary>Where one lane takes the next piece.</summary>
    internal struct Cursor
    {
        public static readonly Cursor Fresh = new() { Chunk = -1 };

        public int Chunk, Used;
    }
}
