using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// What sampled validators sign after executing the micro-blocks between two sealed roots of a shard again: from this root
/// before the first, which is attested too or a run's beginning, these blocks lead to that root after the last, with the
/// receipts that their headers state. It releases the cap on value in flight from blocks not yet attested. Wire form, 137
/// bytes: docs/formats/sharding-attestation.md.
/// </summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Shard">The shard.</param>
/// <param name="Epoch">The epoch whose attesters sign.</param>
/// <param name="FirstHeight">Height of the first micro-block.</param>
/// <param name="LastHeight">Height of the last one, not below the first.</param>
/// <param name="PreRoot">State root before the first.</param>
/// <param name="PostRoot">State root after the last.</param>
/// <param name="Header">Hash of the sealing header above the last, which binds the blocks.</param>
public readonly record struct Attestation(ulong ChainId, ShardId Shard, ulong Epoch, ulong FirstHeight, ulong LastHeight, Digest PreRoot, Digest PostRoot, Digest Header)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 1 + 5 * sizeof(ulong) + 3 * Digest.Size;

    /// <summary>What an attester signs: the hash of the wire form in a domain of its own.</summary>
    public Digest SigningDigest
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            WriteTo(bytes);
            return new Digest(Domains.Attestation.Hash(bytes));
        }
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="destination">Receives 137 bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        destination[0] = WireLimits.Version;
        BinaryPrimitives.WriteUInt64LittleEndian(destination[1..], ChainId);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[9..], Shard.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[17..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[25..], FirstHeight);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[33..], LastHeight);
        PreRoot.Span.CopyTo(destination[41..]);
        PostRoot.Span.CopyTo(destination[73..]);
        Header.Span.CopyTo(destination[105..]);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">Exactly 137 bytes.</param>
    /// <param name="attestation">The statement, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out Attestation attestation)
    {
        attestation = default;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] != WireLimits.Version) return ReadResult.UnknownVersion;
        if (source.Length != Size) return source.Length < Size ? ReadResult.Truncated : ReadResult.TrailingBytes;
        var read = new Attestation(
            BinaryPrimitives.ReadUInt64LittleEndian(source[1..]), new ShardId(BinaryPrimitives.ReadUInt64LittleEndian(source[9..])),
            BinaryPrimitives.ReadUInt64LittleEndian(source[17..]), BinaryPrimitives.ReadUInt64LittleEndian(source[25..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[33..]), new Digest(source[41..73]), new Digest(source[73..105]), new Digest(source[105..]));
        if (read.Shard.Value == 0 || read.FirstHeight == 0 || read.LastHeight < read.FirstHeight || read.LastHeight == ulong.MaxValue) return ReadResult.NotCanonical;
        attestation = read;
        return ReadResult.Ok;
    }
}
