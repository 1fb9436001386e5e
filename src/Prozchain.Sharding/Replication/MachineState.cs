using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>A shard's state besides its cells, between two blocks: channels and atomic transactions. Immutable. Wire form: docs/formats/sharding-replica.md.</summary>
public sealed class MachineState
{
    internal MachineState(ReadOnlyMemory<byte> incoming, ReadOnlyMemory<byte> outgoing, ReadOnlyMemory<byte> atomic)
    {
        (Incoming, Outgoing, Atomic) = (incoming, outgoing, atomic);
        Span<byte> channels = stackalloc byte[2 * Digest.Size];
        Domains.Channels.Hash(incoming.Span).Span.CopyTo(channels);
        Domains.Channels.Hash(outgoing.Span).Span.CopyTo(channels[Digest.Size..]);
        ChannelsDigest = new Digest(Domains.MachineState.Hash(channels));
        AtomicDigest = new Digest(Domains.AtomicState.Hash(atomic.Span));
    }

    /// <summary>Digest of the channels: incoming, outgoing.</summary>
    public Digest ChannelsDigest { get; }

    /// <summary>Digest of the atomic transactions.</summary>
    public Digest AtomicDigest { get; }

    internal ReadOnlyMemory<byte> Incoming { get; }

    internal ReadOnlyMemory<byte> Outgoing { get; }

    internal ReadOnlyMemory<byte> Atomic { get; }

    /// <summary>What a sealing header states: hash of the cells' root and the two digests, so that a state proof and two digests prove a cell.</summary>
    /// <param name="cells">Root of the cells.</param>
    public Digest StateRoot(in Digest cells) => StateRoot(cells, ChannelsDigest, AtomicDigest);

    /// <summary>What a header states of its parent's execution: hash of the digest of written cells and the two digests.</summary>
    /// <param name="cells">Digest of the written cells.</param>
    public Digest WriteDigest(in Digest cells) => Combine(Domains.MachineWrites, cells, ChannelsDigest, AtomicDigest);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        foreach (ReadOnlyMemory<byte> part in (ReadOnlySpan<ReadOnlyMemory<byte>>)[Incoming, Outgoing, Atomic])
        {
            writer.WriteVarint((ulong)part.Length);
            writer.WriteSpan(part.Span);
        }
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="state">The state, when the result is <see cref="ReadResult.Ok"/>; compare its digests with a certified header's.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out MachineState state)
    {
        state = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        var parts = new ReadOnlyMemory<byte>[3];
        foreach (ref ReadOnlyMemory<byte> part in parts.AsSpan())
        {
            if (!reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
            part = bytes.ToArray();
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        state = new MachineState(parts[0], parts[1], parts[2]);
        return ReadResult.Ok;
    }

    internal static Digest StateRoot(in Digest cells, in Digest channels, in Digest atomic) => Combine(Domains.MachineState, cells, channels, atomic);

    private static Digest Combine(DomainHash domain, in Digest cells, in Digest channels, in Digest atomic)
    {
        Span<byte> input = stackalloc byte[3 * Digest.Size];
        cells.Span.CopyTo(input);
        channels.Span.CopyTo(input[Digest.Size..]);
        atomic.Span.CopyTo(input[(2 * Digest.Size)..]);
        return new Digest(domain.Hash(input));
    }
}
