using System.Numerics;
using Prozchain.Rollups.Payments;
using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>The words of docs/formats/rollups-payments.md that a numbered account signs, on lists.</summary>
internal static class NaiveWords
{
    public static byte[] Of(Payment payment, ulong chain, bool isSponsor)
    {
        List<BigInteger> words =
        [
            256 + (isSponsor ? 16 : 0) + (int)payment.Kind, chain, Number(payment.Sender)!.Value, payment.Nonce % (1 << 30), payment.Nonce >> 30,
            payment.Token + payment.FeeToken * (1L << 15), Number(payment.Recipient) + 1 ?? 0, Number(payment.Sponsor) + 1 ?? 0,
            .. Limbs(payment.Amount), .. Limbs(payment.Fee),
        ];
        if (payment.Kind == PaymentKind.Transfer && Number(payment.Recipient) is null) words.AddRange(Cut(payment.Recipient.Digest.Span.ToArray(), 4, 8));
        else if (payment.Kind == PaymentKind.RotateKey) words.AddRange(Cut(payment.Payload.ToArray()[1..], 4, 8));
        else if (payment.Kind != PaymentKind.Transfer) words.AddRange(Cut(payment.L1Recipient.Span.ToArray(), 3, 8));
        if (payment.Kind == PaymentKind.Message)
        {
            var hash = new byte[32];
            Prozchain.Zk.Hashing.Keccak256.Hash(payment.Payload.Span, hash);
            words.AddRange(Cut(hash, 3, 16));
        }
        Assert.All(words, word => Assert.True(word >= 0 && word < 0x7F000001));
        return [.. words.SelectMany(word => BitConverter.GetBytes((uint)word))];
    }

    private static uint? Number(AccountAddress address)
    {
        var bytes = new byte[AccountAddress.Size];
        address.CopyTo(bytes);
        return bytes[0] == 4 && bytes[1] < 0x40 && bytes[5..].All(b => b == 0) ? (uint)(bytes[1] << 24 | bytes[2] << 16 | bytes[3] << 8 | bytes[4]) : null;
    }

    private static IEnumerable<BigInteger> Limbs(UInt128 value) => Enumerable.Range(0, 4).Select(i => (BigInteger)value / BigInteger.Pow(2, 30 * i) % BigInteger.Pow(2, 30));

    private static IEnumerable<BigInteger> Cut(byte[] bytes, int size, int words) =>
        bytes.Chunk(size).Select(chunk => new BigInteger(chunk, isUnsigned: true)).Concat(Enumerable.Repeat(BigInteger.Zero, words)).Take(words);
}
