namespace Prozchain.Rollups.Transition;

/// <summary>What reading a witness's wire form found.</summary>
public enum WitnessReadResult
{
    /// <summary>A well-formed witness, not yet checked against a root.</summary>
    Ok,

    /// <summary>The version byte is not 0.</summary>
    UnknownVersion,

    /// <summary>More keys or longer values than allowed, or than the bytes could hold.</summary>
    LimitExceeded,

    /// <summary>Too short, or a proof that is not well-formed.</summary>
    Malformed,

    /// <summary>Keys out of order, twice, or a flag that is neither 0 nor 1.</summary>
    NotCanonical,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes,
}
