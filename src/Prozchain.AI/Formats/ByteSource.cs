using Microsoft.Win32.SafeHandles;

namespace Prozchain.AI.Formats;

/// <summary>
/// Bytes read by offset: a file handle, or a stream from where it stood. What it wraps stays its maker's, unless it was handed over.
/// </summary>
internal abstract class ByteSource : IDisposable
{
    /// <summary>Bytes in all, or null when only the end will tell.</summary>
    public abstract long? Length { get; }

    /// <summary>Reads up to the destination's length; 0 at the end only.</summary>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken);

    public static ByteSource Of(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead) throw new ArgumentException("Expected a stream that can be read.", nameof(stream));
        return new StreamSource(stream, owned: false);
    }

    /// <summary>Of a stream that can seek, and that is closed with the source.</summary>
    public static ByteSource Owning(Stream stream) => new StreamSource(stream, owned: true);

    /// <summary>Opens a file, which is closed with the source.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ByteSource Open(string path) => new HandleSource(File.OpenHandle(path), owned: true);

    public static ByteSource Of(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return new HandleSource(handle, owned: false);
    }

    /// <summary>Fills the destination, or as much of it as there is.</summary>
    public async ValueTask<int> FillAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int filled = 0;
        while (filled < destination.Length)
        {
            int read = await ReadAsync(offset + filled, destination[filled..], cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            filled += read;
        }
        return filled;
    }

    /// <summary>Closes what was handed over.</summary>
    public abstract void Dispose();

    private sealed class HandleSource(SafeFileHandle handle, bool owned) : ByteSource
    {
        public override long? Length { get; } = RandomAccess.GetLength(handle);

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken) =>
            RandomAccess.ReadAsync(handle, destination, offset, cancellationToken);

        public override void Dispose()
        {
            if (owned) handle.Dispose();
        }
    }

    private sealed class StreamSource(Stream stream, bool owned) : ByteSource
    {
        private readonly long _origin = stream.CanSeek ? stream.Position : 0;
        private long _at;

        public override long? Length { get; } = stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) : null;

        public override async ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
        {
            // The owner may have moved the stream since, so its own position is what counts.
            if (stream.CanSeek) stream.Position = _origin + offset;
            else if (offset != _at) throw new InvalidOperationException($"Expected a read at {_at} of a stream that cannot seek, got {offset}.");
            int read = await stream.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
            _at = offset + read;
            return read;
        }

        public override void Dispose()
        {
            if (owned) stream.Dispose();
        }
    }
}
