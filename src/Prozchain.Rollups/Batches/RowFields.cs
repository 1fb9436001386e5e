namespace Prozchain.Rollups.Batches;

/// <summary>What a full row of <see cref="PaymentRows"/> has: the bits of its mask.</summary>
[Flags]
internal enum RowFields : byte
{
    /// <summary>A fee other than that of the row before.</summary>
    Fee = 1,

    /// <summary>A token other than that before.</summary>
    Token = 2,

    /// <summary>A token of the fee other than that before.</summary>
    FeeToken = 4,

    /// <summary>Who pays the fee in the sender's place.</summary>
    Sponsor = 8,

    /// <summary>One-time keys that the sender leaves unused.</summary>
    KeySkip = 16,

    /// <summary>One-time keys that the sponsor leaves unused.</summary>
    SponsorSkip = 32,

    /// <summary>A kind that is no transfer.</summary>
    Kind = 64,

    /// <summary>The key of a recipient that goes by no number.</summary>
    Recipient = 128,
}
