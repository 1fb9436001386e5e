using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Committees;

/// <summary>What a committee says: its members hold, and will until a height, what they have to of some data.</summary>
/// <remarks>A member signs only after it has checked its part against the commitment. Format: docs/formats/da-certificate.md.</remarks>
public readonly record struct AvailabilityStatement
{
    internal const int Size = 1 + Bytes32.Size + 8 + 8;

    private readonly Bytes32 _commitment;

    /// <summary>States the availability of data.</summary>
    /// <param name="scheme">What the commitment is: 0 a square's data root, 1 a row code's commitment, 2 a blob of slivers; from 128 on for private use.</param>
    /// <param name="commitment">32 bytes.</param>
    /// <param name="height">The height at which the data was posted.</param>
    /// <param name="retainedUntil">The first height at which nobody need keep it, above <paramref name="height"/>.</param>
    /// <exception cref="ArgumentException">A commitment of another length, or heights in a wrong order.</exception>
    public AvailabilityStatement(byte scheme, ReadOnlySpan<byte> commitment, ulong height, ulong retainedUntil)
    {
        if (commitment.Length != Bytes32.Size) throw new ArgumentException($"Expected {Bytes32.Size} bytes, got {commitment.Length}.", nameof(commitment));
        if (retainedUntil <= height) throw new ArgumentException($"Expected a height above {height}, got {retainedUntil}.", nameof(retainedUntil));
        (Scheme, _commitment, Height, RetainedUntil) = (scheme, new Bytes32(commitment), height, retainedUntil);
    }

    /// <summary>What the commitment is.</summary>
    public byte Scheme { get; }

    /// <summary>The height at which the data was posted.</summary>
    public ulong Height { get; }

    /// <summary>The first height at which nobody need keep it.</summary>
    public ulong RetainedUntil { get; }

    /// <summary>Copies the commitment.</summary>
    public byte[] Commitment() => _commitment.Span.ToArray();

    /// <summary>The 32 bytes that a member of a committee signs.</summary>
    public byte[] MessageFor(Committee committee)
    {
        ArgumentNullException.ThrowIfNull(committee);
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(bytes);
        writer.WriteSpan("Prozchain.DataAvailability statement 0"u8);
        writer.WriteSpan(committee.Digest);
        WriteTo(writer);
        return SHA256.HashData(bytes.WrittenSpan);
    }

    internal void WriteTo(WireWriter writer)
    {
        writer.WriteByte(Scheme);
        writer.WriteBytes32(_commitment);
        writer.WriteUInt64(Height);
        writer.WriteUInt64(RetainedUntil);
    }

    internal static ReadResult TryRead(ref WireReader reader, out AvailabilityStatement statement)
    {
        statement = default;
        if (reader.Remaining < Size) return ReadResult.Truncated;
        reader.TryReadByte(out byte scheme);
        reader.TryReadBytes32(out Bytes32 commitment);
        reader.TryReadUInt64(out ulong height);
        reader.TryReadUInt64(out ulong until);
        if (until <= height) return ReadResult.OutOfRange;
        statement = new(scheme, commitment.Span, height, until);
        return ReadResult.Ok;
    }
}
