namespace Prozchain.Rollups.Tests.Payments;

/// <summary>A layout of accounts and a hash of the tree to run the same tests over.</summary>
public enum AccountProfile
{
    /// <summary>By address, Keccak-256.</summary>
    ByAddress,

    /// <summary>Numbered, Keccak-256: the rules of profile Proof without its hash.</summary>
    Numbered,

    /// <summary>Numbered, SHA-256.</summary>
    NumberedSha256,
}
