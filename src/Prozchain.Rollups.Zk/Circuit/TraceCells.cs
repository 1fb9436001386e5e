using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>How writers of traces read and write the cells of a row.</summary>
internal static class TraceCells
{
    /// <summary>The bits of a word, a column each, the lowest first.</summary>
    public static void WriteBits<TField>(this Trace<TField> trace, int column, int row, ulong value, int bits = 64) where TField : struct, IField<TField>
    {
        for (int i = 0; i < bits; i++) trace[column + i, row] = (value >> i & 1) == 0 ? TField.Zero : TField.One;
    }

    /// <summary>The four limbs of 16 bits of a word, a column each, the lowest first.</summary>
    public static void WriteWord<TField>(this Trace<TField> trace, int column, int row, ulong value) where TField : struct, IField<TField>
    {
        for (int i = 0; i < 4; i++) trace[column + i, row] = TField.FromUInt64(value >> (16 * i) & 0xFFFF);
    }

    /// <summary>A copy of neighbouring cells of a row.</summary>
    public static TField[] Cells<TField>(this Trace<TField> trace, int column, int count, int row) where TField : struct, IField<TField>
    {
        var cells = new TField[count];
        for (int i = 0; i < count; i++) cells[i] = trace[column + i, row];
        return cells;
    }
}
