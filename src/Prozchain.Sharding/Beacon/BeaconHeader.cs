using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// What the pool certifies of a beacon block: its place, its body, and what the beacon holds once it is applied. A light
/// client needs no more than headers. Immutable. Wire form, 233 bytes: docs/formats/sharding-beacon.md.
/// </summary>
public sealed class BeaconHeader
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 1 + 2 * sizeof(ulong) + Digest.Size + 2 * sizeof(ulong) + 3 * Digest.Size + 2 * (sizeof(uint) + Digest.Size);

    internal const byte Version = 2;

    private object? _hash;

    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Place in the beacon's chain; the first block has 1.</summary>
    public required ulong Height { get; init; }

    /// <summary>Hash of the header before; zero for the first.</summary>
    public required Digest Parent { get; init; }

    /// <summary>The epoch, from 0, whose validators certify the header.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>
    /// Attested time, Unix milliseconds; never before the parent's. A validator votes only if it lies within the
    /// network's drift of its own clock, so a certified time is within that drift of some honest clock.
    /// </summary>
    public required long TimeMs { get; init; }

    /// <summary>Root over the lists of the body.</summary>
    public required Digest BodyRoot { get; init; }

    /// <summary><see cref="ValidatorSet.Digest"/> of this epoch.</summary>
    public required Digest Validators { get; init; }

    /// <summary><see cref="ValidatorSet.Digest"/> of the next epoch: what a light client follows the hand-over by.</summary>
    public required Digest NextValidators { get; init; }

    /// <summary>Number of shards under <see cref="AnchorRoot"/>.</summary>
    public required int Anchors { get; init; }

    /// <summary>Root over the last anchored header of every shard, this block's included.</summary>
    public required Digest AnchorRoot { get; init; }

    /// <summary>Number of entries under <see cref="OutputRoot"/>.</summary>
    public required int Outputs { get; init; }

    /// <summary>Root over what the block lets out: withdrawals, freezes, convictions.</summary>
    public required Digest OutputRoot { get; init; }

    /// <summary>Names the header, and its block.</summary>
    public Digest Hash
    {
        get
        {
            if (_hash is Digest known) return known;
            var hash = new Digest(Domains.BeaconBlock.Hash(BeaconWire.Encode(Write)));
            _hash = hash;
            return hash;
        }
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 233 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteUInt64(ChainId);
        writer.WriteUInt64(Height);
        writer.WriteBytes32(Parent.Bytes);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64((ulong)TimeMs);
        writer.WriteBytes32(BodyRoot.Bytes);
        writer.WriteBytes32(Validators.Bytes);
        writer.WriteBytes32(NextValidators.Bytes);
        writer.WriteUInt32((uint)Anchors);
        writer.WriteBytes32(AnchorRoot.Bytes);
        writer.WriteUInt32((uint)Outputs);
        writer.WriteBytes32(OutputRoot.Bytes);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="header">The header, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out BeaconHeader header) =>
        BeaconWire.ReadWhole(source, Read, out header);

    internal static ReadResult Read(ref WireReader reader, out BeaconHeader header)
    {
        header = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, Version);
        if (result != ReadResult.Ok) return result;
        if (reader.Remaining < Size - 1) return ReadResult.Truncated;
        reader.TryReadUInt64(out ulong chainId);
        reader.TryReadUInt64(out ulong height);
        reader.TryReadBytes32(out Bytes32 parent);
        reader.TryReadUInt64(out ulong epoch);
        reader.TryReadUInt64(out ulong time);
        reader.TryReadBytes32(out Bytes32 bodyRoot);
        reader.TryReadBytes32(out Bytes32 validators);
        reader.TryReadBytes32(out Bytes32 nextValidators);
        reader.TryReadUInt32(out uint anchors);
        reader.TryReadBytes32(out Bytes32 anchorRoot);
        reader.TryReadUInt32(out uint outputs);
        reader.TryReadBytes32(out Bytes32 outputRoot);
        if (time > long.MaxValue || height == 0 || anchors > int.MaxValue || outputs > int.MaxValue) return ReadResult.NotCanonical;
        header = new BeaconHeader
        {
            ChainId = chainId, Height = height, Parent = new Digest(parent), Epoch = epoch, TimeMs = (long)time, BodyRoot = new Digest(bodyRoot),
            Validators = new Digest(validators), NextValidators = new Digest(nextValidators),
            Anchors = (int)anchors, AnchorRoot = new Digest(anchorRoot), Outputs = (int)outputs, OutputRoot = new Digest(outputRoot),
        };
        return ReadResult.Ok;
    }
}
