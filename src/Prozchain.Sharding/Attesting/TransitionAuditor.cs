using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Attesting;

/// <summary>Judges <see cref="InvalidTransitionEvidence"/> for the beacon, by executing it again: convicts who notarized the header at fault.</summary>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
/// <param name="committees">Who ordered which shard; the same on every node for as long as evidence counts.</param>
/// <param name="checkers">Executes a shard's blocks of an epoch; null for one that is not known.</param>
/// <param name="others">Judges all that is no such evidence.</param>
public sealed class TransitionAuditor<TTransition>(ICommitteeDirectory committees, Func<ShardId, ulong, SegmentChecker<TTransition>?> checkers, IFaultAuditor others) : IFaultAuditor
    where TTransition : IShardTransition
{
    /// <inheritdoc/>
    public bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness) => others.IsInvalid(shard, epoch, view, digest, witness);

    /// <inheritdoc/>
    public bool Contradicts(ReadOnlySpan<byte> publicKey, ulong shard, ulong epoch, ReadOnlySpan<byte> proof)
    {
        if (InvalidTransitionEvidence.TryRead(proof, out InvalidTransitionEvidence? evidence) != ReadResult.Ok) return others.Contradicts(publicKey, shard, epoch, proof);
        var id = new ShardId(shard);
        if (evidence!.Header.Shard != id || evidence.Header.Epoch != epoch || committees.Find(id, epoch, evidence.Header.Instance) is not { } committee || checkers(id, epoch) is not { } checker) return false;
        IReadOnlyList<CommitteeMember> members = committee.Instance.Committee.Members;
        int member = 0;
        while (member < members.Count && !members[member].PublicKey.Span.SequenceEqual(publicKey)) member++;
        return member < members.Count && evidence.Convicts(committee, member) && evidence.Verify(committee, checker);
    }
}
