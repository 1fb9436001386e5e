namespace Prozchain.Rollups.Transition;

/// <summary>What reading a transfer's wire form found.</summary>
public enum TransferReadResult
{
    /// <summary>A well-formed transfer. Its signature is not checked yet.</summary>
    Ok,

    /// <summary>Not exactly as long as a transfer.</summary>
    WrongLength,

    /// <summary>The version byte is not 0.</summary>
    UnknownVersion,

    /// <summary>A scheme byte of the key, the recipient or the signature is not one of version 0.</summary>
    UnknownScheme,
}
