namespace Prozchain.DataAvailability.Coding;

/// <summary>Some bytes of every shard, in place: row i is shard i, and zero from <c>count</c> on.</summary>
internal readonly unsafe struct ShardRows<T, TFactor>(byte* start, nint distance, int count) : IRows
    where T : unmanaged, ISymbolLanes<T, TFactor>
    where TFactor : unmanaged
{
    public int Count { get; } = count;

    public bool Any(int first, int count) => first < Count;

    public byte* Octet(int first, out nint stride)
    {
        stride = distance;
        return first + 8 <= Count ? start + first * distance : null;
    }

    public void Read(int row, byte* target, nint length) => TransformKernel<T, TFactor>.Read(start + row * distance, target, length);

    public void Write(int row, byte* source, nint length) => TransformKernel<T, TFactor>.Write(source, start + row * distance, length);

    public ShardRows<T, TFactor> From(int first) => new(start + first * distance, distance, Count - first);
}
