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

    /// <summary>The last epoch whose terminal block was anchored: no block of that epoch comes after it.</summary>
    public ulong? EndedEpoch { get; init; }

    /// <summary>What a shard that a split or a merge made goes on from; null for another.</summary>
    public OrderingAnchor? Start { get; init; }

    /// <summary>
    /// The first run of a shard that was made within an epoch: nobody else has what it begins with. Its headers count for as long as
    /// none of a later run is anchored, and it is not frozen before the first one is.
    /// </summary>
    public OrderingInstance? First { get; init; }

    public bool IsFirst(ulong epoch) => First is { } first && first.Committee.Epoch == epoch && !(Anchored?.Epoch > epoch);

    /// <summary>The epoch in which it was frozen; null while it is not.</summary>
    public ulong? FrozenEpoch { get; init; }
}

/// <summary>A proposal that was taken, and who is ready for it in this epoch. Immutable.</summary>
internal sealed record OpenChange(TopologyProposal Proposal, ulong Since)
{
    public ImmutableHashSet<int> Ready { get; init; } = [];

    public int ReadySeats { get; init; }

    /// <summary>True once the target committee is ready: the cut is at the end of this epoch, or is decided next.</summary>
    public bool IsScheduled { get; init; }

    public bool IsDecided(BeaconState state) => state.Decided is { } decided && decided.Action == Proposal.Action;
}
