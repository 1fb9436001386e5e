using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// A quorum's statement about one view: the block is notarized, the block and its ancestors are final, or the view and
/// the rest of its term are given up. Under no hash: two quorums certify the same. Immutable. Wire form: docs/formats/sharding-ordering.md.
/// </summary>
public sealed class OrderingCertificate
{
    internal OrderingCertificate(OrderingVoteKind kind, ulong view, in Digest subject, ReadOnlyMemory<byte> proof) =>
        (Kind, View, Subject, Proof) = (kind, view, subject, proof);

    /// <summary>What the quorum says.</summary>
    public OrderingVoteKind Kind { get; }

    /// <summary>The view.</summary>
    public ulong View { get; }

    /// <summary>Hash of the block's header; zero for <see cref="OrderingVoteKind.Nullify"/>.</summary>
    public Digest Subject { get; }

    /// <summary>The bytes of the <see cref="ICertificateScheme"/>.</summary>
    public ReadOnlyMemory<byte> Proof { get; }

    /// <summary>Checks the certificate.</summary>
    /// <param name="instance">The run it is said to be of.</param>
    /// <param name="scheme">The scheme of that run's committee.</param>
    /// <param name="weightless">True for each member whose vote weighs nothing; empty if there are none.</param>
    public CertificateResult Verify(OrderingInstance instance, ICertificateScheme scheme, ReadOnlySpan<bool> weightless = default)
    {
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(scheme);
        if (Proof.Length > scheme.Sizes.MaxCertificate) return CertificateResult.WrongCommittee;
        int seats = scheme.Verify(instance.MessageFor(Kind, View, Subject).Span, Proof.Span, weightless);
        return seats == 0 ? CertificateResult.BadSignature : seats < instance.Committee.Quorum ? CertificateResult.TooFewSeats : CertificateResult.Valid;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)Kind);
        writer.WriteUInt64(View);
        writer.WriteBytes32(Subject.Bytes);
        writer.WriteUInt32((uint)Proof.Length);
        writer.WriteSpan(Proof.Span);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="certificate">The certificate, when the result is <see cref="ReadResult.Ok"/>; its proof is not checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out OrderingCertificate certificate)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out certificate!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        certificate = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out OrderingCertificate certificate)
    {
        certificate = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte kind) || !reader.TryReadUInt64(out ulong view) || !reader.TryReadBytes32(out Bytes32 subject)
            || !reader.TryReadUInt32(out uint length)) return ReadResult.Truncated;
        if (!IsStatement(kind, view, subject)) return ReadResult.NotCanonical;
        if (length > WireLimits.MaxCertificateProof) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> proof)) return ReadResult.Truncated;
        certificate = new OrderingCertificate((OrderingVoteKind)kind, view, new Digest(subject), proof.ToArray());
        return ReadResult.Ok;
    }

    // The highest views are refused so that the sums of views and terms cannot overflow.
    internal static bool IsStatement(byte kind, ulong view, in Bytes32 subject) =>
        kind is >= (byte)OrderingVoteKind.Notarize and <= (byte)OrderingVoteKind.Nullify && view is > 0 and < long.MaxValue
        && subject.IsZero == (kind == (byte)OrderingVoteKind.Nullify);
}
