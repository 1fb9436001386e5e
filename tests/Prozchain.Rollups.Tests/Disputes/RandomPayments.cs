using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>Payments of some tokens, some with a sponsor: most of them good, some with one thing wrong.</summary>
internal static class RandomPayments
{
    public static void Add(SeededRandom random, PaymentRollup rollup, StateStore<KeccakTree> state, int count, List<Payment> payments, int tokens = 1)
    {
        var nonces = new ulong[5];
        for (int i = 0; i < nonces.Length; i++)
            if (state.Read(PaymentKeys.Account(rollup.AddressOf(i)), out ReadOnlySpan<byte> record) == StateReadStatus.Found && PaymentAccount.TryRead(record, out PaymentAccount account)) nonces[i] = account.Nonce;
        for (int i = 0; i < count; i++)
        {
            int from = random.Next(random.Next(8) == 0 ? 5 : 4);
            Payment payment = random.Next(4) switch
            {
                0 => new Payment { Kind = PaymentKind.Withdraw, Amount = (UInt128)random.Next(90), L1Recipient = rollup.World.AddressOf(PaymentRollup.User) },
                1 => new Payment { Kind = PaymentKind.Message, Payload = random.Bytes(random.Next(50)), L1Recipient = rollup.World.AddressOf(PaymentRollup.User) },
                _ => new Payment { Recipient = rollup.AddressOf(random.Next(5)), Amount = (UInt128)random.Next(90) },
            };
            payment = payment with { Sender = rollup.AddressOf(from), Nonce = nonces[from], Fee = (UInt128)random.Next(3) };
            if (tokens > 1 && random.Next(2) == 0) payment = payment with { Token = payment.Kind == PaymentKind.Message ? 0 : (uint)random.Next(tokens), FeeToken = (uint)random.Next(tokens) };
            int sponsor = random.Next(3) == 0 ? (from + 1) % 4 : -1;
            if (sponsor >= 0) payment = payment with { Sponsor = rollup.AddressOf(sponsor) };
            int fault = random.Next(16);
            payment = fault switch { 0 => payment with { Amount = 1_000_000 }, 1 => payment with { Fee = 1_000_000 }, 2 => payment with { Nonce = 77 }, _ => payment };
            payment = PaymentMessage.Sign(payment, rollup.Person(from), PaymentRollup.ChainId);
            if (sponsor >= 0) payment = PaymentMessage.Sponsor(payment, rollup.Person(sponsor), PaymentRollup.ChainId);
            payments.Add(fault == 3 ? payment with { Amount = payment.Amount + 1 } : payment);
            // An amount that is not there is paid for all the same.
            if (fault is 0 or > 3) nonces[from]++;
        }
    }
}
