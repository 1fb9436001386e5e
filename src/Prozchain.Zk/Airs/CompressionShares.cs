using System.Numerics;

namespace Prozchain.Zk.Airs;

/// <summary>How the compressions of a file, eight rows each, are shared out among tables, whose heights are powers of two.</summary>
internal static class CompressionShares
{
    public const int RowsPerCompression = 8;

    // A table that is not taller is not shared out: to open another thousand columns costs a proof more than rows do.
    private const int LogWhole = 14;

    /// <summary>Compressions by tables: the largest power of two and the rest, unless the rest needs a table as tall.</summary>
    public static int[] Of(int compressions, int leastLogRows)
    {
        int whole = Height(compressions, leastLogRows), first = (int)BitOperations.RoundUpToPowerOf2((uint)compressions) / 2;
        if (whole <= 1 << LogWhole || first == 0) return [compressions];
        int shared = Height(first, leastLogRows) + Height(compressions - first, leastLogRows);
        return shared < whole ? [first, compressions - first] : [compressions];
    }

    /// <summary>Rows of a table of so many compressions.</summary>
    public static int Height(int compressions, int leastLogRows) => TraceTools.Height(RowsPerCompression * compressions, leastLogRows);
}
