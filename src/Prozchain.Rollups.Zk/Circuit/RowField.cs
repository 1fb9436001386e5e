namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The fields of a posted row (docs/formats/rollups-rows.md) as they are numbered on <see cref="RollupBuses.Field"/>. A number crosses as
/// limbs of 14 bits, three a part, parts from 0 on, as many as its varint's bytes need; keys, addresses and payloads as bytes.
/// </summary>
internal enum RowField
{
    /// <summary>The sender's number: one part.</summary>
    Sender,

    /// <summary>The recipient's number + 1: one part.</summary>
    To,

    /// <summary>The code: up to three parts.</summary>
    Code,

    /// <summary>The kind of a full row, which has a message also where no byte says it: one part, of one limb.</summary>
    Kind,

    /// <summary>The recipient's key: eight parts, each a word's bytes 0 and 1, byte 2, byte 3.</summary>
    Recipient,

    /// <summary>The amount's exponent: one part.</summary>
    AmountExponent,

    /// <summary>The amount's mantissa: up to three parts.</summary>
    Amount,

    /// <summary>The fee's exponent: one part.</summary>
    FeeExponent,

    /// <summary>The fee's mantissa: up to three parts.</summary>
    Fee,

    /// <summary>The token: one part.</summary>
    Token,

    /// <summary>The fee's token: one part.</summary>
    FeeToken,

    /// <summary>The sponsor's number: one part.</summary>
    Sponsor,

    /// <summary>Indices that the sender leaves out: one part.</summary>
    KeySkip,

    /// <summary>Indices that the sponsor leaves out: one part.</summary>
    SponsorSkip,

    /// <summary>The recipient on the settlement layer: five parts, as of <see cref="Recipient"/>.</summary>
    Settlement,

    /// <summary>Bytes of the payload: one part.</summary>
    PayloadLength,

    /// <summary>The payload: a part a byte.</summary>
    Payload,

    /// <summary>The new key: as <see cref="Recipient"/>.</summary>
    NewKey,
}
