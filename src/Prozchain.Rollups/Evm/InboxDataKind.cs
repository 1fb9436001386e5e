namespace Prozchain.Rollups.Evm;

/// <summary>Where the bytes of a batch are.</summary>
internal enum InboxDataKind
{
    /// <summary>In the call, named by their Keccak-256.</summary>
    Calldata,

    /// <summary>In blobs of the transaction, named by the Keccak-256 of their versioned hashes.</summary>
    Blobs,

    /// <summary>Off-chain, named by what a committee signed for.</summary>
    Certified,
}
