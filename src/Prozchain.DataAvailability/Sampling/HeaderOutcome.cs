namespace Prozchain.DataAvailability.Sampling;

/// <summary>What became of a request for a header.</summary>
public enum HeaderOutcome
{
    /// <summary>The header arrived and has the data root.</summary>
    Accepted = 0,

    /// <summary>The source says that it does not have it.</summary>
    Missing = 1,

    /// <summary>The source broke down, or was too busy.</summary>
    Failed = 2,

    /// <summary>No answer in time.</summary>
    TimedOut = 3,

    /// <summary>The answer is not an encoded header of the expected tree.</summary>
    Malformed = 4,

    /// <summary>The header has another data root.</summary>
    WrongRoot = 5,

    /// <summary>The header states another cell size than the one expected.</summary>
    WrongSize = 6,

    /// <summary>An earlier source had it.</summary>
    NotAsked = 7,

    /// <summary>The header of a row code comes with a row that is none of the shape it states.</summary>
    WrongShape = 8,
}
