using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Evidence;

/// <summary>
/// Two votes of one member that no honest member signs both: for two blocks of one view, or a finalization of a view
/// that the member gave up. A proposal carries its leader's vote, so two proposals of one view are such a pair.
/// Immutable. Wire form: docs/formats/sharding-ordering.md.
/// </summary>
public sealed class VoteEvidence
{
    private VoteEvidence(in Digest instance, in OrderingVote first, in OrderingVote second) => (Instance, First, Second) = (instance, first, second);

    /// <summary>The <see cref="OrderingInstance.Id"/> of the run.</summary>
    public Digest Instance { get; }

    /// <summary>Index in the committee of the member that signed both.</summary>
    public int Member => First.Member;

    /// <summary>The lesser vote, by kind, view and subject.</summary>
    public OrderingVote First { get; }

    /// <summary>The greater vote.</summary>
    public OrderingVote Second { get; }

    /// <summary>Puts two votes together. Nothing is checked here.</summary>
    /// <param name="instance">The run.</param>
    /// <param name="one">A vote.</param>
    /// <param name="other">Another of the same member.</param>
    /// <exception cref="ArgumentException">They are of two members, or the same statement.</exception>
    public static VoteEvidence Of(OrderingInstance instance, in OrderingVote one, in OrderingVote other)
    {
        ArgumentNullException.ThrowIfNull(instance);
        int order = Compare(one, other);
        if (one.Member != other.Member || order == 0) throw new ArgumentException($"Expected two statements of one member, got members {one.Member} and {other.Member}.", nameof(other));
        return order < 0 ? new VoteEvidence(instance.Id, one, other) : new VoteEvidence(instance.Id, other, one);
    }

    /// <summary>Checks the evidence.</summary>
    /// <param name="instance">The run with this <see cref="Instance"/>.</param>
    /// <param name="scheme">The scheme of that run's committee.</param>
    public EvidenceResult Verify(OrderingInstance instance, ICertificateScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(scheme);
        if (Instance != instance.Id) return EvidenceResult.WrongInstance;
        if (Member >= instance.Committee.Members.Count) return EvidenceResult.NoSuchMember;
        if (!Contradicts(instance, First.Kind, First.View, First.Subject, Second.Kind, Second.View, Second.Subject)) return EvidenceResult.NoContradiction;
        return Holds(instance, scheme, First) && Holds(instance, scheme, Second) ? EvidenceResult.Valid : EvidenceResult.BadSignature;
    }

    internal static bool Contradicts(
        OrderingInstance instance, OrderingVoteKind kind, ulong view, in Digest subject, OrderingVoteKind otherKind, ulong otherView, in Digest otherSubject)
    {
        if (kind == otherKind) return kind != OrderingVoteKind.Nullify && view == otherView && subject != otherSubject;
        if (kind == OrderingVoteKind.Notarize || otherKind == OrderingVoteKind.Notarize) return false;
        (ulong nullified, ulong finalized) = kind == OrderingVoteKind.Nullify ? (view, otherView) : (otherView, view);
        return instance.TermOf(nullified) == instance.TermOf(finalized) && nullified <= finalized;
    }

    private static bool Holds(OrderingInstance instance, ICertificateScheme scheme, in OrderingVote vote) =>
        vote.Share.Length == scheme.Sizes.Share
        && scheme.VerifyShares(instance.MessageFor(vote.Kind, vote.View, vote.Subject).Span, [new CertificateShare(vote.Member, vote.Share)]);

    private static int Compare(in OrderingVote one, in OrderingVote other)
    {
        int order = one.Kind.CompareTo(other.Kind);
        if (order == 0) order = one.View.CompareTo(other.View);
        return order == 0 ? one.Subject.CompareTo(other.Subject) : order;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteBytes32(Instance.Bytes);
        writer.WriteUInt16((ushort)Member);
        foreach (OrderingVote vote in (ReadOnlySpan<OrderingVote>)[First, Second])
        {
            writer.WriteByte((byte)vote.Kind);
            writer.WriteUInt64(vote.View);
            writer.WriteBytes32(vote.Subject.Bytes);
            writer.WriteUInt16((ushort)vote.Share.Length);
            writer.WriteSpan(vote.Share.Span);
        }
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="evidence">The evidence, when the result is <see cref="ReadResult.Ok"/>; not checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out VoteEvidence evidence)
    {
        evidence = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadBytes32(out Bytes32 instance) || !reader.TryReadUInt16(out ushort member)) return ReadResult.Truncated;
        if (member >= WireLimits.MaxMembers) return ReadResult.TooLarge;
        ReadResult result = ReadVote(ref reader, member, out OrderingVote first);
        if (result != ReadResult.Ok) return result;
        result = ReadVote(ref reader, member, out OrderingVote second);
        if (result != ReadResult.Ok) return result;
        if (Compare(first, second) >= 0) return ReadResult.NotCanonical;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        evidence = new VoteEvidence(new Digest(instance), first, second);
        return ReadResult.Ok;
    }

    private static ReadResult ReadVote(ref WireReader reader, int member, out OrderingVote vote)
    {
        vote = default;
        if (!reader.TryReadByte(out byte kind) || !reader.TryReadUInt64(out ulong view) || !reader.TryReadBytes32(out Bytes32 subject)
            || !reader.TryReadUInt16(out ushort length)) return ReadResult.Truncated;
        if (!OrderingCertificate.IsStatement(kind, view, subject)) return ReadResult.NotCanonical;
        if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> share)) return ReadResult.Truncated;
        vote = new OrderingVote((OrderingVoteKind)kind, view, member, new Digest(subject), share.ToArray());
        return ReadResult.Ok;
    }
}
