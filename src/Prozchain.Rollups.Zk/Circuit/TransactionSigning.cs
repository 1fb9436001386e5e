using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Writes what <see cref="TransactionAir"/> holds of the digest that is signed.</summary>
internal static class TransactionSigning<TCells> where TCells : struct, IPermutationCells<F>
{
    private const uint Version = 1 << 8, SponsorRole = 1 << 4;

    /// <summary>Writes it into a row that has the payment, its nonce and the signer's next index already.</summary>
    public static void Write(
        Trace<F> trace, int row, in PostedPayment payment, in Eight key, uint chain, bool isSponsor, CompressionAsks<TCells> asks, List<MessageEnd> messages)
    {
        (Eight head, Eight high) = (default, default);
        SignatureRandomness randomness = isSponsor ? payment.Randomness.Sponsor : payment.Randomness.Sender;
        F radix = F.FromUInt32(Limbs.Radix);
        for (int i = 0; i < 4; i++) trace[Randomness + i, row] = head[i] = randomness[i];
        for (int i = 0; i < 3; i++) head[4 + i] = key[5 + i];
        head[7] = trace[Index0, row] - F.One;
        Eight low = Eight.Of(F.FromUInt32(Version + (isSponsor ? SponsorRole : 0) + payment.Kind), F.FromUInt32(chain), F.FromUInt32(payment.Sender), trace[Nonce, row], trace[Nonce + 1, row],
            F.FromUInt32(payment.Token + (payment.FeeToken << Limbs.Bits)), F.FromUInt32(payment.To), F.FromUInt32(payment.Sponsor));
        for (int i = 0; i < 4; i++)
        {
            high[i] = trace[Amount + 2 * i, row] + radix * trace[Amount + 2 * i + 1, row];
            high[4 + i] = trace[Fee + 2 * i, row] + radix * trace[Fee + 2 * i + 1, row];
        }
        Eight first = HashWords.Ask(asks, CompressionWindow.N, head, low);
        trace.Write(First, row, first);
        trace.Write(Digest, row, Rest(trace, row, payment, first, high, asks, messages));
        trace.Write(SignerKey, row, key);
    }

    private static Eight Rest(
        Trace<F> trace, int row, in PostedPayment payment, in Eight first, in Eight high, CompressionAsks<TCells> asks, List<MessageEnd> messages)
    {
        bool isMessage = payment.Kind == 2;
        if (payment is { Kind: 0, ByKey: false })
        {
            trace[ShortSigned, row] = F.One;
            return HashWords.Ask(asks, CompressionWindow.M, first, high);
        }
        trace[isMessage ? MessageSigned : TailSigned, row] = F.One;
        Eight second = HashWords.Ask(asks, CompressionWindow.N, first, high);
        trace.Write(Second, row, second);
        if (!isMessage) return HashWords.Ask(asks, CompressionWindow.M, second, payment.Tail);
        Eight third = HashWords.Ask(asks, CompressionWindow.N, second, payment.Tail);
        trace.Write(Third, row, third);
        messages.Add(new(trace[Transaction, row].ToUInt32(), third, payment.Payload));
        // The rest is asked for by the table of messages.
        CompressionAsks<TCells> others = new();
        return HashWords.Ask(others, CompressionWindow.M, HashWords.Ask(others, CompressionWindow.N, third, payment.Payload.First), payment.Payload.Second);
    }
}
