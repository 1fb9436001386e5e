namespace Prozchain.Rollups.Batches;

/// <summary>What reading a batch's bytes found.</summary>
public enum BatchReadResult
{
    /// <summary>A well-formed batch.</summary>
    Ok,

    /// <summary>The version byte is not 0.</summary>
    UnknownVersion,

    /// <summary>Longer, or with more transfers or accounts, than allowed or than the bytes could hold.</summary>
    LimitExceeded,

    /// <summary>Too short, or a number that is not a minimal varint or out of range.</summary>
    Malformed,

    /// <summary>A scheme byte that version 0 does not know.</summary>
    UnknownScheme,

    /// <summary>Another encoding of the same transfers exists and is the only one allowed: the dictionary is not in order of first use, or has entries unused or twice.</summary>
    NotCanonical,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes,
}
