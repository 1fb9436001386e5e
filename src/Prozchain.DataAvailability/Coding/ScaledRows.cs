namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Some bytes of every shard of a code, by their elements: recovery from 0, data from the block size on, each multiplied
/// by a factor of its own on its way. A row with the factor 0 does not count.
/// </summary>
internal readonly unsafe struct ScaledRows<T, TFactor>(ShardTable shards, nint column, ushort* factors, int* before, byte* room) : IRows
    where T : unmanaged, ISymbolLanes<T, TFactor>
    where TFactor : unmanaged
{
    // before[i]: how many rows below i count.
    public bool Any(int first, int count) => before[first + count] != before[first];

    public byte* Octet(int first, out nint stride)
    {
        stride = 0;
        return null;
    }

    public void Read(int row, byte* target, nint length)
    {
        TransformKernel<T, TFactor>.ReadScaled(shards.Row(row) + column, target, length, T.Factor(room, factors[row]));
    }

    public void Write(int row, byte* source, nint length)
    {
        TransformKernel<T, TFactor>.WriteScaled(source, shards.Row(row) + column, length, T.Factor(room, factors[row]));
    }
}
