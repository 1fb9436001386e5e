namespace Prozchain.Rollups.Payments;

/// <summary>
/// A transaction of the payments rollup. A value, not proof of anything: any field may hold anything, and the
/// transition says what is wrong with it. A field that the kind does not use is zero or empty.
/// </summary>
public readonly record struct Payment
{
    /// <summary>What it does.</summary>
    public PaymentKind Kind { get; init; }

    /// <summary>The account that acts.</summary>
    public AccountAddress Sender { get; init; }

    /// <summary>Number of earlier payments of the sender that took effect or failed.</summary>
    public ulong Nonce { get; init; }

    /// <summary>The token moved, by its number; 0 is the rollup's native token.</summary>
    public uint Token { get; init; }

    /// <summary>Units of the token.</summary>
    public UInt128 Amount { get; init; }

    /// <summary>The account that receives; of the recovery kinds, the account recovered.</summary>
    public AccountAddress Recipient { get; init; }

    /// <summary>The token in which the fee is paid.</summary>
    public uint FeeToken { get; init; }

    /// <summary>Units of the fee.</summary>
    public UInt128 Fee { get; init; }

    /// <summary>The account that pays the fee in the sender's place; the default value if none does.</summary>
    public AccountAddress Sponsor { get; init; }

    /// <summary>Where a withdrawal or a message goes.</summary>
    public L1Address L1Recipient { get; init; }

    /// <summary>A message, a new key, or a recovery policy.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The sender's signature.</summary>
    public Authorization Signed { get; init; }

    /// <summary>The sponsor's signature, empty if there is none.</summary>
    public Authorization Sponsored { get; init; }

    /// <summary>
    /// Read from a batch that posts no signatures: nonce, keys and indices are what the state says, as a proof over the
    /// signatures has shown, and <see cref="KeySkip"/> and <see cref="SponsorSkip"/> are posted in their place.
    /// </summary>
    public bool IsBare { get; init; }

    /// <summary>Of a bare payment: how many of the sender's one-time keys it leaves unused.</summary>
    public uint KeySkip { get; init; }

    /// <summary>Of a bare payment: how many of the sponsor's one-time keys it leaves unused.</summary>
    public uint SponsorSkip { get; init; }
}
