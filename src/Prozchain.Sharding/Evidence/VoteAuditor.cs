using System.Buffers;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Evidence;

/// <summary>
/// Judges contradictions of the ordering protocol: two votes of one member that no honest member signs both
/// (<see cref="VoteEvidence"/>), of a shard's run or of the beacon's own.
/// </summary>
/// <param name="committees">Who sat where: all epochs whose stake is still locked; the beacon's runs as <see cref="BeaconRun.Shard"/>.</param>
/// <param name="inner">Judges invalid transitions; null for none.</param>
public sealed class VoteAuditor(ICommitteeDirectory committees, IFaultAuditor? inner = null) : IFaultAuditor
{
    /// <summary>What convicts a member of a run, in the beacon's form.</summary>
    /// <param name="shard">The shard; the default for the beacon.</param>
    /// <param name="committee">The run's committee.</param>
    /// <param name="evidence">The proof.</param>
    /// <param name="reporter">Who gets the reporter's share, if any.</param>
    public static FaultEvidence Accuse(ShardId shard, Committee committee, VoteEvidence evidence, in Address reporter)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(evidence);
        var output = new ArrayBufferWriter<byte>();
        evidence.Write(output);
        return FaultEvidence.Contradiction(committee.Members[evidence.Member].PublicKey, shard, committee.Epoch, output.WrittenSpan.ToArray(), reporter);
    }

    /// <inheritdoc/>
    public bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness) => inner?.IsInvalid(shard, epoch, view, digest, witness) ?? false;

    /// <inheritdoc/>
    public bool Contradicts(ReadOnlySpan<byte> publicKey, ulong shard, ulong epoch, ReadOnlySpan<byte> proof)
    {
        if (VoteEvidence.TryRead(proof, out VoteEvidence? evidence) != ReadResult.Ok) return inner?.Contradicts(publicKey, shard, epoch, proof) ?? false;
        return committees.Find(shard == 0 ? BeaconRun.Shard : new ShardId(shard), epoch, evidence!.Instance) is { } committee && evidence.Member < committee.Instance.Committee.Members.Count
            && committee.Instance.Committee.Members[evidence.Member].PublicKey.Span.SequenceEqual(publicKey)
            && evidence.Verify(committee.Instance, committee.Scheme) == EvidenceResult.Valid;
    }
}
