using System.Buffers.Binary;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Zk.Air;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// The public messages of a segment: what the verifier takes out of its buses because it knows it, or works on with it. The head's bytes, which it reads itself; the
/// hashes of chunks, which the commitment is made of; what leaves by own payments; and their payloads, which it hashes. Before all of them, what is said of forced items.
/// </summary>
internal static class SegmentMessages
{
    /// <summary>Words of a payload's hash.</summary>
    public const int HashWords = 11;

    private const int WordBytes = 3, SettlementWords = 7;

    /// <summary>The messages, in the order that prover and verifier share.</summary>
    /// <param name="statement">What is proven.</param>
    /// <param name="forced">Those of forced items (<see cref="ForcedMessages{TPermutation}"/>), which stand first if the segment does.</param>
    /// <param name="first">How many of them are transactions.</param>
    /// <param name="start">Where the segment starts, as <see cref="BatchChecks"/> accepts it.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="segment">The segment, from 1.</param>
    public static List<PublicMessage<F>> Of(BatchStatement statement, IReadOnlyList<PublicMessage<F>> forced, uint first, SegmentBoundary start, SegmentBoundary end, int segment)
    {
        List<PublicMessage<F>> messages = [];
        if (segment == 1) messages.AddRange(forced);
        if (segment == 1) Head(statement.Head.Span, messages);
        Chunks(statement, start.Chunk, end.Chunk, messages);
        for (uint i = start.Exits; i < end.Exits; i++)
            if (statement.Exits[(int)i].Transaction >= first) messages.Add(Exit(i, statement.Exits[(int)i]));
        foreach (MessagePayload payload in statement.Payloads)
            if (payload.Transaction >= first && payload.Transaction >= start.Transaction && payload.Transaction < end.Transaction) Payload(payload, messages);
        return messages;
    }

    /// <summary>The Keccak-256 of a payload as words of 3 bytes, the first byte lowest.</summary>
    public static F[] HashOf(ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[Digest32.Size];
        Keccak256.Hash(payload, hash);
        var words = new F[HashWords];
        Words(hash, words);
        return words;
    }

    private static void Head(ReadOnlySpan<byte> head, List<PublicMessage<F>> messages)
    {
        for (int i = 0; i < head.Length; i++) Take(messages, RollupBuses.Byte, (uint)i, head[i] & 0x7Fu, (uint)head[i] >> 7);
    }

    // The first row's hash was told before, the last row's is where the row is behind its chunk.
    private static void Chunks(BatchStatement statement, (uint Chunk, bool IsEnded) start, (uint Chunk, bool IsEnded) end, List<PublicMessage<F>> messages)
    {
        for (uint i = start.Chunk + (start.IsEnded ? 1u : 0); i < end.Chunk + (end.IsEnded ? 1u : 0); i++)
        {
            var message = new F[RollupBuses.Chunk.Length];
            message[0] = F.FromUInt32(i);
            ReadOnlySpan<byte> hash = statement.Chunks[(int)i].Span;
            for (int limb = 0; limb < SpongeColumns.HashLimbs; limb++) message[1 + limb] = F.FromUInt32(BinaryPrimitives.ReadUInt16LittleEndian(hash[(2 * limb)..]));
            messages.Add(new(RollupBuses.Chunk, BusDirection.Receive, message));
        }
    }

    private static PublicMessage<F> Exit(uint index, in BatchExit exit)
    {
        var message = new F[RollupBuses.Exit.Length];
        ReadOnlySpan<uint> head = [index, exit.Transaction, exit.Kind == EffectKind.Withdrawal ? 1u : 2u, exit.Account, exit.Token];
        for (int i = 0; i < head.Length; i++) message[i] = F.FromUInt32(head[i]);
        for (int i = 0; i < Limbs.Count; i++) message[head.Length + i] = F.FromUInt32(Limbs.Of(exit.Amount, i));
        Words(exit.Recipient.Span, message.AsSpan(head.Length + Limbs.Count, SettlementWords));
        return new(RollupBuses.Exit, BusDirection.Receive, message);
    }

    // A length, and bytes whose parts count down to 0; the hash answers whoever asks.
    private static void Payload(in MessagePayload payload, List<PublicMessage<F>> messages)
    {
        ReadOnlySpan<byte> bytes = payload.Bytes.Span;
        Take(messages, RollupBuses.Field, payload.Transaction, (uint)RowField.PayloadLength, 0, (uint)bytes.Length, 0, 0);
        for (int i = 0; i < bytes.Length; i++) Take(messages, RollupBuses.Field, payload.Transaction, (uint)RowField.Payload, (uint)(bytes.Length - 1 - i), bytes[i], 0, 0);
        if (payload.Asked == 0) return;
        F[] message = [F.FromUInt32(payload.Transaction), .. HashOf(bytes)];
        for (int i = 0; i < payload.Asked; i++) messages.Add(new(RollupBuses.PayloadHash, BusDirection.Receive, message));
    }

    private static void Take(List<PublicMessage<F>> messages, Bus bus, params ReadOnlySpan<uint> values)
    {
        var message = new F[values.Length];
        for (int i = 0; i < message.Length; i++) message[i] = F.FromUInt32(values[i]);
        messages.Add(new(bus, BusDirection.Receive, message));
    }

    // Three bytes a word, the first lowest.
    private static void Words(ReadOnlySpan<byte> bytes, Span<F> words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            uint word = 0;
            for (int j = Math.Min(WordBytes, bytes.Length - WordBytes * i) - 1; j >= 0; j--) word = word << 8 | bytes[WordBytes * i + j];
            words[i] = F.FromUInt32(word);
        }
    }
}
