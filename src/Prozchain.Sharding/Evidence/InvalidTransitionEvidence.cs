using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Evidence;

/// <summary>
/// Shows that a quorum of an ordering committee finalized what execution does not give: a segment's blocks with the
/// certified header above them, and the witness from which anybody executes them again. With the notarization of the
/// header at fault it also convicts: an honest member notarizes only what its own execution gave, while a vote to finalize
/// merely follows a quorum. Immutable. Wire form: docs/formats/sharding-attestation.md.
/// </summary>
public sealed class InvalidTransitionEvidence
{
    private InvalidTransitionEvidence(SegmentWitness segment, SegmentFault fault, int block, OrderingCertificate? notarization) =>
        (Segment, Fault, Block, Notarization) = (segment, fault, block, notarization);

    /// <summary>What the committee finalized, and the witness.</summary>
    public SegmentWitness Segment { get; }

    /// <summary>What is wrong with it.</summary>
    public SegmentFault Fault { get; }

    /// <summary>Index of the block that is invalid, or whose result is misstated.</summary>
    public int Block { get; }

    /// <summary>Notarizes <see cref="Header"/>; null where nobody is accused.</summary>
    public OrderingCertificate? Notarization { get; }

    /// <summary>The header at fault: of the invalid block, or the one that misstates the block's result.</summary>
    public MicroHeader Header => Fault == SegmentFault.InvalidBody ? Segment.Blocks[Block].Header : Segment.StatementOf(Block);

    /// <summary>Puts evidence together.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="result">What executing it gave.</param>
    /// <exception cref="ArgumentException">The result accuses nobody.</exception>
    public static InvalidTransitionEvidence Of(SegmentWitness segment, in SegmentResult result)
    {
        ArgumentNullException.ThrowIfNull(segment);
        if (!result.IsInvalidTransition || (uint)result.Block >= (uint)segment.Blocks.Count) throw new ArgumentException($"Expected an invalid transition, got {result.Fault} of block {result.Block}.", nameof(result));
        return new InvalidTransitionEvidence(segment, result.Fault, result.Block, null);
    }

    /// <summary>The same with the notarization of the header at fault, so that it convicts.</summary>
    /// <param name="notarization">The certificate.</param>
    /// <exception cref="ArgumentException">It notarizes another header.</exception>
    public InvalidTransitionEvidence With(OrderingCertificate notarization)
    {
        ArgumentNullException.ThrowIfNull(notarization);
        if (!IsOf(notarization)) throw new ArgumentException($"Expected the notarization of {Header.Hash}, got {notarization.Kind} of {notarization.Subject}.", nameof(notarization));
        return new InvalidTransitionEvidence(Segment, Fault, Block, notarization);
    }

    /// <summary>Checks the evidence by executing the segment again. Any evidence is answered, never with an exception.</summary>
    /// <param name="committee">The committee that ordered the shard in the epoch.</param>
    /// <param name="checker">Executes; its machine is the shard's.</param>
    /// <returns>True if the committee finalized an invalid transition of exactly this kind and place.</returns>
    public bool Verify<TTransition>(ShardCommittee committee, SegmentChecker<TTransition> checker) where TTransition : IShardTransition
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(checker);
        if (Segment.Seal.Verify(committee.Instance, committee.Scheme) != CertificateResult.Valid) return false;
        SegmentResult result = checker.Check(Segment);
        return result.Fault == Fault && result.Block == Block;
    }

    /// <summary>True if a member of the committee is convicted by verified evidence: it notarized the header at fault.</summary>
    /// <param name="committee">The committee that ordered the shard in the epoch.</param>
    /// <param name="member">Index in the committee.</param>
    public bool Convicts(ShardCommittee committee, int member)
    {
        ArgumentNullException.ThrowIfNull(committee);
        return Notarization is { } notarization && notarization.Verify(committee.Instance, committee.Scheme) == CertificateResult.Valid && committee.Scheme is IAttributableScheme scheme && scheme.Counts(notarization.Proof.Span, member);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var part = new ArrayBufferWriter<byte>();
        Notarization?.Write(part);
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)Fault);
        writer.WriteByte((byte)Block);
        writer.WriteVarint((ulong)part.WrittenCount);
        writer.WriteSpan(part.WrittenSpan);
        Segment.Write(output);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="evidence">The evidence, when the result is <see cref="ReadResult.Ok"/>; nothing is verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out InvalidTransitionEvidence evidence)
    {
        evidence = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte fault) || !reader.TryReadByte(out byte block) || !reader.TryReadCount(reader.Remaining, out int length)
            || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
        OrderingCertificate? notarization = null;
        ReadResult result = length == 0 ? ReadResult.Ok : OrderingCertificate.TryRead(bytes, out notarization);
        if (result != ReadResult.Ok) return result;
        result = SegmentWitness.TryRead(source[reader.Offset..], out SegmentWitness? segment);
        if (result != ReadResult.Ok) return result;
        if (fault is < (byte)SegmentFault.InvalidBody or > (byte)SegmentFault.WrongStateRoot || block >= segment!.Blocks.Count) return ReadResult.NotCanonical;
        var read = new InvalidTransitionEvidence(segment, (SegmentFault)fault, block, notarization);
        if (notarization is not null && !read.IsOf(notarization)) return ReadResult.NotCanonical;
        evidence = read;
        return ReadResult.Ok;
    }

    private bool IsOf(OrderingCertificate certificate) => certificate.Kind == OrderingVoteKind.Notarize && certificate.View == Header.View && certificate.Subject == Header.Hash;
}
