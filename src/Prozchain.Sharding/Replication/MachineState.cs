using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>A shard's state besides its cells, between two blocks: channels and atomic transactions. Immutable, unless it is of a <see cref="ShardStep"/> that is used again. Wire form: docs/formats/sharding-replica.md.</summary>
public sealed class MachineState
{
    private static long s_version;

    private ArrayBufferWriter<byte>? _incoming, _outgoing, _atomic;

    /// <summary>None yet: <see cref="Fill"/> makes it one.</summary>
    internal MachineState() { }

    internal MachineState(ReadOnlyMemory<byte> incoming, ReadOnlyMemory<byte> outgoing, ReadOnlyMemory<byte> atomic, ShardLayout layout) => Set(incoming, outgoing, atomic, layout);

    /// <summary>The layout that the shard has taken in: one without the shard after its last block.</summary>
    public ShardLayout Layout { get; private set; } = null!;

    /// <summary>Digest of the channels: incoming, outgoing, and the layout that they are of.</summary>
    public Digest ChannelsDigest { get; private set; }

    /// <summary>Digest of the atomic transactions.</summary>
    public Digest AtomicDigest { get; private set; }

    internal ReadOnlyMemory<byte> Incoming { get; private set; }

    internal ReadOnlyMemory<byte> Outgoing { get; private set; }

    internal ReadOnlyMemory<byte> Atomic { get; private set; }

    /// <summary>Another one for each content that this object had, in this process: tells a state from what was in its place before.</summary>
    internal long Version { get; private set; }

    /// <summary>Becomes the state that the parts are at.</summary>
    internal void Fill(ShardParts parts)
    {
        parts.Incoming.Write(Empty(ref _incoming));
        parts.Outgoing.Write(Empty(ref _outgoing));
        parts.Atomic.Write(Empty(ref _atomic));
        Set(_incoming!.WrittenMemory, _outgoing!.WrittenMemory, _atomic!.WrittenMemory, parts.Layout);

        static ArrayBufferWriter<byte> Empty(ref ArrayBufferWriter<byte>? writer)
        {
            if (writer is null) return writer = new ArrayBufferWriter<byte>();
            writer.ResetWrittenCount();
            return writer;
        }
    }

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
        var layout = new ArrayBufferWriter<byte>();
        Layout.Write(layout);
        foreach (ReadOnlyMemory<byte> part in (ReadOnlySpan<ReadOnlyMemory<byte>>)[Incoming, Outgoing, Atomic, layout.WrittenMemory])
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
        var parts = new ReadOnlyMemory<byte>[4];
        foreach (ref ReadOnlyMemory<byte> part in parts.AsSpan())
        {
            if (!reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
            part = bytes.ToArray();
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        ReadResult result = ShardLayout.TryRead(parts[3].Span, out ShardLayout? layout);
        if (result != ReadResult.Ok) return result;
        state = new MachineState(parts[0], parts[1], parts[2], layout!);
        return ReadResult.Ok;
    }

    internal static Digest StateRoot(in Digest cells, in Digest channels, in Digest atomic) => Combine(Domains.MachineState, cells, channels, atomic);

    private void Set(ReadOnlyMemory<byte> incoming, ReadOnlyMemory<byte> outgoing, ReadOnlyMemory<byte> atomic, ShardLayout layout)
    {
        (Incoming, Outgoing, Atomic, Layout, Version) = (incoming, outgoing, atomic, layout, Interlocked.Increment(ref s_version));
        Span<byte> channels = stackalloc byte[3 * Digest.Size];
        Domains.Channels.Hash(incoming.Span).Span.CopyTo(channels);
        Domains.Channels.Hash(outgoing.Span).Span.CopyTo(channels[Digest.Size..]);
        layout.Hash().Span.CopyTo(channels[(2 * Digest.Size)..]);
        ChannelsDigest = new Digest(Domains.MachineState.Hash(channels));
        AtomicDigest = new Digest(Domains.AtomicState.Hash(atomic.Span));
    }

    private static Digest Combine(DomainHash domain, in Digest cells, in Digest channels, in Digest atomic)
    {
        Span<byte> input = stackalloc byte[3 * Digest.Size];
        cells.Span.CopyTo(input);
        channels.Span.CopyTo(input[Digest.Size..]);
        atomic.Span.CopyTo(input[(2 * Digest.Size)..]);
        return new Digest(domain.Hash(input));
    }
}
