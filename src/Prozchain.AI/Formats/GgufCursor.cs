using System.Buffers.Binary;

namespace Prozchain.AI.Formats;

/// <summary>Reads a file from front to back through one window of memory.</summary>
/// <param name="source">The file.</param>
/// <param name="length">Bytes that may be read.</param>
/// <param name="window">At least as long as the longest <see cref="NeedAsync"/>.</param>
internal sealed class GgufCursor(ByteSource source, long length, byte[] window)
{
    private long _start;
    private int _at, _held;

    public long Position => _start + _at;

    public long Remaining => length - Position;

    /// <summary>Makes the next bytes ready to be taken; false when the file ends before.</summary>
    public ValueTask<bool> NeedAsync(int count, CancellationToken cancellationToken) =>
        count <= _held - _at ? ValueTask.FromResult(true) : FillAsync(count, cancellationToken);

    /// <summary>Takes bytes that are ready.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        _at += count;
        return window.AsSpan(_at - count, count);
    }

    public uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong TakeUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Passes over bytes, at most <see cref="Remaining"/>.</summary>
    public void Skip(long count)
    {
        if (count <= _held - _at) { _at += (int)count; return; }
        _start = Position + count;
        _at = _held = 0;
    }

    /// <summary>Reads bytes, at most <see cref="Remaining"/>, past the window; false when the file ends before.</summary>
    public async ValueTask<bool> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        int read = await source.FillAsync(Position, destination, cancellationToken).ConfigureAwait(false);
        Skip(read);
        return read == destination.Length;
    }

    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        if (count > Remaining) return false;
        window.AsSpan(_at, _held - _at).CopyTo(window);
        (_start, _held, _at) = (Position, _held - _at, 0);
        int wanted = (int)Math.Min(window.Length - _held, Remaining - _held);
        _held += await source.FillAsync(_start + _held, window.AsMemory(_held, wanted), cancellationToken).ConfigureAwait(false);
        return count <= _held;
    }
}
