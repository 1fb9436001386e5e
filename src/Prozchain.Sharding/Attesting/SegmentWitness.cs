using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Attesting;

/// <summary>
/// All that somebody without a shard's state needs to execute a segment of its blocks again: the blocks between two sealed
/// roots, channels and atomic transactions before them, the cells that they touch with the proof against the root before,
/// and the certified header that states the root after. Immutable. Wire form: docs/formats/sharding-attestation.md.
/// </summary>
/// <remarks>Blocks and header are a chain, each the child of the one before, whoever made the bytes. Nothing else is checked on reading.</remarks>
public sealed class SegmentWitness
{
    /// <summary>The most bytes of one: 32 MiB.</summary>
    public const int MaxBytes = 1 << 25;

    /// <summary>The most blocks of one segment: 256.</summary>
    public const int MaxBlocks = WireLimits.MaxBlocksPerMessage;

    private readonly MicroBlock[] _blocks;

    internal SegmentWitness(FinalityProof seal, AttestationCertificate? previous, MicroBlock[] blocks, MachineState before, in Digest cells, ReadOnlyMemory<byte> witness) =>
        (Seal, Previous, _blocks, Before, Cells, Witness) = (seal, previous, blocks, before, cells, witness);

    /// <summary>Shows that the header is final that states the root after the last block.</summary>
    public FinalityProof Seal { get; }

    /// <summary>Attests the segment before; null if it is not known, or there is none.</summary>
    public AttestationCertificate? Previous { get; }

    /// <summary>The blocks, ascending.</summary>
    public IReadOnlyList<MicroBlock> Blocks => _blocks;

    /// <summary>Channels and atomic transactions before the first block.</summary>
    public MachineState Before { get; }

    /// <summary>Root of the cells before the first block.</summary>
    public Digest Cells { get; }

    /// <summary>Of the cells that the blocks touch: a <see cref="WitnessStore"/>.</summary>
    public ReadOnlyMemory<byte> Witness { get; }

    /// <summary>What who has executed the blocks with this result may sign.</summary>
    public Attestation Statement
    {
        get
        {
            MicroHeader seal = Seal.Header;
            return new Attestation(seal.ChainId, seal.Shard, seal.Epoch, _blocks[0].Header.Height, seal.Height - 1, Before.StateRoot(Cells), seal.StateRoot, seal.Hash);
        }
    }

    /// <summary>The header that states what executing a block gave: that of the next block, or the sealing one.</summary>
    /// <param name="block">The block's index.</param>
    public MicroHeader StatementOf(int block) => block + 1 < _blocks.Length ? _blocks[block + 1].Header : Seal.Header;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var part = new ArrayBufferWriter<byte>();
        new WireWriter(output).WriteByte(WireLimits.Version);
        WritePart(Seal.Write);
        WritePart(Previous is { } previous ? previous.Write : static _ => { });
        WritePart(Before.Write);
        var writer = new WireWriter(output);
        writer.WriteBytes32(Cells.Bytes);
        writer.WriteVarint((ulong)_blocks.Length);
        foreach (MicroBlock block in _blocks) block.Write(output);
        writer.WriteVarint((ulong)Witness.Length);
        writer.WriteSpan(Witness.Span);

        void WritePart(Action<IBufferWriter<byte>> write)
        {
            part.ResetWrittenCount();
            write(part);
            var lengthWriter = new WireWriter(output);
            lengthWriter.WriteVarint((ulong)part.WrittenCount);
            lengthWriter.WriteSpan(part.WrittenSpan);
        }
    }

    /// <summary>Reads the wire form. Never throws; of a longer one than <see cref="MaxBytes"/> nothing is read.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="segment">The segment, when the result is <see cref="ReadResult.Ok"/>; only that it is a chain is checked.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out SegmentWitness segment)
    {
        segment = null;
        ReadResult result = TryReadSeal(source, out FinalityProof seal, out WireReader reader);
        if (result != ReadResult.Ok) return result;
        if (!TryReadPart(ref reader, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
        AttestationCertificate? previous = null;
        if (!bytes.IsEmpty && (result = AttestationCertificate.TryRead(bytes, out previous)) != ReadResult.Ok) return result;
        if (!TryReadPart(ref reader, out bytes)) return ReadResult.Truncated;
        if ((result = MachineState.TryRead(bytes, out MachineState? before)) != ReadResult.Ok) return result;
        if (!reader.TryReadBytes32(out Bytes32 cells)) return ReadResult.Truncated;
        if (!reader.TryReadCount(Math.Min(MaxBlocks, reader.Remaining / MicroHeader.Size), out int count)) return ReadResult.TooLarge;
        if (count == 0) return ReadResult.NotCanonical;
        var blocks = new MicroBlock[count];
        for (int i = 0; i < count; i++)
            if ((result = MicroBlock.Read(ref reader, out blocks[i])) != ReadResult.Ok) return result;
        if (!TryReadPart(ref reader, out ReadOnlySpan<byte> witness)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        var read = new SegmentWitness(seal, previous, blocks, before!, new Digest(cells), witness.ToArray());
        if (!read.IsChain()) return ReadResult.NotCanonical;
        segment = read;
        return ReadResult.Ok;
    }

    /// <summary>Reads no more than the certified header: what decides whether the rest is worth reading.</summary>
    internal static ReadResult TryReadSeal(ReadOnlySpan<byte> source, out FinalityProof seal, out WireReader rest)
    {
        seal = null!;
        rest = new WireReader(source);
        if (source.Length > MaxBytes) return ReadResult.TooLarge;
        if (!rest.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!TryReadPart(ref rest, out ReadOnlySpan<byte> proof)) return ReadResult.Truncated;
        ReadResult result = FinalityProof.TryRead(proof, out FinalityProof? read);
        if (result != ReadResult.Ok) return result;
        if (read!.Header.StateRoot.IsZero || read.Header.Kind == MicroBlockKind.Closing || read.Header.Height < 2) return ReadResult.NotCanonical;
        seal = read;
        return ReadResult.Ok;
    }

    private static bool TryReadPart(ref WireReader reader, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return reader.TryReadCount(reader.Remaining, out int length) && reader.TryReadSpan(length, out bytes);
    }

    private bool IsChain()
    {
        for (int i = 0; i < _blocks.Length; i++)
        {
            (MicroHeader header, MicroHeader child) = (_blocks[i].Header, StatementOf(i));
            if (header.Kind == MicroBlockKind.Closing || child.Parent != header.Hash || child.Height != header.Height + 1 || child.Shard != header.Shard
                || child.ChainId != header.ChainId || child.Epoch < header.Epoch || child.TimeMs < header.TimeMs || (i > 0 && !header.StateRoot.IsZero)) return false;
        }
        // The header that states the root before, unless a run begins here.
        return _blocks[0].Header.StateRoot is var root && (root.IsZero || root == Before.StateRoot(Cells));
    }
}
