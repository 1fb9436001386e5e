namespace Prozchain.Rollups.State;

/// <summary>
/// What writes replaced, youngest last, in flat memory: positions are absolute, and what lies before the oldest one that
/// anybody may still go back to is forgotten. Allocates only to grow.
/// </summary>
internal sealed class UndoLog
{
    /// <summary>Length of what a write replaced when it added the key.</summary>
    public const int Added = -1;

    private Entry[] _entries = new Entry[64];
    private byte[] _bytes = new byte[1 << 10];
    private int _count, _byteCount;
    private long _base, _byteBase;

    /// <summary>Position after the youngest write.</summary>
    public long Position => _base + _count;

    /// <summary>Position of the oldest write that is still known.</summary>
    public long Oldest => _base;

    public void Push(int leaf, int length, ReadOnlySpan<byte> before)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
        if (_byteCount + before.Length > _bytes.Length) Array.Resize(ref _bytes, 2 * _bytes.Length + before.Length);
        _entries[_count++] = new Entry(leaf, length);
        before.CopyTo(_bytes.AsSpan(_byteCount));
        _byteCount += before.Length;
    }

    /// <summary>Takes the youngest write off. The bytes may be viewed until the next push.</summary>
    public Entry Pop(out ReadOnlySpan<byte> before)
    {
        Entry entry = _entries[--_count];
        _byteCount -= Math.Max(0, entry.Length);
        before = _bytes.AsSpan(_byteCount, Math.Max(0, entry.Length));
        return entry;
    }

    /// <summary>The write at a position, and where its bytes start; <see cref="Bytes"/> gives them.</summary>
    public Entry At(long position) => _entries[position - _base];

    /// <summary>Bytes of all writes still known, oldest first.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _byteCount);

    /// <summary>Where the bytes of the next write will be, counted from the first write ever.</summary>
    public long BytePosition => _byteBase + _byteCount;

    /// <summary>Bytes that a write replaced.</summary>
    public ReadOnlySpan<byte> BytesAt(long bytePosition, int length) => _bytes.AsSpan((int)(bytePosition - _byteBase), length);

    /// <summary>Forgets the writes before a position. Moves memory only when most of it is dead, so the cost is spread.</summary>
    public void Forget(long position)
    {
        int dead = (int)(position - _base);
        if (dead == 0 || 2 * dead < _count) return;
        int deadBytes = 0;
        for (int i = 0; i < dead; i++) deadBytes += Math.Max(0, _entries[i].Length);
        _entries.AsSpan(dead, _count - dead).CopyTo(_entries);
        _bytes.AsSpan(deadBytes, _byteCount - deadBytes).CopyTo(_bytes);
        (_count, _byteCount, _base, _byteBase) = (_count - dead, _byteCount - deadBytes, position, _byteBase + deadBytes);
    }

    internal readonly record struct Entry(int Leaf, int Length);
}
