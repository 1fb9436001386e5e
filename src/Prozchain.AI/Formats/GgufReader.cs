using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Prozchain.AI.Formats;

/// <summary>
/// Reads a GGUF file, version 2 or 3, little-endian, by ranges. The whole header is checked before a reader exists; neither the
/// data nor the arrays of the metadata are loaded. Tensors of every type that ggml has a number for are listed and read as bytes;
/// <see cref="TensorFloats"/> says which of them are offered as floats.
/// </summary>
/// <remarks>
/// Shapes are given outermost first, the reverse of the order in the file. Over a file handle, reads may run at the same time;
/// over a stream, one at a time. The handle or the stream stays the caller's, who keeps it open while the reader is in use.
/// </remarks>
public sealed class GgufReader : IModelReader
{
    // The longest field that is taken in one piece is a key.
    private const int Window = 128 * 1024;

    private readonly ByteSource _source;
    private readonly FrozenDictionary<string, TensorInfo> _byName;
    private readonly FrozenDictionary<string, GgufEntry> _byKey;

    private GgufReader(ByteSource source, long length, GgufParser header)
    {
        _source = source;
        (Length, Version, Alignment, DataOffset) = (length, (int)header.Version, header.Alignment, header.DataOffset);
        (Tensors, Metadata) = (header.Tensors, header.Entries);
        _byName = header.Tensors.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        _byKey = header.Entries.ToFrozenDictionary(e => e.Key, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.Gguf;

    /// <inheritdoc/>
    public long Length { get; }

    /// <summary>The format's version, 2 or 3.</summary>
    public int Version { get; }

    /// <summary>Tensors start at multiples of so many bytes: a power of two.</summary>
    public long Alignment { get; }

    /// <summary>First byte of the data, from the start of the file.</summary>
    public long DataOffset { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The entries of the metadata in the order of the file.</summary>
    public IReadOnlyList<GgufEntry> Metadata { get; }

    /// <summary>Reads and checks the header of an open file.</summary>
    /// <param name="file">A regular file, open for reading.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ValueTask<GgufOpening> OpenAsync(SafeFileHandle file, CancellationToken cancellationToken = default) =>
        OpenAsync(ByteSource.Of(file), cancellationToken);

    /// <summary>Reads and checks the header of a file in a stream.</summary>
    /// <param name="stream">Readable and seekable; the file runs from its position to its end.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ValueTask<GgufOpening> OpenAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek) throw new ArgumentException("Expected a stream that can seek.", nameof(stream));
        return OpenAsync(ByteSource.Of(stream), cancellationToken);
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Finds an entry of the metadata by its key; null when there is none.</summary>
    /// <param name="key">The exact key.</param>
    public GgufEntry? FindEntry(string key) => _byKey.GetValueOrDefault(key);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return _source.FillAsync(offset, destination[..(int)Math.Min(destination.Length, Length - offset)], cancellationToken);
    }

    /// <summary>Reads an array of texts, such as a tokeniser's vocabulary. Bytes that are not UTF-8 are replaced.</summary>
    /// <param name="entry">An entry of this file's metadata: an array of texts.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="ArgumentException">The entry is something else.</exception>
    /// <exception cref="IOException">The file cannot be read, or is not any more what it was.</exception>
    public async ValueTask<string[]> ReadTextsAsync(GgufEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if ((entry.Type, entry.ElementType) != (GgufValueType.Array, GgufValueType.Text))
            throw new ArgumentException($"Expected an array of texts, got {entry}.", nameof(entry));
        // No longer than the header's limit, and the file was seen to have them.
        var bytes = new byte[entry.Length];
        var texts = new string[entry.Count];
        if (await ReadAsync(entry.Offset, bytes, cancellationToken).ConfigureAwait(false) < bytes.Length) throw Changed(entry);
        for (int i = 0, at = 0; i < texts.Length; i++)
        {
            if (bytes.Length - at < 8) throw Changed(entry);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            at += 8;
            if (length > (ulong)(bytes.Length - at)) throw Changed(entry);
            texts[i] = Encoding.UTF8.GetString(bytes, at, (int)length);
            at += (int)length;
        }
        return texts;
    }

    /// <summary>Closes the file if it was opened by its path; one that was passed in open stays the caller's.</summary>
    public void Dispose() => _source.Dispose();

    internal static async ValueTask<GgufOpening> OpenAsync(ByteSource source, CancellationToken cancellationToken)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(Window);
        try
        {
            long length = source.Length ?? 0;
            var parser = new GgufParser(new GgufCursor(source, length, window), cancellationToken);
            GgufStatus status = await parser.ReadAsync().ConfigureAwait(false);
            return new GgufOpening(status, parser.Position, status == GgufStatus.Ok ? new GgufReader(source, length, parser) : null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private static IOException Changed(GgufEntry entry) => new($"Expected the texts of '{entry.Key}' as they were when the file was opened, got other bytes.");
}
