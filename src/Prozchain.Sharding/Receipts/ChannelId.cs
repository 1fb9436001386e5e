using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// Names a channel: the shard that sends and the shard it addresses. As a shard that splits or merges ends, and its
/// heirs have new names, a channel belongs to one pair of lineages for ever and its numbers are never used again.
/// </summary>
/// <param name="Source">The sender.</param>
/// <param name="Destination">The addressee; after it ended, its heirs receive, each for its own keys.</param>
public readonly record struct ChannelId(ShardId Source, ShardId Destination) : IComparable<ChannelId>
{
    /// <inheritdoc/>
    public int CompareTo(ChannelId other)
    {
        int order = Source.CompareTo(other.Source);
        return order != 0 ? order : Destination.CompareTo(other.Destination);
    }

    /// <summary>Order by source, then destination.</summary>
    public static bool operator <(ChannelId left, ChannelId right) => left.CompareTo(right) < 0;

    /// <summary>Order by source, then destination.</summary>
    public static bool operator >(ChannelId left, ChannelId right) => left.CompareTo(right) > 0;

    /// <summary>Order by source, then destination.</summary>
    public static bool operator <=(ChannelId left, ChannelId right) => left.CompareTo(right) <= 0;

    /// <summary>Order by source, then destination.</summary>
    public static bool operator >=(ChannelId left, ChannelId right) => left.CompareTo(right) >= 0;
}
