using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <summary>Who orders an heir at first: the parents' seats stay, so that nobody has to fetch a state before the heir goes on; the beacon rotates them later.</summary>
public static class HeirCommittee
{
    /// <summary>The heir's run: after a split the parent's members, after a merge those of both, the left one's first; who is in both keeps the seats of the left.</summary>
    /// <param name="heir">The heir.</param>
    /// <param name="epoch">The epoch of its run.</param>
    /// <param name="parents">The parents' last runs, in the order of <see cref="ShardInfo.Parents"/>.</param>
    /// <exception cref="ArgumentException">Another number of parents than the heir has.</exception>
    public static OrderingInstance Of(ShardInfo heir, ulong epoch, params IReadOnlyList<OrderingInstance> parents)
    {
        ArgumentNullException.ThrowIfNull(heir);
        ArgumentNullException.ThrowIfNull(parents);
        if (parents.Count == 0 || parents.Count != heir.Parents.Count) throw new ArgumentException($"Expected the runs of {heir.Parents.Count} parents, got {parents.Count}.", nameof(parents));
        var members = new List<CommitteeMember>();
        foreach (OrderingInstance parent in parents)
            foreach (CommitteeMember member in parent.Committee.Members)
                if (!members.Exists(known => known.PublicKey.Span.SequenceEqual(member.PublicKey.Span))) members.Add(member);
        // Ids name a run with its draw: they differ from heir to heir by the shard alone.
        Bytes32 seed = parents.Count == 1 ? parents[0].Id.Bytes : Hashing.Domains.Merge.Hash(parents[0].Id.Bytes, parents[1].Id.Bytes);
        return new OrderingInstance(parents[0].ChainId, new Committee(heir.Id, epoch, [.. members]), seed.Span, parents[0].ViewsPerTerm);
    }
}
