namespace Prozchain.Sharding.Ports;

/// <summary>Keeps the bytes in memory, at most 2 GiB less 64 KiB; they live as long as this object. One caller at a time.</summary>
public sealed class MemoryLogStorage : ILogStorage
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <inheritdoc/>
    public long Length => _length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination) => _bytes.AsSpan(0, _length).Slice(checked((int)offset), destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (offset < 0 || offset > _length) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"Expected 0 to {_length}.");
        long end = offset + source.Length;
        if (end > Array.MaxLength - 65536) throw new IOException($"Expected at most {Array.MaxLength - 65536} bytes in memory, got {end}.");
        if (end > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Math.Max(end, 2L * _bytes.Length), Array.MaxLength - 65536));
        source.CopyTo(_bytes.AsSpan((int)offset));
        _length = Math.Max(_length, (int)end);
    }

    /// <inheritdoc/>
    public void Truncate(long length)
    {
        if (length < 0 || length > _length) throw new ArgumentOutOfRangeException(nameof(length), length, $"Expected 0 to {_length}.");
        _length = (int)length;
    }

    /// <summary>Does nothing: memory is as durable as it gets.</summary>
    public void Flush() { }
}
