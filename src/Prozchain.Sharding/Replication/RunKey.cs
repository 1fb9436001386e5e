namespace Prozchain.Sharding.Replication;

/// <summary>Names an ordering run of a shard: runs follow each other in this order.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Moment">The moment of its rotation; 0 where committees change as a whole.</param>
internal readonly record struct RunKey(ulong Epoch, int Moment) : IComparable<RunKey>
{
    public int CompareTo(RunKey other) => (Epoch, Moment).CompareTo((other.Epoch, other.Moment));
}
