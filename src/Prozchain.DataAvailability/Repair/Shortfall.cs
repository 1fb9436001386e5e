namespace Prozchain.DataAvailability.Repair;

/// <summary>What stays unknown after every row and column that can be completed is complete.</summary>
/// <param name="Cells">Cells that stay unknown.</param>
/// <param name="Axes">Rows and columns that stay incomplete.</param>
public readonly record struct Shortfall(int Cells, int Axes)
{
    /// <summary>True if nothing stays unknown.</summary>
    public bool IsNone => Cells == 0;
}
