namespace Prozchain.DataAvailability;

/// <summary>The two directions of a square.</summary>
public enum Axis
{
    /// <summary>A row: cells with one row index, ordered by column.</summary>
    Row = 0,

    /// <summary>A column: cells with one column index, ordered by row.</summary>
    Column = 1,
}
