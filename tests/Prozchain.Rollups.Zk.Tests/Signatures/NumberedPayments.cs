using Prozchain.Rollups.Payments;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>Payments of numbered accounts: seeded ones, and those that differ from one in a single field.</summary>
internal static class NumberedPayments
{
    public const ulong Chain = 77;

    public static PaymentKind[] Kinds { get; } = [PaymentKind.Transfer, PaymentKind.Withdraw, PaymentKind.Message, PaymentKind.RotateKey];

    public static Payment Make(SeededRandom random, PaymentKind kind, bool isByKey = false)
    {
        bool isTransfer = kind == PaymentKind.Transfer, hasValue = kind <= PaymentKind.Withdraw;
        return new Payment
        {
            Kind = kind,
            Sender = AccountAddress.FromNumber((uint)random.Next(1 << 30)),
            Nonce = random.NextUInt64() >> random.Next(4, 60),
            Token = hasValue ? (uint)random.Next(1 << 15) : 0,
            FeeToken = (uint)random.Next(1 << 15),
            Amount = hasValue ? Amount(random) | 1 : 0,
            Fee = Amount(random),
            Recipient = !isTransfer ? default : isByKey ? AccountAddress.FromPublicKey(Key(random)) : AccountAddress.FromNumber((uint)random.Next(1 << 30)),
            Sponsor = random.Next(2) == 0 ? default : AccountAddress.FromNumber((uint)random.Next(1 << 30)),
            L1Recipient = isTransfer || kind == PaymentKind.RotateKey ? default : new L1Address(Bytes(random, 20)),
            Payload = kind switch { PaymentKind.Message => Bytes(random, random.Next(200)), PaymentKind.RotateKey => Key(random), _ => default },
        };
    }

    /// <summary>What a change of any one field makes of a payment, where its kind has that field.</summary>
    public static IEnumerable<Payment> Changed(Payment payment)
    {
        for (int bit = 0; bit < 120; bit++)
        {
            yield return payment with { Amount = payment.Amount ^ UInt128.One << bit };
            yield return payment with { Fee = payment.Fee ^ UInt128.One << bit };
            if (bit < 60) yield return payment with { Nonce = payment.Nonce ^ 1UL << bit };
            if (bit < 15) yield return payment with { Token = payment.Token ^ 1u << bit };
            if (bit < 15) yield return payment with { FeeToken = payment.FeeToken ^ 1u << bit };
        }
        yield return payment with { Sender = Other(payment.Sender) };
        yield return payment with { Sponsor = Other(payment.Sponsor) };
        if (payment.Kind == PaymentKind.Transfer)
        {
            yield return payment with { Recipient = Other(payment.Recipient) };
            yield return payment with { Recipient = AccountAddress.FromPublicKey(Key(new SeededRandom(99))) };
            yield break;
        }
        if (payment.Kind != PaymentKind.RotateKey)
            for (int at = 0; at < 20; at++) yield return payment with { L1Recipient = new L1Address(Flip(payment.L1Recipient.Span, at)) };
        if (payment.Kind != PaymentKind.Withdraw)
            for (int at = payment.Kind == PaymentKind.RotateKey ? 1 : 0; at < payment.Payload.Length; at++) yield return payment with { Payload = Flip(payment.Payload.Span, at) };
    }

    public static byte[] Message(Payment payment, bool isSponsor = false, ulong chain = Chain)
    {
        var message = new byte[PaymentMessage.Size(payment)];
        PaymentMessage.Write(payment, chain, isSponsor, message);
        return message;
    }

    private static AccountAddress Other(AccountAddress address) => AccountAddress.FromNumber(address.TryGetNumber(out uint number) ? number ^ 1 : 0);

    private static UInt128 Amount(SeededRandom random) => ((UInt128)random.NextUInt64() << 64 | random.NextUInt64()) >> random.Next(8, 120);

    private static byte[] Key(SeededRandom random) => [3, .. Enumerable.Range(0, 8).SelectMany(_ => BitConverter.GetBytes((uint)random.NextUInt64(0x7F000001)))];

    private static byte[] Bytes(SeededRandom random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    // The lowest bit, so that a word of a key stays below the modulus.
    private static byte[] Flip(ReadOnlySpan<byte> bytes, int at)
    {
        byte[] flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }
}
