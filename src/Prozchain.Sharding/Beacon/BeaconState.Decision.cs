using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Beacon;

/// <content>The change of the layout that is under way.</content>
public sealed partial record BeaconState
{
    /// <summary>
    /// The change of the layout that is decided and not made yet; null for none. Shards take it in with their blocks in the order of
    /// versions; those that it ends do so in a run of its epoch or later, and do not hand such a run over otherwise.
    /// </summary>
    public TopologyChange? Decided { get; internal init; }

    /// <summary>True for a shard that the decided change ends, in a run of an epoch.</summary>
    internal bool Ends(ShardId shard, ulong epoch) => Decided is { } decided && decided.Epoch <= epoch && decided.Parts.Contains(shard);

    /// <summary>True if the terminal block with which a shard ends is anchored, and the change not made yet. Terminal blocks of earlier epochs only hand over.</summary>
    internal bool HasEnded(ShardId shard) => Standing(shard).EndedEpoch is { } ended && Ends(shard, ended);

    /// <summary>True for a member of the committee that will order what an open change makes of a shard, within the epoch.</summary>
    internal bool IsTarget(ShardId shard, ReadOnlySpan<byte> publicKey)
    {
        foreach (OpenChange change in Changes.Values)
        {
            if (change.Proposal.Action is not { Sibling: { } sibling } merge || shard != merge.Shard && shard != sibling || IndexIn(TargetOf(merge, withinEpoch: true), publicKey) < 0) continue;
            return true;
        }
        return false;
    }

    internal static int IndexIn(Committees.Committee committee, ReadOnlySpan<byte> publicKey)
    {
        for (int i = 0; i < committee.Members.Count; i++)
            if (committee.Members[i].PublicKey.Span.SequenceEqual(publicKey)) return i;
        return -1;
    }
}
