namespace Prozchain.DataAvailability.Sampling;

/// <summary>What became of one sample.</summary>
public enum SampleOutcome
{
    /// <summary>The cell or row arrived and its proof is right.</summary>
    Accepted = 0,

    /// <summary>The source says that it does not have it.</summary>
    Missing = 1,

    /// <summary>The source broke down.</summary>
    Failed = 2,

    /// <summary>No answer in time.</summary>
    TimedOut = 3,

    /// <summary>The answer is not an encoded share.</summary>
    Malformed = 4,

    /// <summary>The answer is a share of another cell, or another row.</summary>
    WrongCell = 5,

    /// <summary>The cell has not the square's cell size; the row, or its path, not the size of its code's.</summary>
    WrongSize = 6,

    /// <summary>The proof does not lead from the cell to the axis root, or from the row to the row root.</summary>
    BadProof = 7,

    /// <summary>The source is there but refuses for now.</summary>
    Busy = 8,

    /// <summary>
    /// The row is the one committed to, and none that the code makes: the producer's fault and not the source's. No source can have another.
    /// </summary>
    NotACodeword = 9,
}
