using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Prozchain.AI.Formats;

/// <summary>
/// Reads a safetensors file by ranges (format text of the safetensors project: an eight-byte little-endian length, a JSON
/// header, the data). The whole header is checked before a reader exists; the data is never loaded.
/// </summary>
/// <remarks>
/// Over a file handle, reads may run at the same time; over a stream, one at a time. The handle or the stream stays the
/// caller's, who keeps it open while the reader is in use.
/// </remarks>
public sealed class SafetensorsReader : IModelReader
{
    private const int Block = 64 * 1024;

    private readonly ByteSource _source;
    private readonly TensorNames _names;

    private SafetensorsReader(ByteSource source, SafetensorsHeader header)
    {
        (_source, _names) = (source, new TensorNames(header.Tensors));
        Header = header;
    }

    /// <summary>The checked header.</summary>
    public SafetensorsHeader Header { get; }

    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.Safetensors;

    /// <inheritdoc/>
    public long Length => Header.FileLength;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors => Header.Tensors;

    /// <summary>Reads and checks the header of an open file.</summary>
    /// <param name="file">A regular file, open for reading.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ValueTask<SafetensorsOpening> OpenAsync(SafeFileHandle file, CancellationToken cancellationToken = default) =>
        OpenAsync(ByteSource.Of(file), cancellationToken);

    /// <summary>Reads and checks the header of a file in a stream.</summary>
    /// <param name="stream">Readable and seekable; the file runs from its position to its end.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ValueTask<SafetensorsOpening> OpenAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek) throw new ArgumentException("Expected a stream that can seek.", nameof(stream));
        return OpenAsync(ByteSource.Of(stream), cancellationToken);
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _names.Find(name);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return _source.FillAsync(offset, destination[..(int)Math.Min(destination.Length, Length - offset)], cancellationToken);
    }

    /// <summary>Closes the file if it was opened by its path; one that was passed in open stays the caller's.</summary>
    public void Dispose() => _source.Dispose();

    internal static async ValueTask<SafetensorsOpening> OpenAsync(ByteSource source, CancellationToken cancellationToken)
    {
        var parser = new SafetensorsParser(keepMetadata: true);
        byte[] block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            for (long offset = 0; !parser.IsDone;)
            {
                int read = await source.ReadAsync(offset, block, cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                parser.Feed(block.AsSpan(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        SafetensorsStatus status = parser.Complete(source.Length ?? 0, out SafetensorsHeader? header);
        return new SafetensorsOpening(status, parser.Position, header is null ? null : new SafetensorsReader(source, header));
    }
}
