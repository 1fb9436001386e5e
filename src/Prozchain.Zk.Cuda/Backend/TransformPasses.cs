namespace Prozchain.Zk.Cuda.Backend;

/// <summary>A pass of a transform: bits [Low, Low + Points) of the index, 2^Side neighbours in a tile.</summary>
internal readonly record struct TransformPass(int Low, int Points, int Side)
{
    // A tile of shared memory, as Kernels/transforms.cuh has it; neighbours of one kind fill whole sectors.
    private const int TileLog = 12, SideLog = 4;

    /// <summary>The passes of a transform of 2^logSize points, from the lowest bits up: a whole tile, then tiles with sixteen neighbours.</summary>
    public static TransformPass[] Plan(int logSize)
    {
        List<TransformPass> passes = [new(0, Math.Min(logSize, TileLog), 0)];
        for (int low = passes[0].Points; low < logSize; low += passes[^1].Points)
        {
            // What is left is shared out evenly, so that no pass is of few bits.
            int left = logSize - low, most = TileLog - SideLog, count = (left + most - 1) / most;
            passes.Add(new(low, (left + count - 1) / count, SideLog));
        }
        return [.. passes];
    }

    /// <summary>Tiles of a column.</summary>
    public long Tiles(int logSize) => 1L << (logSize - Points - Side);
}
