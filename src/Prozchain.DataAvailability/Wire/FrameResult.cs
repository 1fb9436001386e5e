namespace Prozchain.DataAvailability.Wire;

/// <summary>What stands at the front of a stream.</summary>
internal enum FrameResult
{
    /// <summary>Too few bytes to tell, or to be a frame.</summary>
    Incomplete,

    /// <summary>A frame.</summary>
    Complete,

    /// <summary>A length above the limit of its kind.</summary>
    TooLong,

    /// <summary>No length, or a kind that must not come.</summary>
    Malformed,
}
