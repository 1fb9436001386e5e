using System.Buffers;
using System.Numerics;
using Prozchain.DataAvailability.Ports;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Committees;

/// <summary>
/// A statement with the signatures of more than two thirds of a committee's weight, as a list. As read from bytes it proves nothing until
/// <see cref="Verify"/>. Not covered by a hash: different quorums certify the same statement. Format: docs/formats/da-certificate.md.
/// </summary>
public sealed class AvailabilityCertificate
{
    private const byte Version = 0, List = 0;
    private readonly Bytes32 _committee;
    private readonly int _members;
    private readonly SortedDictionary<int, ReadOnlyMemory<byte>> _signatures;

    internal AvailabilityCertificate(AvailabilityStatement statement, Committee committee, IDictionary<int, ReadOnlyMemory<byte>> signatures)
        : this(statement, new Bytes32(committee.Digest), committee.Members.Count, new(signatures)) { }

    private AvailabilityCertificate(AvailabilityStatement statement, Bytes32 committee, int members, SortedDictionary<int, ReadOnlyMemory<byte>> signatures) =>
        (Statement, _committee, _members, _signatures) = (statement, committee, members, signatures);

    /// <summary>What is certified.</summary>
    public AvailabilityStatement Statement { get; }

    /// <summary>Members that have signed.</summary>
    public int Count => _signatures.Count;

    /// <summary>Checks the certificate, which is untrusted, against a committee that the caller trusts.</summary>
    public CertificateCheck Verify(Committee committee, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(verifier);
        if (!_committee.Span.SequenceEqual(committee.Digest) || _members != committee.Members.Count) return CertificateCheck.WrongCommittee;
        ulong weight = 0;
        foreach (int member in _signatures.Keys) weight += committee.Members[member].Weight;
        if (weight < committee.Quorum) return CertificateCheck.TooLittleWeight;
        byte[] message = Statement.MessageFor(committee);
        foreach ((int member, ReadOnlyMemory<byte> signature) in _signatures)
            if (!verifier.Verify(committee.Members[member].PublicKey.Span, message, signature.Span)) return CertificateCheck.BadSignature;
        return CertificateCheck.Valid;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte(List);
        Statement.WriteTo(writer);
        writer.WriteBytes32(_committee);
        writer.WriteUInt16((ushort)_members);
        var signers = new byte[(_members + 7) / 8];
        foreach (int member in _signatures.Keys) signers[member >> 3] |= (byte)(1 << (member & 7));
        writer.WriteSpan(signers);
        foreach (ReadOnlyMemory<byte> signature in _signatures.Values)
        {
            writer.WriteByte((byte)signature.Length);
            writer.WriteSpan(signature.Span);
        }
    }

    /// <summary>Reads the wire format from untrusted bytes; the certificate is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out AvailabilityCertificate? certificate)
    {
        certificate = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte form)) return ReadResult.Truncated;
        if (form != List) return ReadResult.OutOfRange;
        ReadResult stated = AvailabilityStatement.TryRead(ref reader, out AvailabilityStatement statement);
        if (stated != ReadResult.Ok) return stated;
        if (!reader.TryReadBytes32(out Bytes32 committee) || !reader.TryReadUInt16(out ushort members)) return ReadResult.Truncated;
        if (members is 0 or > Committee.MaxMembers) return ReadResult.OutOfRange;
        if (!reader.TryReadSpan((members + 7) / 8, out ReadOnlySpan<byte> signers)) return ReadResult.Truncated;
        int signed = 0;
        foreach (byte eight in signers) signed += BitOperations.PopCount(eight);
        if (signed == 0 || (members % 8 != 0 && signers[^1] >> members % 8 != 0)) return ReadResult.OutOfRange;
        if (reader.Remaining < 2 * signed) return ReadResult.Truncated;
        SortedDictionary<int, ReadOnlyMemory<byte>> signatures = [];
        for (int member = 0; member < members; member++)
        {
            if ((signers[member >> 3] >> (member & 7) & 1) == 0) continue;
            if (!reader.TryReadByte(out byte length)) return ReadResult.Truncated;
            if (length is 0 or > Committee.MaxKeySize) return ReadResult.OutOfRange;
            if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> signature)) return ReadResult.Truncated;
            signatures.Add(member, signature.ToArray());
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        certificate = new(statement, committee, members, signatures);
        return ReadResult.Ok;
    }
}
