using System.Collections.Immutable;
using Prozchain.Sharding.Consensus;

namespace Prozchain.Sharding.Beacon;

/// <summary>What the beacon knows of a live shard. Immutable.</summary>
/// <param name="Tip">Its last anchored block, or at first that of what it was made from; for a merged shard the hash is a digest of both halves' tips.</param>
/// <param name="AnchoredAt">The beacon height at which it last moved, or began.</param>
/// <param name="AuthorityFrom">Committees of earlier epochs have no authority over it: they were frozen, or it did not exist.</param>
/// <param name="ReshapedEpoch">The epoch in which a split, a merge or a new class made it; null for a shard of the first layout.</param>
internal sealed record ShardStanding(OrderingAnchor Tip, ulong AnchoredAt, ulong AuthorityFrom, ulong? ReshapedEpoch)
{
    /// <summary>Its last anchored header; null for a new shard.</summary>
    public AnchorEntry? Anchored { get; init; }

    /// <summary>The moment of its epoch's rotation whose committee certified <see cref="Anchored"/>; 0 for a new shard.</summary>
    public int Moment { get; init; }

    /// <summary>True if <see cref="Tip"/> is its run's terminal block: no block of that run comes after it.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The last epoch whose terminal block, that of its last moment, was anchored: no block of that epoch comes after it.</summary>
    public ulong? EndedEpoch { get; init; }

    /// <summary>The epoch in which it was frozen; null while it is not.</summary>
    public ulong? FrozenEpoch { get; init; }
}

/// <summary>A proposal that was taken, and who is ready for it in this epoch. Immutable.</summary>
internal sealed record OpenChange(TopologyProposal Proposal, ulong Since)
{
    public ImmutableHashSet<int> Ready { get; init; } = [];

    public int ReadySeats { get; init; }

    /// <summary>True once the target committee is ready: the cut is at the end of this epoch.</summary>
    public bool IsScheduled { get; init; }
}
