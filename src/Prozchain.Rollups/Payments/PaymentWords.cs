using System.Buffers.Binary;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// What is signed of a payment that a numbered rollup has room for (docs/formats/rollups-payments.md): words of 4 bytes,
/// little-endian, below the modulus of KoalaBear. They hold every field that such a payment has.
/// </summary>
internal static class PaymentWords
{
    private const int Base = 16, Block = 8, Most = Base + 3 * Block, LimbBits = 30, TokenBits = 15, BytesPerWord = 3;
    private const uint Version = 1 << 8, SponsorRole = 1 << 4, LimbMask = (1 << LimbBits) - 1;

    /// <summary>Whether a payment is signed so. Any other, malformed in a numbered rollup, is signed in bytes: no two payments have one message.</summary>
    public static bool Fit(in Payment payment) => payment.Sender.Scheme == AccountAddress.NumberScheme && PaymentForm.IsWellFormed(payment, AccountLayout.Numbered);

    /// <summary>Length in bytes, of a payment that fits: 64, 96 or 160.</summary>
    public static int Size(in Payment payment) => sizeof(uint) * (Base + payment.Kind switch
    {
        PaymentKind.Transfer when payment.Recipient.Scheme == AccountAddress.NumberScheme => 0,
        PaymentKind.Message => 3 * Block,
        _ => Block,
    });

    /// <summary>Writes the words of a payment that fits to the start of <paramref name="destination"/>. Of the rollup's number the low 30 bits: a numbered one has no more.</summary>
    public static void Write(in Payment payment, ulong chainId, bool isSponsor, Span<byte> destination)
    {
        Span<uint> words = stackalloc uint[Most];
        words.Clear();
        payment.Sender.TryGetNumber(out uint sender);
        words[0] = Version | (isSponsor ? SponsorRole : 0) | (uint)payment.Kind;
        (words[1], words[2]) = ((uint)chainId & LimbMask, sender);
        (words[3], words[4]) = ((uint)payment.Nonce & LimbMask, (uint)(payment.Nonce >> LimbBits));
        words[5] = payment.Token | payment.FeeToken << TokenBits;
        (words[6], words[7]) = (NumberOf(payment.Recipient), NumberOf(payment.Sponsor));
        for (int i = 0; i < 4; i++)
        {
            words[8 + i] = (uint)(payment.Amount >> LimbBits * i) & LimbMask;
            words[12 + i] = (uint)(payment.Fee >> LimbBits * i) & LimbMask;
        }
        Span<uint> rest = words[Base..];
        if (payment.Kind == PaymentKind.RotateKey) Put(payment.Payload.Span[1..], sizeof(uint), rest);
        else if (payment.Kind != PaymentKind.Transfer) Put(payment.L1Recipient.Span, BytesPerWord, rest);
        else if (words[6] == 0) Put(payment.Recipient.Digest.Span, sizeof(uint), rest);
        if (payment.Kind == PaymentKind.Message) Put(Hashing.Keccak(payment.Payload.Span).Span, BytesPerWord, rest[Block..]);
        int count = Size(payment) / sizeof(uint);
        for (int i = 0; i < count; i++) BinaryPrimitives.WriteUInt32LittleEndian(destination[(sizeof(uint) * i)..], words[i]);
    }

    private static uint NumberOf(in AccountAddress alias) => alias.TryGetNumber(out uint number) ? number + 1 : 0;

    private static void Put(ReadOnlySpan<byte> bytes, int bytesPerWord, Span<uint> words)
    {
        for (int i = 0; i < bytes.Length; i++) words[i / bytesPerWord] |= (uint)bytes[i] << 8 * (i % bytesPerWord);
    }
}
