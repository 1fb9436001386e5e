using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Prozchain.AI.Formats;

/// <summary>
/// Reads an ONNX model file by ranges (onnx.proto of the ONNX project: a ModelProto). The outer messages are checked before a
/// reader exists; elements are never loaded, and neither a length in the file nor the 2 GiB of other protobuf readers is a trap.
/// </summary>
/// <remarks>
/// <see cref="Tensors"/> are the initialisers whose elements lie in the file as they are in memory; what is packed as numbers of
/// variable length, or is of a type without a <see cref="TensorType"/>, belongs to the bytes around them. Over a file handle
/// reads may run at the same time; over a stream, one at a time. The handle or the stream stays the caller's.
/// </remarks>
public sealed class OnnxReader : IModelReader
{
    private readonly ByteSource _source;
    private readonly TensorNames _names;

    private OnnxReader(ByteSource source, long length, OnnxScan scan)
    {
        _source = source;
        Length = length;
        Initializers = [.. scan.Initializers];
        Parts = scan.Parts;
        Tensors = [.. Initializers.Where(t => t.DataOffset >= 0).Select(t => Describe(t, t.DataOffset)).OfType<TensorInfo>()];
        _names = new TensorNames(Tensors);
    }

    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.Onnx;

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Every initialiser of the graph in the order of the file, wherever its elements lie.</summary>
    public ImmutableArray<OnnxInitializer> Initializers { get; }

    /// <summary>The files of external data that the initialisers name, each once, in the order of the file.</summary>
    public IEnumerable<string> ExternalLocations => Initializers.Where(t => t.External is not null).Select(t => t.External!.Value.Location).Distinct();

    internal IReadOnlyList<OnnxPart> Parts { get; }

    /// <summary>Reads and checks the outer messages of an open file.</summary>
    /// <param name="file">A regular file, open for reading.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ValueTask<OnnxOpening> OpenAsync(SafeFileHandle file, CancellationToken cancellationToken = default) =>
        OpenAsync(ByteSource.Of(file), cancellationToken);

    /// <summary>Reads and checks the outer messages of a file in a stream.</summary>
    /// <param name="stream">Readable and seekable; the file runs from its position to its end.</param>
    /// <param name="cancellationToken">Ends the read early.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static ValueTask<OnnxOpening> OpenAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek) throw new ArgumentException("Expected a stream that can seek.", nameof(stream));
        return OpenAsync(ByteSource.Of(stream), cancellationToken);
    }

    /// <summary>Checks a file of external data against the initialisers that lie in it.</summary>
    /// <param name="location">One of <see cref="ExternalLocations"/>.</param>
    /// <param name="file">Readable and seekable; the file runs from its position to its end. Stays the caller's.</param>
    /// <exception cref="ArgumentException">No initialiser names that location, or the stream cannot seek.</exception>
    public OnnxDataOpening OpenData(string location, Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.CanSeek) throw new ArgumentException("Expected a stream that can seek.", nameof(file));
        OnnxInitializer[] here = [.. Initializers.Where(t => t.External?.Location == location)];
        if (here.Length == 0) throw new ArgumentException($"Expected one of the model's external locations, got '{location}'.", nameof(location));
        return OnnxDataReader.Open(ByteSource.Of(file), here);
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

    internal static TensorInfo? Describe(OnnxInitializer tensor, long offset) =>
        tensor.Type.ToTensorType() is { } type && TensorInfo.Measure(type, tensor.Shape.AsSpan(), out long length) == SafetensorsStatus.Ok
            ? new TensorInfo(tensor.Name, type, tensor.Shape, offset, length) : null;

    internal static async ValueTask<OnnxOpening> OpenAsync(ByteSource source, CancellationToken cancellationToken)
    {
        long length = source.Length ?? 0;
        var scan = new OnnxScan(source, length);
        await scan.RunAsync(cancellationToken).ConfigureAwait(false);
        return new OnnxOpening(scan.Status, scan.Position, scan.Status == OnnxStatus.Ok ? new OnnxReader(source, length, scan) : null);
    }
}
