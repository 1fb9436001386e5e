using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// The sequencer's signed word on the order of what was committed to in a round, before it knows what that is
/// (docs/formats/rollups-confirmation.md). A value, not proof of anything until verified.
/// </summary>
/// <param name="ChainId">The rollup's number.</param>
/// <param name="Round">Number of the round, from 1; orders of later rounds come after.</param>
/// <param name="Until">The last batch for which the word holds.</param>
/// <param name="Count">Commitments of the round.</param>
/// <param name="Running">The running hash over their slots, in order.</param>
/// <param name="Signature">65 bytes, scheme byte first.</param>
public readonly record struct OrderWord(ulong ChainId, ulong Round, ulong Until, uint Count, Digest32 Running, ReadOnlyMemory<byte> Signature)
{
    private const int StatementSize = 3 * sizeof(ulong) + sizeof(uint) + Digest32.Size;

    private static ReadOnlySpan<byte> Tag => "Prozchain order word v0"u8;

    /// <summary>The running hash before a round's first slot.</summary>
    public static Digest32 Start(ulong chainId, ulong round) => SoftConfirmation.Start(chainId, round);

    /// <summary>A slot: Keccak-256 of the commitment and the hash of the forfeit.</summary>
    public static Digest32 SlotOf(in Digest32 commitment, in Digest32 forfeit) => SoftConfirmation.Next(commitment, forfeit);

    /// <summary>Whether the sequencer with this key signed it.</summary>
    public bool IsSigned(ReadOnlySpan<byte> publicKey, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        return verifier.Verify(publicKey, Message(), Signature.Span);
    }

    internal OrderWord After(in Digest32 slot) => this with { Count = Count + 1, Running = SoftConfirmation.Next(Running, slot) };

    internal OrderWord Sign(ISigner signer)
    {
        var signature = new byte[P256Signature.SignatureSize];
        signer.Sign(Message(), signature);
        return this with { Signature = signature };
    }

    private byte[] Message()
    {
        var message = new byte[Tag.Length + StatementSize];
        Tag.CopyTo(message);
        Span<byte> rest = message.AsSpan(Tag.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(rest, ChainId);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], Round);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[16..], Until);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[24..], Count);
        Running.Span.CopyTo(rest[28..]);
        return message;
    }
}

/// <summary>A place in an order, and what was committed to at it. Untrusted.</summary>
/// <param name="Word">The word on the order.</param>
/// <param name="Slots">All slots of the order.</param>
/// <param name="Index">The place among them.</param>
/// <param name="Transaction">Hash of the transaction that was committed to.</param>
/// <param name="Blinding">What it was blinded with.</param>
/// <param name="Forfeit">Hash of the forfeit.</param>
public readonly record struct OrderPlace(OrderWord Word, ReadOnlyMemory<Digest32> Slots, int Index, Digest32 Transaction, Digest32 Blinding, Digest32 Forfeit)
{
    /// <summary>Whether the word is on these slots, and the slot at the place is of this transaction and forfeit.</summary>
    public bool IsShown()
    {
        if (Index < 0 || Index >= Slots.Length) return false;
        OrderWord word = Word with { Count = 0, Running = OrderWord.Start(Word.ChainId, Word.Round) };
        foreach (ref readonly Digest32 slot in Slots.Span) word = word.After(slot);
        return word == Word && Slots.Span[Index] == OrderWord.SlotOf(CommitReveal<byte>.CommitmentOf(Transaction, Blinding), Forfeit);
    }
}
