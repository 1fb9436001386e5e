namespace Prozchain.DataAvailability.Repair;

/// <summary>How a repair ended.</summary>
public enum RepairStatus
{
    /// <summary>Every cell is known and every row and column agrees with its root.</summary>
    Repaired = 0,

    /// <summary>Rows and columns cannot be completed from the cells at hand.</summary>
    NotEnough = 1,

    /// <summary>The square's roots commit to something that is not a codeword: no set of cells will repair it.</summary>
    BadEncoding = 2,
}
