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
