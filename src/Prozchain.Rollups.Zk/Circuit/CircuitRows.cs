using System.Numerics;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>How high tables are.</summary>
internal static class CircuitRows
{
    /// <summary>The least height that holds so many rows, and is not below 2^<paramref name="leastLogRows"/>.</summary>
    public static int Height(int rows, int leastLogRows) => Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(rows, 1)), 1 << leastLogRows);
}
