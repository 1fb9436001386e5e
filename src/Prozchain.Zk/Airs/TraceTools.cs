using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>How trace generators write words into cells.</summary>
internal static class TraceTools
{
    /// <summary>log2 of the most rows that a table may be asked to have at least.</summary>
    public const int MaxLeastLogRows = 24;

    /// <summary>The least height that holds so many rows, and is not below 2^<paramref name="leastLogRows"/>.</summary>
    public static int Height(int rows, int leastLogRows = 0) => Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(rows, 1)), 1 << leastLogRows);

    /// <summary>Refuses a least height that no table can have.</summary>
    public static int CheckLeastLogRows(int leastLogRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leastLogRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leastLogRows, MaxLeastLogRows);
        return leastLogRows;
    }

    /// <summary>The lowest bits of a word, a column each.</summary>
    public static void WriteBits<TField>(this Trace<TField> trace, int column, int row, ulong value, int bits) where TField : struct, IField<TField>
    {
        for (int i = 0; i < bits; i++) trace[column + i, row] = (value >> i & 1) == 0 ? TField.Zero : TField.One;
    }

    /// <summary>The lowest limbs of 16 bits of a word, a column each.</summary>
    public static void WriteLimbs<TField>(this Trace<TField> trace, int column, int row, ulong value, int limbs = 2) where TField : struct, IField<TField>
    {
        for (int i = 0; i < limbs; i++) trace[column + i, row] = TField.FromUInt64(value >> (16 * i) & 0xFFFF);
    }
}
