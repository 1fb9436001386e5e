using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Attesting;

/// <summary>The second byte of every message between those who order a shard and those who attest it.</summary>
internal enum AttestationMessage : byte
{
    Segment = 48,
    Share = 49,
    Certificate = 50,
    WantSegment = 51,
}

/// <summary>Encodes messages into one buffer: each result is valid until the next call.</summary>
internal sealed class AttestationWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> segment)
    {
        Begin(AttestationMessage.Segment).WriteSpan(segment);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Share(in Attestation statement, int member, ReadOnlySpan<byte> signature)
    {
        Span<byte> bytes = stackalloc byte[Attestation.Size];
        statement.WriteTo(bytes);
        WireWriter writer = Begin(AttestationMessage.Share);
        writer.WriteSpan(bytes);
        writer.WriteUInt16((ushort)member);
        writer.WriteSpan(signature);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> Certificate(AttestationCertificate certificate)
    {
        Begin(AttestationMessage.Certificate);
        certificate.Write(_buffer);
        return _buffer.WrittenSpan;
    }

    public ReadOnlySpan<byte> WantSegment(ulong sealHeight)
    {
        Begin(AttestationMessage.WantSegment).WriteUInt64(sealHeight);
        return _buffer.WrittenSpan;
    }

    private WireWriter Begin(AttestationMessage type) => _buffer.Restart((byte)type);
}
