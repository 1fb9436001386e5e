using System.Globalization;
using System.Numerics;
using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>docs/formats/rollups-rows.md written down once more, word by word, with big integers: what the codec must write.</summary>
internal static class NaiveRows
{
    public static byte[] Encode(in Digest32 root, ReadOnlySpan<Payment> payments, int smallest)
    {
        List<byte> bytes = [2, 3, .. root.Span, .. Varint(payments.Length)];
        (UInt128 fee, uint token, uint feeToken) = (0, 0, 0);
        foreach (Payment payment in payments)
        {
            bool isTransfer = payment.Kind == PaymentKind.Transfer, hasAmount = isTransfer || payment.Kind == PaymentKind.Withdraw;
            bool isByKey = isTransfer && payment.Recipient.Scheme == AccountAddress.HashScheme;
            List<byte> fields = [];
            int mask = 0;
            Add(6, !isTransfer, [(byte)payment.Kind]);
            Add(7, isByKey, payment.Recipient.Digest.Span);
            if (hasAmount) fields.AddRange(Amount(payment.Amount));
            Add(0, payment.Fee != fee, Amount(payment.Fee));
            Add(1, hasAmount && payment.Token != token, Varint(payment.Token));
            Add(2, payment.FeeToken != feeToken, Varint(payment.FeeToken));
            Add(3, payment.Sponsor != default, Varint(NumberOf(payment.Sponsor)));
            Add(4, payment.KeySkip != 0, Varint(payment.KeySkip));
            Add(5, payment.SponsorSkip != 0, Varint(payment.SponsorSkip));
            if (payment.Kind is PaymentKind.Withdraw or PaymentKind.Message) fields.AddRange(payment.L1Recipient.Span);
            if (payment.Kind == PaymentKind.Message) fields.AddRange([.. Varint(payment.Payload.Length), .. payment.Payload.Span]);
            if (payment.Kind == PaymentKind.RotateKey) fields.AddRange(payment.Payload.Span[1..]);
            (fee, feeToken, token) = (payment.Fee, payment.FeeToken, hasAmount ? payment.Token : token);

            bytes.AddRange(Varint(NumberOf(payment.Sender)));
            bytes.AddRange(Varint(isTransfer && !isByKey ? NumberOf(payment.Recipient) + 1 : 0));
            (BigInteger mantissa, int exponent) = Split(payment.Amount);
            if (mask == 0 && exponent >= smallest && exponent <= smallest + 6) bytes.AddRange(Varint(8 * mantissa + exponent - smallest));
            else bytes.AddRange([.. Varint(8 * mask + 7), .. fields]);

            void Add(int bit, bool isThere, ReadOnlySpan<byte> field)
            {
                if (!isThere) return;
                mask += 1 << bit;
                fields.AddRange(field);
            }
        }
        return [.. bytes];
    }

    private static BigInteger NumberOf(in AccountAddress account) => account.TryGetNumber(out uint number) ? number : 0;

    private static byte[] Amount(UInt128 amount)
    {
        (BigInteger mantissa, int exponent) = Split(amount);
        return [(byte)exponent, .. Varint(mantissa)];
    }

    // Zeros at the end of its digits, of which 30 count.
    private static (BigInteger Mantissa, int Exponent) Split(UInt128 amount)
    {
        string digits = amount.ToString(CultureInfo.InvariantCulture);
        int exponent = amount == 0 ? 0 : Math.Min(30, digits.Length - digits.TrimEnd('0').Length);
        return (BigInteger.Parse(digits[..^exponent], CultureInfo.InvariantCulture), exponent);
    }

    private static byte[] Varint(BigInteger value)
    {
        List<byte> bytes = [];
        do
        {
            bytes.Add((byte)((int)(value % 128) + (value >= 128 ? 128 : 0)));
            value /= 128;
        }
        while (value > 0);
        return [.. bytes];
    }
}
