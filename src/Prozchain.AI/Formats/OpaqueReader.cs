namespace Prozchain.AI.Formats;

/// <summary>Bytes without known structure as a model file: no tensors.</summary>
internal sealed class OpaqueReader(ByteSource source) : IModelReader
{
    public ModelFormat Format => ModelFormat.Opaque;

    public long Length { get; } = source.Length ?? 0;

    public IReadOnlyList<TensorInfo> Tensors => [];

    public TensorInfo? Find(string name) => null;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return source.FillAsync(offset, destination[..(int)Math.Min(destination.Length, Length - offset)], cancellationToken);
    }

    public void Dispose() => source.Dispose();
}
