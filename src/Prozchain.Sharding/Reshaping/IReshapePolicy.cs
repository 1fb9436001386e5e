using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Reshaping;

/// <summary>Decides which shards are split and merged.</summary>
/// <remarks>
/// An implementer owes: a function of the arguments alone, the same on every machine (no clock, no randomness, no
/// floating point, no order of a dictionary); actions that the layout takes one after the other.
/// </remarks>
public interface IReshapePolicy
{
    /// <summary>What is due now.</summary>
    /// <param name="layout">The layout; its lineage tells what was done when.</param>
    /// <param name="epoch">The epoch in which the changes would be made.</param>
    /// <param name="loads">The histories of the live shards, as certified; a shard without one is left alone.</param>
    /// <returns>The changes, in the order in which to make them; none, as a rule.</returns>
    IReadOnlyList<ReshapeAction> Decide(ShardLayout layout, ulong epoch, IReadOnlyDictionary<ShardId, LoadHistory> loads);
}
