using System.Buffers;
using Prozchain.Rollups.Settlement;
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
    /// <summary>Most forced items of a batch, own payments of it, and steps of a segment.</summary>
    public const int MaxForced = 64, MaxPayments = 1 << 16, MaxSegmentSteps = 1 << 13;

    /// <summary>Most bytes of a state's part, and of a batch as it is posted.</summary>
    public const int MaxStateSize = 1 << 29, MaxSourceSize = 1 << 24;

    private const byte Version = 0;

    /// <summary>Names permutation, rollup and rules: the circuit that the input is for.</summary>
    public required Digest32 Setup { get; init; }

    /// <summary>The rollup's number.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The batch's time, in seconds since 1970.</summary>
    public required ulong Time { get; init; }

    /// <summary>The number of the account that fees go to.</summary>
    public required uint FeeRecipient { get; init; }

    /// <summary>The state root before the batch.</summary>
    public required Digest32 RootBefore { get; init; }

    /// <summary>The Inbox's head at the batch before, which says where the chain of forced items stands; null of the first batch.</summary>
    public InboxHead? Previous { get; init; }

    /// <summary>The exit root of the batch before; zero before the first.</summary>
    public Digest32 ExitRootBefore { get; init; }

    /// <summary>How the Inbox ordered the batch.</summary>
    public required BatchPosting Posting { get; init; }

    /// <summary>The part of the state before that the batch touches, with the ways of keys that it adds.</summary>
    public required StateWitness State { get; init; }

    /// <summary>The forced items that it takes, oldest first.</summary>
    public IReadOnlyList<ForcedInput> Forced { get; init; } = [];

    /// <summary>The batch as it was posted; nothing if its bytes are not read.</summary>
    public ReadOnlyMemory<byte> Source { get; init; }

    /// <summary>The signatures of its own payments, in their order.</summary>
    public IReadOnlyList<SignatureInput> Signatures { get; init; } = [];

    /// <summary>Most steps of a segment.</summary>
    public int SegmentSteps { get; init; } = MaxSegmentSteps;

    /// <summary>Which steps are to be proven, from the first to behind the last; 0 and 0 for all.</summary>
    public (ulong From, ulong To) Steps { get; init; }

    /// <summary>The batch's number.</summary>
    public ulong Number => Previous is { } previous ? previous.Number + 1 : 0;

    /// <summary>Reads the wire form from untrusted bytes: false, with nothing kept, for any others. The input refers to the bytes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ProverInput? input)
    {
        input = null;
        var reader = new WireReader(bytes.Span);
        if (!reader.TryReadByte(out byte version) || version != Version) return false;
        if (!WireParts.TryRead(ref reader, out Digest32 setup) || !reader.TryReadUInt64(out ulong chain) || !reader.TryReadUInt64(out ulong time)) return false;
        if (!reader.TryReadUInt32(out uint feeRecipient) || feeRecipient >= AccountAddress.MaxNumber || !WireParts.TryRead(ref reader, out Digest32 root) || !WireParts.TryRead(ref reader, out Digest32 exits)) return false;
        if (!reader.TryReadByte(out byte follows) || follows > 1) return false;
        InboxHead? previous = null;
        if (follows == 1)
        {
            if (!BatchStatementWire.TryRead(ref reader, out InboxHead head)) return false;
            previous = head;
        }
        if (!BatchPosting.TryRead(ref reader, out BatchPosting posting)) return false;
        if (!WireParts.TryRead(ref reader, bytes, MaxStateSize, out ReadOnlyMemory<byte> state) || StateWitness.TryRead(state.Span, out StateWitness witness) != WitnessReadResult.Ok) return false;
        if (!TryReadForced(ref reader, bytes, out ForcedInput[] forced) || !WireParts.TryRead(ref reader, bytes, MaxSourceSize, out ReadOnlyMemory<byte> source)) return false;
        if (!TryReadSignatures(ref reader, bytes, out SignatureInput[] signatures) || !reader.TryReadCount(MaxSegmentSteps, out int steps) || steps == 0) return false;
        if (!reader.TryReadUInt64(out ulong from) || !reader.TryReadUInt64(out ulong to)) return false;
        if (!reader.IsAtEnd) return false;
        input = new ProverInput
        {
            Setup = setup, ChainId = chain, Time = time, FeeRecipient = feeRecipient, RootBefore = root, ExitRootBefore = exits, Previous = previous, Posting = posting, State = witness,
            Forced = forced, Source = source, Signatures = signatures, SegmentSteps = steps, Steps = (from, to),
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
        writer.WriteUInt64(ChainId);
        writer.WriteUInt64(Time);
        writer.WriteUInt32(FeeRecipient);
        writer.WriteSpan(RootBefore.Span);
        writer.WriteSpan(ExitRootBefore.Span);
        writer.WriteByte(Previous is null ? (byte)0 : (byte)1);
        if (Previous is { } previous) BatchStatementWire.Write(writer, previous);
        Posting.Write(writer);
        WireParts.Write(writer, state.WrittenSpan);
        writer.WriteVarint((ulong)Forced.Count);
        foreach (ForcedInput item in Forced)
        {
            writer.WriteByte(item.IsDeposit ? (byte)1 : (byte)0);
            writer.WriteSpan(item.Sender.Span);
            writer.WriteUInt64(item.Block);
            writer.WriteUInt64(item.TimestampSeconds);
            WireParts.Write(writer, item.Data.Span);
        }
        WireParts.Write(writer, Source.Span);
        writer.WriteVarint((ulong)Signatures.Count);
        foreach (SignatureInput signature in Signatures)
        {
            WireParts.Write(writer, signature.Sender.Span);
            WireParts.Write(writer, signature.Sponsor.Span);
        }
        writer.WriteVarint((ulong)SegmentSteps);
        writer.WriteUInt64(Steps.From);
        writer.WriteUInt64(Steps.To);
    }

    private void Check()
    {
        if (FeeRecipient >= AccountAddress.MaxNumber) throw new ArgumentException($"Expected an account below {AccountAddress.MaxNumber}, got {FeeRecipient}.");
        if (Forced.Count > MaxForced || Forced.Any(static item => item.Data.Length > ForcedInput.MaxSize)) throw new ArgumentException($"Expected at most {MaxForced} forced items of at most {ForcedInput.MaxSize} bytes, got {Forced.Count}.");
        if (Source.Length > MaxSourceSize) throw new ArgumentException($"Expected a source of at most {MaxSourceSize} bytes, got {Source.Length}.");
        if (Signatures.Count > MaxPayments || !Signatures.All(static signature => signature.IsWellFormed)) throw new ArgumentException($"Expected the signatures of at most {MaxPayments} payments, got {Signatures.Count}, or one of another length.");
        if (SegmentSteps is < 1 or > MaxSegmentSteps) throw new ArgumentException($"Expected segments of 1 to {MaxSegmentSteps} steps, got {SegmentSteps}.");
    }

    private static bool TryReadForced(ref WireReader reader, ReadOnlyMemory<byte> bytes, out ForcedInput[] forced)
    {
        forced = [];
        if (!reader.TryReadCount(MaxForced, out int count)) return false;
        forced = new ForcedInput[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadByte(out byte kind) || kind > 1 || !reader.TryReadSpan(L1Address.Size, out ReadOnlySpan<byte> sender)) return false;
            if (!reader.TryReadUInt64(out ulong block) || !reader.TryReadUInt64(out ulong time) || !WireParts.TryRead(ref reader, bytes, ForcedInput.MaxSize, out ReadOnlyMemory<byte> data)) return false;
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
            if (!WireParts.TryRead(ref reader, bytes, most, out ReadOnlyMemory<byte> sender) || !WireParts.TryRead(ref reader, bytes, most, out ReadOnlyMemory<byte> sponsor)) return false;
            signatures[i] = new SignatureInput(sender, sponsor);
            if (!signatures[i].IsWellFormed) return false;
        }
        return true;
    }
}
