using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The encoding of a <see cref="BatchStatement"/> (docs/formats/rollups-zk-proof.md).</summary>
internal static class BatchStatementWire
{
    /// <summary>Bounds of what a statement lists: chunks, forced items, transactions, which those are the first of, exits.</summary>
    public const int MaxChunks = ProverInput.MaxSourceSize / ChunkCommitment.ChunkSize, MaxForced = ProverInput.MaxForced, MaxTransactions = ProverInput.MaxPayments + MaxForced, MaxExits = MaxTransactions;

    private const byte Version = 0, Live = 1, Withheld = 2, HasPrevious = 4, HasPart = 8;
    private const int ExitSize = 3 * sizeof(uint) + 1 + 16 + L1Address.Size, PayloadHeadSize = sizeof(uint) + 2, ForcedHeadSize = L1Address.Size + 2 * sizeof(ulong) + 1;

    /// <summary>Reads a statement from untrusted bytes, all of which belong to it; it refers to them. Memory is taken only for as much as the bytes hold.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out BatchStatement? statement)
    {
        statement = null;
        var reader = new WireReader(bytes.Span);
        if (!reader.TryReadByte(out byte version) || version != Version || !reader.TryReadByte(out byte flags) || flags > (Live | Withheld | HasPrevious | HasPart)) return false;
        if (!reader.TryReadByte(out byte protocol) || !reader.TryReadByte(out byte kind) || kind > (byte)SourceKind.OffChain) return false;
        if (!WireParts.TryRead(ref reader, out Digest32 setup) || !reader.TryReadUInt64(out ulong chain)) return false;
        if (!WireParts.TryRead(ref reader, out Digest32 before) || !WireParts.TryRead(ref reader, out Digest32 exitBefore) || !WireParts.TryRead(ref reader, out Digest32 after)) return false;
        InboxHead? previous = null;
        if ((flags & HasPrevious) != 0)
        {
            if (!TryRead(ref reader, out InboxHead head)) return false;
            previous = head;
        }
        BatchPart? part = null;
        if ((flags & HasPart) != 0)
        {
            if (!reader.TryReadUInt64(out ulong from) || !reader.TryReadUInt64(out ulong to) || !WireParts.TryRead(ref reader, out Digest32 first)) return false;
            if (!reader.TryReadUInt32(out uint left) || left > MaxExits || !reader.TryReadByte(out byte end) || end > 1) return false;
            part = new BatchPart(from, to, first, left, end == 1);
        }
        if (!WireParts.TryRead(ref reader, out Digest32 items) || !reader.TryReadUInt64(out ulong count) || !reader.TryReadUInt64(out ulong time)) return false;
        if (!reader.TryReadUInt64(out ulong block) || !reader.TryReadUInt64(out ulong blockTime)) return false;
        BatchStatement read = new()
        {
            Setup = setup, ChainId = chain, ProtocolVersion = protocol, RootBefore = before, ExitRootBefore = exitBefore, RootAfter = after, Part = part, Previous = previous, Kind = (SourceKind)kind,
            IsLive = (flags & Live) != 0, IsWithheld = (flags & Withheld) != 0, Items = items, Count = count, Time = time, Block = block, BlockTime = blockTime,
        };
        if (!TryReadSource(ref reader, bytes, ref read) || !TryReadForced(ref reader, bytes, read.FirstForced, out ForcedItem[] forced)) return false;
        if (!TryReadExits(ref reader, out BatchExit[] exits) || !TryReadPayloads(ref reader, bytes, out MessagePayload[] payloads) || !reader.IsAtEnd) return false;
        read = read with { Forced = forced, Exits = exits, Payloads = payloads };
        if (!read.HasPayloads() || part?.Exits > exits.Length) return false;
        statement = read;
        return true;
    }

    /// <summary>Writes a statement.</summary>
    /// <exception cref="ArgumentException">A part that a reader would refuse.</exception>
    public static void Write(BatchStatement statement, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(output);
        if (Problem(statement) is { } problem) throw new ArgumentException(problem, nameof(statement));
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)((statement.IsLive ? Live : 0) | (statement.IsWithheld ? Withheld : 0) | (statement.Previous is null ? 0 : HasPrevious) | (statement.Part is null ? 0 : HasPart)));
        writer.WriteByte(statement.ProtocolVersion);
        writer.WriteByte((byte)statement.Kind);
        writer.WriteSpan(statement.Setup.Span);
        writer.WriteUInt64(statement.ChainId);
        foreach (Digest32 root in (Digest32[])[statement.RootBefore, statement.ExitRootBefore, statement.RootAfter]) writer.WriteSpan(root.Span);
        if (statement.Previous is { } previous) Write(writer, previous);
        if (statement.Part is { } part)
        {
            writer.WriteUInt64(part.From);
            writer.WriteUInt64(part.To);
            writer.WriteSpan(part.RootBefore.Span);
            writer.WriteUInt32(part.Exits);
            writer.WriteByte(part.IsEnd ? (byte)1 : (byte)0);
        }
        writer.WriteSpan(statement.Items.Span);
        foreach (ulong number in (ulong[])[statement.Count, statement.Time, statement.Block, statement.BlockTime]) writer.WriteUInt64(number);
        if (statement.IsRead)
        {
            writer.WriteUInt64(statement.Length);
            writer.WriteVarint((ulong)statement.Chunks.Count);
            foreach (Digest32 chunk in statement.Chunks) writer.WriteSpan(chunk.Span);
            WireParts.Write(writer, statement.Head.Span);
        }
        else writer.WriteSpan(statement.Unread.Span);
        writer.WriteVarint((ulong)statement.Forced.Count);
        foreach (ForcedItem item in statement.Forced)
        {
            writer.WriteSpan(item.Sender.Span);
            writer.WriteUInt64(item.Block);
            writer.WriteUInt64(item.TimestampSeconds);
            WireParts.Write(writer, item.Data.Span);
        }
        WriteExits(writer, statement);
    }

    /// <summary>Writes what an Inbox's head is the hash of.</summary>
    public static void Write(WireWriter writer, in InboxHead head)
    {
        writer.WriteSpan(head.Before.Span);
        writer.WriteUInt64(head.Number);
        writer.WriteByte((byte)head.Kind);
        writer.WriteSpan(head.Commitment.Span);
        writer.WriteUInt64(head.ForcedTaken);
        writer.WriteSpan(head.ForcedHead.Span);
        writer.WriteUInt64(head.Block);
        writer.WriteUInt64(head.BlockTime);
    }

    /// <summary>Reads what an Inbox's head is the hash of.</summary>
    public static bool TryRead(ref WireReader reader, out InboxHead head)
    {
        head = default;
        if (!WireParts.TryRead(ref reader, out Digest32 before) || !reader.TryReadUInt64(out ulong number) || !reader.TryReadByte(out byte kind) || kind > (byte)SourceKind.OffChain) return false;
        if (!WireParts.TryRead(ref reader, out Digest32 commitment) || !reader.TryReadUInt64(out ulong taken) || !WireParts.TryRead(ref reader, out Digest32 forced)) return false;
        if (!reader.TryReadUInt64(out ulong block) || !reader.TryReadUInt64(out ulong time)) return false;
        head = new InboxHead(before, number, (SourceKind)kind, commitment, taken, forced, block, time);
        return true;
    }

    private static void WriteExits(WireWriter writer, BatchStatement statement)
    {
        writer.WriteVarint((ulong)statement.Exits.Count);
        foreach (BatchExit exit in statement.Exits)
        {
            writer.WriteUInt32(exit.Transaction);
            writer.WriteByte((byte)exit.Kind);
            writer.WriteUInt32(exit.Account);
            writer.WriteUInt32(exit.Token);
            writer.WriteUInt64((ulong)exit.Amount);
            writer.WriteUInt64((ulong)(exit.Amount >> 64));
            writer.WriteSpan(exit.Recipient.Span);
        }
        writer.WriteVarint((ulong)statement.Payloads.Count);
        foreach (MessagePayload payload in statement.Payloads)
        {
            writer.WriteUInt32(payload.Transaction);
            writer.WriteByte(payload.Asked);
            WireParts.Write(writer, payload.Bytes.Span);
        }
    }

    private static string? Problem(BatchStatement statement)
    {
        if (statement.Kind > SourceKind.OffChain) return $"Expected a kind of source, got {statement.Kind}.";
        if (statement.IsRead ? statement.Unread != default : statement.Length != 0 || statement.Chunks.Count != 0 || statement.Head.Length != 0)
            return "Expected bytes that are read, or what names those that are not, got both.";
        if (statement.Chunks.Count > MaxChunks || statement.Head.Length > PostedHead.MaxSize) return $"Expected at most {MaxChunks} chunks and a head of {PostedHead.MaxSize} bytes, got {statement.Chunks.Count} and {statement.Head.Length}.";
        if (statement.Forced.Count > MaxForced || statement.Forced.Any(static item => item.Data.Length > ForcedInput.MaxSize)) return $"Expected at most {MaxForced} forced items of {ForcedInput.MaxSize} bytes, got {statement.Forced.Count}.";
        for (int i = 0; i < statement.Forced.Count; i++)
            if (statement.Forced[i].Index != statement.FirstForced + (ulong)i) return $"Expected forced item {statement.FirstForced + (ulong)i}, got {statement.Forced[i].Index}.";
        if (statement.Exits.Count > MaxExits || !statement.Exits.All(IsExit)) return $"Expected at most {MaxExits} exits of the known kinds, got {statement.Exits.Count}.";
        if (statement.Payloads.Count > MaxTransactions || !statement.Payloads.All(IsPayload) || !IsAscending(statement.Payloads)) return "Expected payloads by ascending transactions, got others.";
        if (statement.Part is { } part && part.Exits > statement.Exits.Count) return $"Expected at least {part.Exits} exits, got {statement.Exits.Count}.";
        return statement.HasPayloads() ? null : "Expected the payload of each message that leaves, got none of one.";
    }

    private static bool TryReadSource(ref WireReader reader, ReadOnlyMemory<byte> bytes, ref BatchStatement statement)
    {
        if (!statement.IsRead)
        {
            if (!WireParts.TryRead(ref reader, out Digest32 unread)) return false;
            statement = statement with { Unread = unread };
            return true;
        }
        if (!reader.TryReadUInt64(out ulong length) || !reader.TryReadCount(MaxChunks, out int count) || reader.Remaining < count * Digest32.Size) return false;
        var chunks = new Digest32[count];
        foreach (ref Digest32 chunk in chunks.AsSpan()) WireParts.TryRead(ref reader, out chunk);
        if (!WireParts.TryRead(ref reader, bytes, PostedHead.MaxSize, out ReadOnlyMemory<byte> head)) return false;
        statement = statement with { Length = length, Chunks = chunks, Head = head };
        return true;
    }

    private static bool TryReadForced(ref WireReader reader, ReadOnlyMemory<byte> bytes, ulong first, out ForcedItem[] forced)
    {
        forced = [];
        if (!reader.TryReadCount(MaxForced, out int count) || reader.Remaining / ForcedHeadSize < count) return false;
        forced = new ForcedItem[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadSpan(L1Address.Size, out ReadOnlySpan<byte> sender) || !reader.TryReadUInt64(out ulong block) || !reader.TryReadUInt64(out ulong time)) return false;
            if (!WireParts.TryRead(ref reader, bytes, ForcedInput.MaxSize, out ReadOnlyMemory<byte> data)) return false;
            forced[i] = new ForcedItem(first + (ulong)i, new L1Address(sender), data, block) { TimestampSeconds = time };
        }
        return true;
    }

    private static bool TryReadExits(ref WireReader reader, out BatchExit[] exits)
    {
        exits = [];
        if (!reader.TryReadCount(MaxExits, out int count) || reader.Remaining / ExitSize < count) return false;
        exits = new BatchExit[count];
        foreach (ref BatchExit exit in exits.AsSpan())
        {
            if (!reader.TryReadUInt32(out uint transaction) || !reader.TryReadByte(out byte kind) || !reader.TryReadUInt32(out uint account) || !reader.TryReadUInt32(out uint token)) return false;
            if (!reader.TryReadUInt64(out ulong low) || !reader.TryReadUInt64(out ulong high) || !reader.TryReadSpan(L1Address.Size, out ReadOnlySpan<byte> recipient)) return false;
            exit = new BatchExit(transaction, (EffectKind)kind, account, token, new UInt128(high, low), new L1Address(recipient));
            if (!IsExit(exit)) return false;
        }
        return true;
    }

    private static bool TryReadPayloads(ref WireReader reader, ReadOnlyMemory<byte> bytes, out MessagePayload[] payloads)
    {
        payloads = [];
        if (!reader.TryReadCount(MaxTransactions, out int count) || reader.Remaining / PayloadHeadSize < count) return false;
        payloads = new MessagePayload[count];
        foreach (ref MessagePayload payload in payloads.AsSpan())
        {
            if (!reader.TryReadUInt32(out uint transaction) || !reader.TryReadByte(out byte asked) || !WireParts.TryRead(ref reader, bytes, PaymentRules.MaxPayload, out ReadOnlyMemory<byte> part)) return false;
            payload = new MessagePayload(transaction, asked, part);
            if (!IsPayload(payload)) return false;
        }
        return IsAscending(payloads);
    }

    private static bool IsExit(BatchExit exit) => exit.Transaction < MaxTransactions && exit.Account < AccountAddress.MaxNumber
        && (exit.Kind == EffectKind.Withdrawal || (exit is { Kind: EffectKind.Message, Token: 0 } && exit.Amount == 0));

    private static bool IsPayload(MessagePayload payload) =>
        payload.Transaction < MaxTransactions && payload.Asked <= MessagePayload.MostAsked && payload.Bytes.Length <= PaymentRules.MaxPayload;

    private static bool IsAscending(IReadOnlyList<MessagePayload> payloads)
    {
        for (int i = 1; i < payloads.Count; i++)
            if (payloads[i].Transaction <= payloads[i - 1].Transaction) return false;
        return true;
    }
}
