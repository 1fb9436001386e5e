namespace Prozchain.DataAvailability.Sampling;

/// <summary>What became of one sample.</summary>
public enum SampleOutcome
{
    /// <summary>The cell arrived and its proof is right.</summary>
    Accepted = 0,

    /// <summary>The source says that it does not have it.</summary>
    Missing = 1,

    /// <summary>The source broke down.</summary>
    Failed = 2,

    /// <summary>No answer in time.</summary>
    TimedOut = 3,

    /// <summary>The answer is not an encoded share.</summary>
    Malformed = 4,

    /// <summary>The answer is a share of another cell.</summary>
    WrongCell = 5,

    /// <summary>The cell has not the square's cell size.</summary>
    WrongSize = 6,

    /// <summary>The proof does not lead from the cell to the axis root.</summary>
    BadProof = 7,

    /// <summary>The source is there but refuses for now.</summary>
    Busy = 8,
}
