namespace Prozchain.Sharding.Receipts;

/// <summary>Bounds of a shard's channels; all shards of a network use the same.</summary>
public sealed record ChannelOptions
{
    /// <summary>The hard bound of receipts that are sent to a shard and not yet applied there, over all channels.</summary>
    public long MaxQueued { get; init; } = 1 << 20;

    /// <summary>Receipts that may be sent on a channel before its first grant.</summary>
    public int InitialCredit { get; init; } = 256;

    /// <summary>The most channels that can be open towards a shard: initial credit is set aside for each.</summary>
    public int MaxChannels { get; init; } = 2048;

    /// <summary>The most value that a channel may carry out of blocks that are not attested yet.</summary>
    public ulong MaxUnattested { get; init; } = ulong.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialCredit, 1, nameof(InitialCredit));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChannels, 1, nameof(MaxChannels));
        if (MaxQueued / MaxChannels < InitialCredit)
            throw new ArgumentException($"Expected MaxQueued of at least {(long)MaxChannels * InitialCredit} for {MaxChannels} channels of {InitialCredit}, got {MaxQueued}.", nameof(MaxQueued));
    }
}

/// <summary>Whether a receipt may be sent now.</summary>
public enum SendResult
{
    /// <summary>It is in the block's bundle.</summary>
    Sent,

    /// <summary>The key lies in this shard, or in no live one.</summary>
    NoChannel,

    /// <summary>The destination has granted no more: defer the transaction until it does.</summary>
    NoCredit,

    /// <summary>The channel would carry too much value that is not attested yet: defer the transaction.</summary>
    UnattestedCap,

    /// <summary>The payload is over 1,024 bytes, or the bundle is full: the transaction waits for the next block.</summary>
    TooLarge,
}

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
}

/// <summary>Credits receipts to the cells of a shard.</summary>
public interface IReceiptSink
{
    /// <summary>Credits one; false if its cell is claimed by an atomic transaction: then it is offered again in later blocks.</summary>
    /// <param name="cell">The cell, which lies in this shard.</param>
    /// <param name="payload">What the source sent.</param>
    bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload);
}
