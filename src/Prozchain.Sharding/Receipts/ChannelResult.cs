namespace Prozchain.Sharding.Receipts;

/// <summary>What a shard made of a bundle or a notice.</summary>
public enum ChannelResult
{
    /// <summary>Applied.</summary>
    Applied,

    /// <summary>Applied before, or of a channel that is closed.</summary>
    Duplicate,

    /// <summary>An earlier bundle of the channel is missing.</summary>
    TooEarly,

    /// <summary>Of a shard that this one does not know, or for another shard.</summary>
    UnknownChannel,

    /// <summary>More receipts than were granted, or beyond the channel's last: the source is faulty.</summary>
    OverCredit,

    /// <summary>A receipt is for a cell that the addressee never held: the source is faulty.</summary>
    WrongCell,

    /// <summary>The channel would bring too much value out of blocks that are not attested: the bundle waits until they are.</summary>
    UnattestedCap,

    /// <summary>Receipts that bring more value than the bundle declares: the source is faulty.</summary>
    OverValue,
}
