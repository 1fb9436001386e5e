using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// Shows somebody who knows an <see cref="OrderingInstance"/>, and did not follow it, that a header is final: the headers
/// from it up to one that a quorum finalized, and that certificate. With a header of the height above, what executing a
/// block gave is final too. Immutable. Wire form: docs/formats/sharding-ordering.md.
/// </summary>
public sealed class FinalityProof
{
    private const int NextSize = 1 + 2 * sizeof(ulong) + Digest.Size + sizeof(uint) + 2 * Digest.Size;
    private const byte HasStateRoot = 0x80;

    private readonly MicroHeader[] _headers;

    private FinalityProof(MicroHeader[] headers, OrderingCertificate certificate) => (_headers, Certificate) = (headers, certificate);

    /// <summary>The header that is shown to be final.</summary>
    public MicroHeader Header => _headers[0];

    /// <summary>That header and those above it, each the child of the one before; all of them are final.</summary>
    public IReadOnlyList<MicroHeader> Headers => _headers;

    /// <summary>Finalizes the last of <see cref="Headers"/>.</summary>
    public OrderingCertificate Certificate { get; }

    /// <summary>Makes a proof. The certificate's signatures are not checked here.</summary>
    /// <param name="headers">1 to 4,096 headers of one run, each the child of the one before.</param>
    /// <param name="certificate">Finalizes the last one.</param>
    /// <exception cref="ArgumentException">They do not belong together.</exception>
    public static FinalityProof Of(IReadOnlyList<MicroHeader> headers, OrderingCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(certificate);
        if (headers.Count is 0 or > WireLimits.MaxFinalityHeaders)
            throw new ArgumentException($"Expected 1 to {WireLimits.MaxFinalityHeaders} headers, got {headers.Count}.", nameof(headers));
        for (int i = 1; i < headers.Count; i++)
            if (!IsChild(headers[i], headers[i - 1])) throw new ArgumentException($"Expected the child of header {i - 1}, got another at height {headers[i].Height}.", nameof(headers));
        MicroHeader last = headers[^1];
        if (certificate.Kind != OrderingVoteKind.Finalize || certificate.View != last.View || certificate.Subject != last.Hash)
            throw new ArgumentException($"Expected the finalization of {last.Hash}, got kind {certificate.Kind} of {certificate.Subject}.", nameof(certificate));
        return new FinalityProof([.. headers], certificate);
    }

    /// <summary>Checks the proof.</summary>
    /// <param name="instance">The run that the header is said to be of.</param>
    /// <param name="scheme">The scheme of that run's committee.</param>
    /// <param name="weightless">True for each member whose vote weighs nothing, a convicted one's; empty if there are none.</param>
    /// <returns><see cref="CertificateResult.Valid"/>: the header is final, unless a third of the seats or more are dishonest. <see cref="CertificateResult.WrongHeader"/>: it is of another run.</returns>
    public CertificateResult Verify(OrderingInstance instance, ICertificateScheme scheme, ReadOnlySpan<bool> weightless = default)
    {
        ArgumentNullException.ThrowIfNull(instance);
        MicroHeader header = Header;
        if (header.Instance != instance.Id || header.ChainId != instance.ChainId || header.Shard != instance.Committee.Shard || header.Epoch != instance.Committee.Epoch)
            return CertificateResult.WrongHeader;
        return Certificate.Verify(instance, scheme, weightless);
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt16((ushort)_headers.Length);
        Header.Write(output);
        for (int i = 1; i < _headers.Length; i++)
        {
            MicroHeader header = _headers[i];
            bool sealing = !header.StateRoot.IsZero;
            writer.WriteByte((byte)((byte)header.Kind | (sealing ? HasStateRoot : 0)));
            writer.WriteUInt64(header.View);
            writer.WriteUInt64((ulong)header.TimeMs);
            writer.WriteBytes32(header.BodyRoot.Bytes);
            writer.WriteUInt32((uint)header.BodyLength);
            writer.WriteBytes32(header.ReceiptsRoot.Bytes);
            writer.WriteBytes32(header.WriteDigest.Bytes);
            if (sealing) writer.WriteBytes32(header.StateRoot.Bytes);
        }
        writer.WriteUInt32((uint)Certificate.Proof.Length);
        writer.WriteSpan(Certificate.Proof.Span);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; its certificate is not checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out FinalityProof proof)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out proof!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        proof = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out FinalityProof proof)
    {
        proof = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadUInt16(out ushort count)) return ReadResult.Truncated;
        if (count == 0) return ReadResult.NotCanonical;
        if (count > WireLimits.MaxFinalityHeaders) return ReadResult.TooLarge;
        if (reader.Remaining < MicroHeader.Size + (count - 1) * NextSize) return ReadResult.Truncated;
        var headers = new MicroHeader[count];
        ReadResult result = MicroHeader.Read(ref reader, out headers[0]);
        for (int i = 1; i < count && result == ReadResult.Ok; i++) result = ReadNext(ref reader, headers[i - 1], out headers[i]);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadUInt32(out uint length)) return ReadResult.Truncated;
        if (length > WireLimits.MaxCertificateProof) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
        proof = new FinalityProof(headers, new OrderingCertificate(OrderingVoteKind.Finalize, headers[^1].View, headers[^1].Hash, bytes.ToArray()));
        return ReadResult.Ok;
    }

    private static ReadResult ReadNext(ref WireReader reader, MicroHeader before, out MicroHeader header)
    {
        header = null!;
        Bytes32 state = default;
        if (!reader.TryReadByte(out byte kind) || !reader.TryReadUInt64(out ulong view) || !reader.TryReadUInt64(out ulong time) || !reader.TryReadBytes32(out Bytes32 body)
            || !reader.TryReadUInt32(out uint bodyLength) || !reader.TryReadBytes32(out Bytes32 receipts) || !reader.TryReadBytes32(out Bytes32 writes)
            || ((kind & HasStateRoot) != 0 && !reader.TryReadBytes32(out state))) return ReadResult.Truncated;
        if ((kind & ~HasStateRoot) > (byte)MicroBlockKind.Closing || ((kind & HasStateRoot) != 0) == state.IsZero || time > long.MaxValue
            || view <= before.View || view >= long.MaxValue || (long)time < before.TimeMs || before.Height == ulong.MaxValue) return ReadResult.NotCanonical;
        if (bodyLength > WireLimits.MaxMicroBody) return ReadResult.TooLarge;
        header = new MicroHeader
        {
            Kind = (MicroBlockKind)(kind & ~HasStateRoot), ChainId = before.ChainId, Shard = before.Shard, Epoch = before.Epoch, Instance = before.Instance, View = view,
            ParentView = before.View, Height = before.Height + 1, Parent = before.Hash, TimeMs = (long)time, BodyRoot = new Digest(body), BodyLength = (int)bodyLength,
            ReceiptsRoot = new Digest(receipts), WriteDigest = new Digest(writes), StateRoot = new Digest(state),
        };
        return ReadResult.Ok;
    }

    private static bool IsChild(MicroHeader header, MicroHeader parent) =>
        header.ChainId == parent.ChainId && header.Shard == parent.Shard && header.Epoch == parent.Epoch && header.Instance == parent.Instance && header.View > parent.View
        && header.ParentView == parent.View && header.Height == parent.Height + 1 && header.Parent == parent.Hash && header.TimeMs >= parent.TimeMs;
}
