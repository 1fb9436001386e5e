namespace Prozchain.AI.Formats;

/// <summary>Reads a file of external data of an ONNX model by ranges: the model says where its tensors lie.</summary>
/// <remarks>One read at a time. The stream stays the caller's, who keeps it open while the reader is in use.</remarks>
public sealed class OnnxDataReader : IModelReader
{
    private readonly ByteSource _source;
    private readonly TensorNames _names;

    private OnnxDataReader(ByteSource source, long length, IReadOnlyList<TensorInfo> tensors)
    {
        (_source, _names) = (source, new TensorNames(tensors));
        Length = length;
        Tensors = tensors;
    }

    /// <inheritdoc/>
    public ModelFormat Format => ModelFormat.OnnxData;

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _names.Find(name);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return _source.FillAsync(offset, destination[..(int)Math.Min(destination.Length, Length - offset)], cancellationToken);
    }

    /// <summary>Does nothing: the file stays the caller's.</summary>
    public void Dispose() { }

    internal static OnnxDataOpening Open(ByteSource source, IEnumerable<OnnxInitializer> initializers)
    {
        long length = source.Length ?? 0, end = 0;
        var tensors = new List<TensorInfo>();
        foreach (OnnxInitializer tensor in initializers.OrderBy(t => t.External!.Value.Offset).ThenBy(t => t.Length).ThenBy(t => t.Name, StringComparer.Ordinal))
        {
            long offset = tensor.External!.Value.Offset;
            if (offset > length || tensor.Length > length - offset) return new(OnnxStatus.Truncated, offset, null);
            if (tensor.Length > 0 && offset < end) return new(OnnxStatus.OverlappingData, offset, null);
            end = Math.Max(end, offset + tensor.Length);
            if (OnnxReader.Describe(tensor, offset) is { } info) tensors.Add(info);
        }
        return new(OnnxStatus.Ok, length, new OnnxDataReader(source, length, tensors));
    }
}
