namespace Prozchain.Zk.Airs;

/// <summary>
/// Where a word of 32 bits lies: as 32 columns of a bit each, or as two limbs of 16 bits, the lowest first; in the row at
/// hand or the next.
/// </summary>
internal readonly record struct WordCells(int Column, bool IsBits, bool IsNext = false)
{
    public static WordCells Bits(int column) => new(column, IsBits: true);

    public static WordCells Limbs(int column) => new(column, IsBits: false);

    /// <summary>The same cells in the next row.</summary>
    public WordCells InNext => this with { IsNext = true };
}
