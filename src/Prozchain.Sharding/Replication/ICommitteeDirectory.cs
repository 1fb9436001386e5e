using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Replication;

/// <summary>The committee that orders a shard in an epoch.</summary>
/// <param name="Instance">Its run.</param>
/// <param name="Scheme">Checks its certificates; for one caller at a time.</param>
/// <param name="Peers">Under which names the host reaches the members, in the order of the committee.</param>
public sealed record ShardCommittee(OrderingInstance Instance, ICertificateScheme Scheme, IReadOnlyList<NodeId> Peers);

/// <summary>The committee that attests a shard in an epoch.</summary>
/// <param name="Committee">Its members and their keys.</param>
/// <param name="Peers">Under which names the host reaches the members, in the order of the committee.</param>
public sealed record AttestingCommittee(Committee Committee, IReadOnlyList<NodeId> Peers);

/// <summary>Which committee orders which shard, and which attests it: what the beacon has certified.</summary>
/// <remarks>An implementer owes: what it once answered for a shard and an epoch, or for a run, never changes, but for the next moment of a rotation, a re-draw that the beacon certified, and for null once it is too old or a freeze ended its authority; answers cost no network.</remarks>
public interface ICommitteeDirectory
{
    /// <summary>Looks a committee up: where seats rotate, that of the last moment that has begun.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The epoch.</param>
    /// <returns>The committee; null if none is known.</returns>
    ShardCommittee? Find(ShardId shard, ulong epoch);

    /// <summary>Looks the committee of a run up. Where seats rotate an epoch has several: one for each moment, also one that is over or has not begun.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="instance">The <see cref="OrderingInstance.Id"/> of the run.</param>
    /// <returns>The committee; null if none is known.</returns>
    ShardCommittee? Find(ShardId shard, ulong epoch, in Digest instance) => Find(shard, epoch) is { } committee && committee.Instance.Id == instance ? committee : null;

    /// <summary>The committees that were drawn to attest a shard in an epoch, in the order of their draws: the last one is in force.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The epoch.</param>
    /// <returns>The committees; none if none is known, or the network has none.</returns>
    IReadOnlyList<AttestingCommittee> AttestersOf(ShardId shard, ulong epoch) => [];

    /// <summary>Who is to be spoken to in a shard now: the committee that orders it, whatever the epoch that the asking shard is in.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The asking shard's epoch.</param>
    /// <returns>The committee; null if none orders the shard.</returns>
    ShardCommittee? FindNow(ShardId shard, ulong epoch) => Find(shard, epoch);

    /// <summary>False for a header above what the beacon recognised when it froze the shard's committee: that committee's word no longer counts.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The header's epoch.</param>
    /// <param name="height">The header's height.</param>
    bool Counts(ShardId shard, ulong epoch, ulong height) => true;

    /// <summary>False for a header of a committee whose word does not count: no longer, or not yet.</summary>
    /// <param name="header">A header of a run of this directory, not verified yet.</param>
    bool Counts(MicroHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return Counts(header.Shard, header.Epoch, header.Height);
    }
}
