namespace Prozchain.DataAvailability.Commitments;

/// <summary>Whether a cell is the one that a header commits to.</summary>
public enum CellCheck
{
    /// <summary>It is.</summary>
    Valid = 0,

    /// <summary>The row or column lies outside the square.</summary>
    OutsideSquare = 1,

    /// <summary>The cell has not the header's cell size.</summary>
    WrongSize = 2,

    /// <summary>The path does not lead from this cell to the axis root.</summary>
    BadProof = 3,
}
