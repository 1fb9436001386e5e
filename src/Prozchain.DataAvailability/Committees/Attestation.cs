using System.Buffers;
using Prozchain.DataAvailability.Ports;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Committees;

/// <summary>A member's signature of a statement. Untrusted until a <see cref="CertificateCollector"/> takes it. Format: docs/formats/da-certificate.md.</summary>
/// <param name="Member">Number of the member.</param>
/// <param name="Signature">The signature with its scheme byte.</param>
public readonly record struct Attestation(int Member, ReadOnlyMemory<byte> Signature)
{
    private const byte Version = 0;

    /// <summary>Signs a statement as a member of a committee.</summary>
    /// <exception cref="ArgumentException">The signer is no member.</exception>
    public static Attestation Sign(Committee committee, in AvailabilityStatement statement, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentNullException.ThrowIfNull(signer);
        for (int i = 0; i < committee.Members.Count; i++)
        {
            if (!committee.Members[i].PublicKey.Span.SequenceEqual(signer.PublicKey.Span)) continue;
            var signature = new byte[signer.SignatureSize];
            signer.Sign(statement.MessageFor(committee), signature);
            return new(i, signature);
        }
        throw new ArgumentException("Expected a signer that is a member, got another.", nameof(signer));
    }

    /// <summary>Writes the wire format.</summary>
    /// <exception cref="InvalidOperationException">The number or the signature is none that the format has.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Member is < 0 or >= Committee.MaxMembers || Signature.Length is 0 or > Committee.MaxKeySize)
        {
            throw new InvalidOperationException(
                $"Expected a member below {Committee.MaxMembers} and a signature of 1 to {Committee.MaxKeySize} bytes, got member {Member} and {Signature.Length} bytes.");
        }
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteUInt16((ushort)Member);
        writer.WriteSpan(Signature.Span);
    }

    /// <summary>Reads the wire format from untrusted bytes.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out Attestation attestation)
    {
        attestation = default;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadUInt16(out ushort member) || reader.IsAtEnd) return ReadResult.Truncated;
        if (member >= Committee.MaxMembers) return ReadResult.OutOfRange;
        if (reader.Remaining > Committee.MaxKeySize) return ReadResult.TrailingBytes;
        attestation = new(member, source[reader.Offset..].ToArray());
        return ReadResult.Ok;
    }
}
