namespace Prozchain.Rollups.Batches;

/// <summary>What is wrong with bytes that should have been a batch or a net diff.</summary>
public enum BatchFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The bytes end within a field.</summary>
    Truncated,

    /// <summary>A version that this library does not know.</summary>
    UnknownVersion,

    /// <summary>A signature mode that version 1 does not have.</summary>
    UnknownSignatureMode,

    /// <summary>Longer, or with more transactions or bytes in a transaction, than allowed.</summary>
    LimitExceeded,

    /// <summary>A number out of its range, or one that is not in its fewest bytes.</summary>
    Malformed,

    /// <summary>The same content has another encoding, which is the only one allowed.</summary>
    NotCanonical,

    /// <summary>An account by an index that the state before the batch does not have.</summary>
    UnknownAccount,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes,
}
