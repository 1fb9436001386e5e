using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>Where a micro-block stands in its epoch.</summary>
public enum MicroBlockKind : byte
{
    /// <summary>One of many.</summary>
    Ordinary,

    /// <summary>The epoch's last: the next epoch's run starts on it.</summary>
    Terminal,

    /// <summary>After the last: empty and never handed over, it only carries votes that finalize the terminal block before it.</summary>
    Closing,
}

/// <summary>
/// What an ordering committee certifies: the place of a micro-block in its shard's chain, its body, and what executing
/// its <em>parent</em> gave. Covers no signature. Immutable. Wire form, 254 bytes: docs/formats/sharding-ordering.md.
/// </summary>
public sealed class MicroHeader
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 2 + 3 * sizeof(ulong) + Digest.Size + 3 * sizeof(ulong) + Digest.Size + sizeof(ulong) + Digest.Size + sizeof(uint) + 3 * Digest.Size;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_bytes;

    // A reference, so that a reader on another thread sees all of it or nothing.
    private object? _hash;

    /// <summary>Where the block stands in its epoch.</summary>
    public required MicroBlockKind Kind { get; init; }

    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The shard.</summary>
    public required ShardId Shard { get; init; }

    /// <summary>The epoch whose committee certifies the header.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>The <see cref="OrderingInstance.Id"/> of that committee's run.</summary>
    public required Digest Instance { get; init; }

    /// <summary>The view in which the block was proposed, from 1.</summary>
    public required ulong View { get; init; }

    /// <summary>The parent's view; 0 if the parent is the block that the run starts from.</summary>
    public required ulong ParentView { get; init; }

    /// <summary>Place in the shard's chain: the parent's height + 1.</summary>
    public required ulong Height { get; init; }

    /// <summary>Hash of the parent's header.</summary>
    public required Digest Parent { get; init; }

    /// <summary>When the block was proposed, Unix milliseconds; never before its parent.</summary>
    public required long TimeMs { get; init; }

    /// <summary>BLAKE3, derive-key, of the body.</summary>
    public required Digest BodyRoot { get; init; }

    /// <summary>Length of the body in bytes.</summary>
    public required int BodyLength { get; init; }

    /// <summary>Root over the receipts that executing the parent gave.</summary>
    public required Digest ReceiptsRoot { get; init; }

    /// <summary>Digest of the cells that executing the parent wrote.</summary>
    public required Digest WriteDigest { get; init; }

    /// <summary>Root of the shard's state after the parent, at sealing heights; else zero.</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>Names the header: BLAKE3, derive-key, of its wire form.</summary>
    public Digest Hash
    {
        get
        {
            if (_hash is Digest known) return known;
            ArrayBufferWriter<byte> output = t_bytes ??= new ArrayBufferWriter<byte>(Size);
            output.ResetWrittenCount();
            Write(output);
            var hash = new Digest(Domains.MicroHeader.Hash(output.WrittenSpan));
            _hash = hash;
            return hash;
        }
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 254 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)Kind);
        writer.WriteUInt64(ChainId);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Epoch);
        writer.WriteBytes32(Instance.Bytes);
        writer.WriteUInt64(View);
        writer.WriteUInt64(ParentView);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(Parent.Bytes);
        writer.WriteUInt64((ulong)TimeMs);
        writer.WriteBytes32(BodyRoot.Bytes);
        writer.WriteUInt32((uint)BodyLength);
        writer.WriteBytes32(ReceiptsRoot.Bytes);
        writer.WriteBytes32(WriteDigest.Bytes);
        writer.WriteBytes32(StateRoot.Bytes);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="header">The header, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out MicroHeader header)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out header!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        header = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out MicroHeader header)
    {
        header = null!;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (reader.Remaining < Size - 1) return ReadResult.Truncated;
        reader.TryReadByte(out byte kind);
        reader.TryReadUInt64(out ulong chainId);
        reader.TryReadUInt64(out ulong shard);
        reader.TryReadUInt64(out ulong epoch);
        reader.TryReadBytes32(out Bytes32 instance);
        reader.TryReadUInt64(out ulong view);
        reader.TryReadUInt64(out ulong parentView);
        reader.TryReadUInt64(out ulong height);
        reader.TryReadBytes32(out Bytes32 parent);
        reader.TryReadUInt64(out ulong time);
        reader.TryReadBytes32(out Bytes32 bodyRoot);
        reader.TryReadUInt32(out uint bodyLength);
        reader.TryReadBytes32(out Bytes32 receipts);
        reader.TryReadBytes32(out Bytes32 writes);
        reader.TryReadBytes32(out Bytes32 state);
        if (kind > (byte)MicroBlockKind.Closing || shard == 0 || view is 0 or >= long.MaxValue || parentView >= view || height == 0 || time > long.MaxValue)
            return ReadResult.NotCanonical;
        if (bodyLength > WireLimits.MaxMicroBody) return ReadResult.TooLarge;
        header = new MicroHeader
        {
            Kind = (MicroBlockKind)kind, ChainId = chainId, Shard = new ShardId(shard), Epoch = epoch, Instance = new Digest(instance), View = view,
            ParentView = parentView, Height = height, Parent = new Digest(parent), TimeMs = (long)time, BodyRoot = new Digest(bodyRoot),
            BodyLength = (int)bodyLength, ReceiptsRoot = new Digest(receipts), WriteDigest = new Digest(writes), StateRoot = new Digest(state),
        };
        return ReadResult.Ok;
    }
}
