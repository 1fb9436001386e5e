using System.Buffers;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// All that a prover of one batch is told (docs/formats/rollups-zk-input.md): what a job keeps and a worker gets. Nothing of
/// it is trusted: what is read has the form alone, and a proof is of the statement that its verifier makes.
/// </summary>
internal sealed record ProverInput
{
    /// <summary>Most forced items of a batch, own payments of it, steps of a segment, and roots at borders of segments.</summary>
    public const int MaxForced = 64, MaxPayments = 1 << 16, MaxSegmentSteps = 1 << 13, MaxRoots = 1 << 10;

    /// <summary>Most bytes of a state's part, and of a batch as it is posted.</summary>
    public const int MaxStateSize = 1 << 26, MaxSourceSize = 1 << 24;

    private const byte Version = 0;

    /// <summary>Names permutation, rollup and rules: the circuit that the input is for.</summary>
    public required Digest32 Setup { get; init; }

    /// <summary>The batch: rollup, number and time. Its block of the settlement layer is 0, as batches are listed.</summary>
    public required BatchContext Batch { get; init; }

    /// <summary>The number of the account that fees go to.</summary>
    public required uint FeeRecipient { get; init; }

    /// <summary>The state root before the batch.</summary>
    public required Digest32 RootBefore { get; init; }

    /// <summary>Head of the chain of forced items before those of the batch.</summary>
    public required Digest32 ForcedHead { get; init; }

    /// <summary>The part of the state before that the batch touches, with the ways of keys that it adds.</summary>
    public required StateWitness State { get; init; }

    /// <summary>The forced items that it takes, oldest first.</summary>
    public IReadOnlyList<ForcedInput> Forced { get; init; } = [];

    /// <summary>The batch as it was posted.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>The signatures of its own payments, in their order.</summary>
    public IReadOnlyList<SignatureInput> Signatures { get; init; } = [];

    /// <summary>Most steps of a segment.</summary>
    public int SegmentSteps { get; init; } = MaxSegmentSteps;

    /// <summary>State roots at the borders of segments that are proven each alone; none where they are not.</summary>
    public IReadOnlyList<Digest32> Roots { get; init; } = [];

    /// <summary>Reads the wire form from untrusted bytes: false, with nothing kept, for any others. The input refers to the bytes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ProverInput? input)
    {
        input = null;
        var reader = new WireReader(bytes.Span);
        if (!reader.TryReadByte(out byte version) || version != Version) return false;
        if (!TryRead(ref reader, out Digest32 setup) || !reader.TryReadUInt64(out ulong chain) || !reader.TryReadUInt64(out ulong number) || !reader.TryReadUInt64(out ulong time)) return false;
        if (!reader.TryReadUInt32(out uint feeRecipient) || feeRecipient >= AccountAddress.MaxNumber || !TryRead(ref reader, out Digest32 root) || !TryRead(ref reader, out Digest32 forcedHead)) return false;
        if (!TryReadPart(ref reader, bytes, MaxStateSize, out ReadOnlyMemory<byte> state) || StateWitness.TryRead(state.Span, out StateWitness witness) != WitnessReadResult.Ok) return false;
        if (!TryReadForced(ref reader, bytes, out ForcedInput[] forced) || !TryReadPart(ref reader, bytes, MaxSourceSize, out ReadOnlyMemory<byte> source)) return false;
        if (!TryReadSignatures(ref reader, bytes, out SignatureInput[] signatures) || !reader.TryReadCount(MaxSegmentSteps, out int steps) || steps == 0) return false;
        if (!reader.TryReadCount(MaxRoots, out int count) || reader.Remaining != count * Digest32.Size) return false;
        var roots = new Digest32[count];
        for (int i = 0; i < count; i++) TryRead(ref reader, out roots[i]);
        input = new ProverInput
        {
            Setup = setup, Batch = new BatchContext(chain, number, time, 0), FeeRecipient = feeRecipient, RootBefore = root, ForcedHead = forcedHead, State = witness,
            Forced = forced, Source = source, Signatures = signatures, SegmentSteps = steps, Roots = roots,
        };
        return true;
    }

    /// <summary>Writes the wire form.</summary>
    /// <exception cref="ArgumentException">A part that <see cref="TryRead(ReadOnlyMemory{byte}, out ProverInput?)"/> would refuse.</exception>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Check();
        var state = new ArrayBufferWriter<byte>();
        State.Write(state);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteSpan(Setup.Span);
        writer.WriteUInt64(Batch.ChainId);
        writer.WriteUInt64(Batch.Number);
        writer.WriteUInt64(Batch.TimestampSeconds);
        writer.WriteUInt32(FeeRecipient);
        writer.WriteSpan(RootBefore.Span);
        writer.WriteSpan(ForcedHead.Span);
        WritePart(writer, state.WrittenSpan);
        writer.WriteVarint((ulong)Forced.Count);
        foreach (ForcedInput item in Forced)
        {
            writer.WriteByte(item.IsDeposit ? (byte)1 : (byte)0);
            writer.WriteSpan(item.Sender.Span);
            writer.WriteUInt64(item.Block);
            writer.WriteUInt64(item.TimestampSeconds);
            WritePart(writer, item.Data.Span);
        }
        WritePart(writer, Source.Span);
        writer.WriteVarint((ulong)Signatures.Count);
        foreach (SignatureInput signature in Signatures)
        {
            WritePart(writer, signature.Sender.Span);
            WritePart(writer, signature.Sponsor.Span);
        }
        writer.WriteVarint((ulong)SegmentSteps);
        writer.WriteVarint((ulong)Roots.Count);
        foreach (Digest32 root in Roots) writer.WriteSpan(root.Span);
    }

    private void Check()
    {
        if (Batch.L1Block != 0) throw new ArgumentException($"Expected a batch without a block of the settlement layer, got block {Batch.L1Block}.");
        if (FeeRecipient >= AccountAddress.MaxNumber) throw new ArgumentException($"Expected an account below {AccountAddress.MaxNumber}, got {FeeRecipient}.");
        if (Forced.Count > MaxForced || Forced.Any(static item => item.Data.Length > ForcedInput.MaxSize)) throw new ArgumentException($"Expected at most {MaxForced} forced items of at most {ForcedInput.MaxSize} bytes, got {Forced.Count}.");
        if (Source.Length > MaxSourceSize) throw new ArgumentException($"Expected a source of at most {MaxSourceSize} bytes, got {Source.Length}.");
        if (Signatures.Count > MaxPayments || !Signatures.All(static signature => signature.IsWellFormed)) throw new ArgumentException($"Expected the signatures of at most {MaxPayments} payments, got {Signatures.Count}, or one of another length.");
        if (SegmentSteps is < 1 or > MaxSegmentSteps || Roots.Count > MaxRoots) throw new ArgumentException($"Expected segments of 1 to {MaxSegmentSteps} steps and at most {MaxRoots} roots, got {SegmentSteps} and {Roots.Count}.");
    }

    private static bool TryReadForced(ref WireReader reader, ReadOnlyMemory<byte> bytes, out ForcedInput[] forced)
    {
        forced = [];
        if (!reader.TryReadCount(MaxForced, out int count)) return false;
        forced = new ForcedInput[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadByte(out byte kind) || kind > 1 || !reader.TryReadSpan(L1Address.Size, out ReadOnlySpan<byte> sender)) return false;
            if (!reader.TryReadUInt64(out ulong block) || !reader.TryReadUInt64(out ulong time) || !TryReadPart(ref reader, bytes, ForcedInput.MaxSize, out ReadOnlyMemory<byte> data)) return false;
            forced[i] = new ForcedInput(kind == 1, new L1Address(sender), block, time, data);
        }
        return true;
    }

    private static bool TryReadSignatures(ref WireReader reader, ReadOnlyMemory<byte> bytes, out SignatureInput[] signatures)
    {
        signatures = [];
        // Room is taken only for as many as the bytes could hold.
        if (!reader.TryReadCount(MaxPayments, out int count) || reader.Remaining / HashSignature.SizeOf(HashSignature.LeastHeightForWords) < count) return false;
        int most = HashSignature.SizeOf(HashSignature.MaxHeight);
        signatures = new SignatureInput[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryReadPart(ref reader, bytes, most, out ReadOnlyMemory<byte> sender) || !TryReadPart(ref reader, bytes, most, out ReadOnlyMemory<byte> sponsor)) return false;
            signatures[i] = new SignatureInput(sender, sponsor);
            if (!signatures[i].IsWellFormed) return false;
        }
        return true;
    }

    private static bool TryRead(ref WireReader reader, out Digest32 digest)
    {
        bool ok = reader.TryReadSpan(Digest32.Size, out ReadOnlySpan<byte> bytes);
        digest = ok ? new Digest32(bytes) : default;
        return ok;
    }

    private static bool TryReadPart(ref WireReader reader, ReadOnlyMemory<byte> bytes, int most, out ReadOnlyMemory<byte> part)
    {
        part = default;
        if (!reader.TryReadCount(most, out int length)) return false;
        int at = reader.Offset;
        if (!reader.TryReadSpan(length, out _)) return false;
        part = bytes.Slice(at, length);
        return true;
    }

    private static void WritePart(WireWriter writer, ReadOnlySpan<byte> part)
    {
        writer.WriteVarint((ulong)part.Length);
        writer.WriteSpan(part);
    }
}
