using System.Buffers.Binary;

namespace Prozchain.AI.Formats;

/// <summary>Opens model files of any format that this library reads.</summary>
public static class ModelFiles
{
    private const int Sniffed = 16;

    /// <summary>Opens a file, the shards of an index, or a folder that holds such an index.</summary>
    /// <param name="path">A file, an index whose name ends in <c>.index.json</c>, or a folder.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <returns>A reader that closes what was opened, or the fault. A file of no known format is read as opaque bytes.</returns>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static async ValueTask<ModelOpening> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path) || path.EndsWith(".index.json", StringComparison.OrdinalIgnoreCase))
        {
            ShardedSafetensorsOpening opening = await ShardedSafetensorsReader.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            string? fault = opening.Status == ShardedSafetensorsStatus.InvalidShard ? $"{opening.Status}: {opening.ShardStatus}" : opening.Status.ToString();
            return new ModelOpening(ModelFormat.ShardedSafetensors, opening.Reader is null ? fault : null, opening.Subject, opening.ErrorOffset, opening.Reader);
        }
        ByteSource source = ByteSource.Open(path);
        ModelOpening result = default;
        try
        {
            // The mark of an ONNX model is weak, so that its name counts too.
            bool onnx = path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
            return result = await OpenAsync(source, onnx ? ModelFormat.Onnx : null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (result.Reader is null) source.Dispose();
        }
    }

    /// <summary>Opens a file in a stream.</summary>
    /// <param name="stream">Readable and seekable; the file runs from its position to its end. Stays the caller's.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ValueTask<ModelOpening> OpenAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek) throw new ArgumentException("Expected a stream that can seek.", nameof(stream));
        return OpenAsync(ByteSource.Of(stream), null, cancellationToken);
    }

    /// <summary>What a file says it is, by its first bytes. That it is well formed is another matter.</summary>
    /// <param name="start">The first 16 bytes, or the whole file if it is shorter.</param>
    public static ModelFormat Sniff(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("GGUF"u8)) return ModelFormat.Gguf;
        if (start.Length > 8 && start[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsLimits.MaxHeaderBytes) return ModelFormat.Safetensors;
        // An ONNX model has no mark of its own. Its writers put field 1, ir_version, first: a small number; then one of fields 2 to 8,
        // or 14, by the tag of its type.
        return start.Length > 2 && start[0] == 0x08 && start[1] is > 0 and < 0x40 && start[2] is (0x12 or 0x1A or 0x22 or 0x28 or 0x32 or 0x3A or 0x42 or 0x72)
            ? ModelFormat.Onnx : ModelFormat.Opaque;
    }

    internal static async ValueTask<ModelOpening> OpenAsync(ByteSource source, ModelFormat? known = null, CancellationToken cancellationToken = default)
    {
        var start = new byte[Sniffed];
        int length = await source.FillAsync(0, start, cancellationToken).ConfigureAwait(false);
        ModelFormat format = known ?? Sniff(start.AsSpan(0, length));
        switch (format)
        {
            case ModelFormat.Gguf:
                GgufOpening gguf = await GgufReader.OpenAsync(source, cancellationToken).ConfigureAwait(false);
                return Opening(format, gguf.Status, gguf.ErrorOffset, gguf.Reader);
            case ModelFormat.Safetensors:
                SafetensorsOpening safetensors = await SafetensorsReader.OpenAsync(source, cancellationToken).ConfigureAwait(false);
                return Opening(format, safetensors.Status, safetensors.ErrorOffset, safetensors.Reader);
            case ModelFormat.Onnx:
                OnnxOpening onnx = await OnnxReader.OpenAsync(source, cancellationToken).ConfigureAwait(false);
                return Opening(format, onnx.Status, onnx.ErrorOffset, onnx.Reader);
            default:
                return new ModelOpening(ModelFormat.Opaque, null, null, 0, new OpaqueReader(source));
        }
    }

    private static ModelOpening Opening<TStatus>(ModelFormat format, TStatus status, long offset, IModelReader? reader) where TStatus : struct, Enum =>
        new(format, reader is null ? status.ToString() : null, null, offset, reader);
}
