using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Prozchain.AI.Formats;

/// <summary>
/// Writes a safetensors file in the order and alignment of the format's own writer: metadata first, then the tensors by falling
/// number of their type (so the widest come first and all are aligned to their elements) and by name in UTF-8; the header padded by
/// spaces to a multiple of eight bytes. Metadata is in the order of its keys. One model has one encoding. The data is streamed.
/// </summary>
public sealed class SafetensorsWriter
{
    private const int Buffer = 256 * 1024;

    private readonly byte[] _header;

    /// <summary>Lays out a file.</summary>
    /// <param name="tensors">Name, type and shape (outermost first) of each tensor, in any order.</param>
    /// <param name="metadata">Free text, or null.</param>
    /// <exception cref="ArgumentException">
    /// A name is empty, longer than 4,096 bytes, no text, <c>__metadata__</c> or there twice; a type is a block type; a shape has a negative
    /// dimension, more than 64, or no whole bytes; the header is longer than the format's limit of 100,000,000 bytes.
    /// </exception>
    public SafetensorsWriter(IEnumerable<(string Name, TensorType Type, ImmutableArray<long> Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        List<(byte[] Key, TensorInfo Tensor)> order = [.. tensors.Select(t => Check(t.Name, t.Type, t.Shape))];
        if (order.Count > SafetensorsLimits.MaxTensors) throw new ArgumentException($"Expected at most {SafetensorsLimits.MaxTensors} tensors, got {order.Count}.", nameof(tensors));
        order.Sort((a, b) => b.Tensor.Type.CompareTo(a.Tensor.Type) is not 0 and int byType ? byType : a.Key.AsSpan().SequenceCompareTo(b.Key));
        string? twice = order.GroupBy(t => t.Tensor.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null) throw new ArgumentException($"Expected every name once, got '{twice}' twice.", nameof(tensors));
        var header = new ArrayBufferWriter<byte>();
        header.Write(new byte[8]);
        header.Write("{"u8);
        if (metadata is { Count: > 0 }) WriteMetadata(header, metadata);
        UInt128 end = 0;
        foreach ((byte[] key, TensorInfo tensor) in order)
        {
            if (header.WrittenCount > 9) header.Write(","u8);
            WriteText(header, key);
            string shape = string.Join(',', tensor.Shape);
            header.Write(Encoding.UTF8.GetBytes($":{{\"dtype\":\"{tensor.Type}\",\"shape\":[{shape}],\"data_offsets\":[{end},{end + (ulong)tensor.Length}]}}"));
            end += (ulong)tensor.Length;
            if (header.WrittenCount > SafetensorsLimits.MaxHeaderBytes || end > long.MaxValue / 2)
                throw new ArgumentException($"Expected a header of at most {SafetensorsLimits.MaxHeaderBytes} bytes and tensors of at most 2^62, got more.", nameof(tensors));
        }
        header.Write("}"u8);
        header.Write("       "u8[..(-header.WrittenCount & 7)]);
        _header = header.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(_header, (ulong)_header.Length - 8);
        var placed = ImmutableArray.CreateBuilder<TensorInfo>(order.Count);
        long offset = _header.Length;
        foreach ((_, TensorInfo t) in order)
        {
            placed.Add(new TensorInfo(t.Name, t.Type, t.Shape, offset, t.Length));
            offset += t.Length;
        }
        (Tensors, Length) = (placed.ToImmutable(), offset);
    }

    /// <summary>The tensors in the order of their bytes, with their places in the file.</summary>
    public ImmutableArray<TensorInfo> Tensors { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>The file up to the first tensor's bytes, for who makes the rest elsewhere.</summary>
    public ReadOnlyMemory<byte> Header => _header;

    /// <summary>Writes the file, asking for each tensor's bytes from its first to its last, in the order of <see cref="Tensors"/>.</summary>
    /// <param name="output">Receives the file, from where it stands.</param>
    /// <param name="read">Fills the memory with bytes of the tensor from the offset on, wholly, and returns how many: fewer is an error.</param>
    /// <param name="cancellationToken">Ends the writing early; what was written stays.</param>
    /// <exception cref="IOException">The output cannot be written, or a tensor has fewer bytes than it ought to have.</exception>
    public async ValueTask WriteAsync(
        Stream output, Func<TensorInfo, long, Memory<byte>, CancellationToken, ValueTask<int>> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(read);
        await output.WriteAsync(_header, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            foreach (TensorInfo tensor in Tensors)
            {
                for (long offset = 0; offset < tensor.Length;)
                {
                    Memory<byte> bytes = buffer.AsMemory(0, (int)Math.Min(Buffer, tensor.Length - offset));
                    int got = await read(tensor, offset, bytes, cancellationToken).ConfigureAwait(false);
                    if (got != bytes.Length) throw new IOException($"Expected {bytes.Length} bytes of {tensor} at {offset}, got {got}.");
                    await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                    offset += got;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the tensors of another file, whatever its format, as one safetensors file.</summary>
    /// <param name="output">Receives the file, from where it stands.</param>
    /// <param name="source">The other file; its types must be types of safetensors.</param>
    /// <param name="metadata">Free text, or null.</param>
    /// <param name="cancellationToken">Ends the writing early; what was written stays.</param>
    /// <exception cref="ArgumentException">A tensor's type is a block type.</exception>
    /// <exception cref="IOException">The output cannot be written, or the source not read.</exception>
    public static ValueTask CopyAsync(
        Stream output, IModelReader source, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var writer = new SafetensorsWriter(source.Tensors.Select(t => (t.Name, t.Type, t.Shape)), metadata);
        Dictionary<string, TensorInfo> byName = source.Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        return writer.WriteAsync(output, (tensor, offset, memory, cancel) => source.ReadTensorAsync(byName[tensor.Name], offset, memory, cancel), cancellationToken);
    }

    private static (byte[] Key, TensorInfo Tensor) Check(string name, TensorType type, ImmutableArray<long> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        byte[] key = Text(name);
        if (key.Length > SafetensorsLimits.MaxNameBytes || name == "__metadata__")
            throw new ArgumentException($"Expected a name of at most {SafetensorsLimits.MaxNameBytes} bytes that is not reserved, got '{name}'.", nameof(name));
        if ((int)type >= TensorTypes.SafetensorsCount) throw new ArgumentException($"Expected a type of safetensors for '{name}', got {type}.", nameof(type));
        if (shape.IsDefault || shape.Length > SafetensorsLimits.MaxRank || shape.Any(d => d < 0) || TensorInfo.Measure(type, shape.AsSpan(), out long length) != SafetensorsStatus.Ok)
            throw new ArgumentException($"Expected a shape of '{name}' with at most {SafetensorsLimits.MaxRank} dimensions, none negative, and whole bytes, got {type}[{(shape.IsDefault ? "none" : string.Join(',', shape))}].", nameof(shape));
        return (key, new TensorInfo(name, type, shape, 0, length));
    }

    private static void WriteMetadata(ArrayBufferWriter<byte> header, IReadOnlyDictionary<string, string> metadata)
    {
        List<(byte[] Key, byte[] Value)> entries = [.. metadata.Select(e => (Text(e.Key), Text(e.Value)))];
        entries.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        header.Write("\"__metadata__\":{"u8);
        for (int i = 0; i < entries.Count; i++)
        {
            if (i > 0) header.Write(","u8);
            WriteText(header, entries[i].Key);
            header.Write(":"u8);
            WriteText(header, entries[i].Value);
        }
        header.Write("}"u8);
    }

    // JSON asks that quotation marks, backslashes and control characters be escaped, and no more is; with the short escapes where
    // there are any, as the format's own writer does it.
    private static void WriteText(ArrayBufferWriter<byte> header, ReadOnlySpan<byte> text)
    {
        header.Write("\""u8);
        foreach (byte b in text)
        {
            int escape = "\"\\\b\t\n\f\r"u8.IndexOf(b);
            if (escape >= 0) header.Write([(byte)'\\', "\"\\btnfr"u8[escape]]);
            else if (b < 0x20) header.Write(Encoding.ASCII.GetBytes($"\\u{b:x4}"));
            else header.Write([b]);
        }
        header.Write("\""u8);
    }

    private static byte[] Text(string text)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("Expected text, got half a surrogate pair.", nameof(text), e);
        }
    }
}
