namespace Prozchain.DataAvailability.Repair;

/// <summary>What a cell added to a repair.</summary>
public enum AddCellResult
{
    /// <summary>It is new.</summary>
    Added = 0,

    /// <summary>The same cell was there already.</summary>
    AlreadyKnown = 1,

    /// <summary>
    /// Row and column roots commit to different contents of this cell, so the square is badly encoded; <see cref="SquareRepair.Repair"/> will say so.
    /// </summary>
    Conflict = 2,
}
