using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>Payments of numbered accounts for rows, seeded: usual ones, and fields at their ends.</summary>
internal static class RowPayments
{
    public const byte Exponent = 12;

    public static readonly BatchLimits Limits = new(500, 1 << 20);

    private static readonly UInt128 s_most = NumberedLimits.MostAmount;

    public static BatchCodec<Payment> Codec(byte exponent = Exponent, BatchLimits? limits = null) => new(new PaymentRows(exponent), limits ?? Limits);

    public static Payment[] Any(SeededRandom random, int count, byte exponent = Exponent)
    {
        var payments = new Payment[count];
        for (int i = 0; i < count; i++) payments[i] = Any(random, exponent, i == 0 ? default : payments[i - 1]);
        return payments;
    }

    public static byte[] Encode(BatchCodec<Payment> codec, in Digest32 root, ReadOnlySpan<Payment> payments)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(codec.Write(BatchHead.Upon(root, payments.Length), payments, [], output), output.WrittenCount);
        int sum = 0;
        foreach (ColumnSize size in codec.Sizes) sum += size.Bytes;
        Assert.Equal(sum, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    public static bool AreEqual(ReadOnlySpan<Payment> read, ReadOnlySpan<Payment> written)
    {
        if (read.Length != written.Length) return false;
        for (int i = 0; i < read.Length; i++)
        {
            Payment bare = written[i] with { Nonce = 0, Signed = default, Sponsored = default, IsBare = true, Payload = default };
            if (read[i] with { Payload = default } != bare || !read[i].Payload.Span.SequenceEqual(written[i].Payload.Span)) return false;
        }
        return true;
    }

    public static byte[] Key(SeededRandom random)
    {
        byte[] key = random.Bytes(AccountAddress.Size);
        key[0] = AccountAddress.HashScheme;
        for (int i = 4; i < key.Length; i += 4) key[i] &= 0x7E;
        return key;
    }

    private static Payment Any(SeededRandom random, byte exponent, in Payment before)
    {
        uint sender = Number(random), recipient = Math.Min(Number(random), AccountAddress.MaxNumber - 2);
        var payment = new Payment { Sender = AccountAddress.FromNumber(sender), Recipient = AccountAddress.FromNumber(recipient), Amount = Amount(random, exponent) };
        payment = payment with { Fee = random.Next(4) == 0 ? Amount(random, exponent) : before.Fee, FeeToken = random.Next(5) == 0 ? Token(random) : before.FeeToken };
        payment = payment with { Token = random.Next(5) == 0 ? Token(random) : before.Token, Nonce = random.NextUInt64(NumberedLimits.Nonces) };
        if (random.Next(6) == 0) payment = payment with { KeySkip = Skip(random) };
        if (random.Next(6) == 0) payment = payment with { Sponsor = AccountAddress.FromNumber(sender ^ 1), SponsorSkip = random.Next(2) == 0 ? Skip(random) : 0 };
        Payment valueless = payment with { Recipient = default, Token = 0, Amount = 0 };
        return random.Next(10) switch
        {
            0 => payment with { Kind = PaymentKind.Withdraw, Recipient = default, Amount = payment.Amount == 0 ? 1 : payment.Amount, L1Recipient = new L1Address(random.Bytes(L1Address.Size)) },
            1 => valueless with { Kind = PaymentKind.Message, L1Recipient = new L1Address(random.Bytes(L1Address.Size)), Payload = random.Bytes(random.Next(20) == 0 ? PaymentRules.MaxPayload : random.Next(12)) },
            2 => valueless with { Kind = PaymentKind.RotateKey, Payload = Key(random) },
            3 => payment with { Recipient = AccountAddress.FromPublicKey(Key(random)) },
            _ => payment,
        };
    }

    private static uint Number(SeededRandom random) => random.Next(8) switch
    {
        0 => AccountAddress.MaxNumber - 1 - (uint)random.Next(3),
        1 => (uint)random.NextUInt64(AccountAddress.MaxNumber),
        2 => 126 + (uint)random.Next(4),
        _ => (uint)random.Next(1_000),
    };

    private static uint Token(SeededRandom random) => random.Next(3) == 0 ? NumberedLimits.Tokens - 1 : (uint)random.Next(3);

    private static uint Skip(SeededRandom random) => random.Next(3) == 0 ? PaymentRows.MaxSkip - 1 : 1 + (uint)random.Next(200);

    private static UInt128 Amount(SeededRandom random, byte exponent)
    {
        switch (random.Next(8))
        {
            case 0: return (UInt128)random.Next(2) * s_most;
            case 1: return new UInt128(random.NextUInt64(), random.NextUInt64()) >> (8 + random.Next(120));
            default:
                UInt128 amount = 1 + (UInt128)random.Next(2_000);
                for (int power = Math.Max(0, exponent - 2) + random.Next(11); power > 0 && amount <= s_most / 10; power--) amount *= 10;
                return amount;
        }
    }
}
