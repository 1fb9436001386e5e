namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The state at a segment's start.</summary>
internal interface ISegmentState
{
    /// <summary>A cell that is not a new account's.</summary>
    CellState Cell(CellName cell);

    /// <summary>The key of an account.</summary>
    Eight Key(uint number);

    /// <summary>The account that the directory names for a key.</summary>
    bool TryFind(in Eight key, out uint number);
}
