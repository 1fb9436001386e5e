using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Replication;

/// <summary>The committee that orders a shard in an epoch.</summary>
/// <param name="Instance">Its run.</param>
/// <param name="Scheme">Checks its certificates; for one caller at a time.</param>
/// <param name="Peers">Under which names the host reaches the members, in the order of the committee.</param>
public sealed record ShardCommittee(OrderingInstance Instance, ICertificateScheme Scheme, IReadOnlyList<NodeId> Peers);

/// <summary>Which committee orders which shard: what the beacon has certified.</summary>
/// <remarks>An implementer owes: what it once answered for a shard and an epoch never changes, but for a re-draw that the beacon certified, and for null once it is too old or a freeze ended its authority; answers cost no network.</remarks>
public interface ICommitteeDirectory
{
    /// <summary>Looks a committee up.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The epoch.</param>
    /// <returns>The committee; null if none is known.</returns>
    ShardCommittee? Find(ShardId shard, ulong epoch);
}
