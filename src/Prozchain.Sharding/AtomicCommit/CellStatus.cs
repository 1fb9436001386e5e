namespace Prozchain.Sharding.AtomicCommit;

/// <summary>What reading or writing a provided cell found.</summary>
public enum CellStatus
{
    /// <summary>The cell has a value; or the write stands.</summary>
    Present,

    /// <summary>The cell has no value.</summary>
    Absent,

    /// <summary>The cell was not provided, or not for writing: the execution cannot succeed.</summary>
    NotProvided,
}
