namespace Prozchain.Rollups.Payments;

/// <summary>How a payments rollup keeps its accounts.</summary>
public enum AccountLayout : byte
{
    /// <summary>A record under the hash of the account's address.</summary>
    ByAddress,

    /// <summary>A record under the account's number, which payments name by its alias: what a circuit affords (docs/adr/0043-profile-proof.md).</summary>
    Numbered,
}
