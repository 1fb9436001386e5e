namespace Prozchain.Rollups.Evm;

/// <summary>Where the bytes of a batch are.</summary>
internal enum InboxDataKind
{
    /// <summary>In the call; the commitment is their Keccak-256.</summary>
    Calldata,

    /// <summary>In blobs of the transaction; the commitment is the Keccak-256 of their versioned hashes.</summary>
    Blobs,

    /// <summary>Off-chain; the commitment is what a committee signed for.</summary>
    Certified,
}
