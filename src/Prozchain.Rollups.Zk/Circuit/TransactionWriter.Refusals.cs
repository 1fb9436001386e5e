using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

// Payments that are not valid.
internal sealed partial class TransactionWriter<TCells>
{
    // Why a payment is not valid, and for whom it is not; of a forced one, what it skips if it is.
    private PaymentResult Check(in PostedPayment payment, in ForcedTransaction? forced, ref uint skip, ref uint sponsorSkip, out uint party)
    {
        PaymentResult reason = Check(party = payment.Sender, forced?.Sender, isSponsor: false, ref skip);
        if (reason != PaymentResult.Applied) return reason;
        if (payment.Kind == 3 && payment.Tail.Equals(Keys(party).Now)) return PaymentResult.SameKey;
        if (payment.Sponsor != 0 && (reason = Check(party = payment.Sponsor - 1, forced?.Sponsor, isSponsor: true, ref sponsorSkip)) != PaymentResult.Applied) return reason;
        // A fee of 0 is of no balance, as natively: the state's part may not have it.
        return payment.Fee != 0 && Open(CellName.Balance(party, payment.FeeToken)).Value < payment.Fee ? PaymentResult.CannotPayFee : PaymentResult.Applied;
    }

    private PaymentResult Check(uint party, in ForcedSignature? shown, bool isSponsor, ref uint skip)
    {
        if (party >= _now.Accounts) return PaymentResult.UnknownParty;
        CellState record = Open(CellName.Account(party));
        if (shown is { } signature)
        {
            if (signature.IsRefuted(Keys(party).Now, record.Nonce, record.Next, isSponsor)) return PaymentResult.Judged;
            skip = signature.Index - record.Next;
        }
        return record.Next + skip >= TransactionAir.KeyIndices ? PaymentResult.UsedKey : PaymentResult.Applied;
    }

    private PaymentResult Refuse(in PostedPayment payment, PaymentResult result, uint party)
    {
        int row = Put(payment, IsDead, party);
        bool ofSponsor = party != payment.Sender;
        trace(OfSponsor, ofSponsor ? 1u : 0);
        trace(result switch { PaymentResult.UnknownParty => IsUnknown, PaymentResult.UsedKey => IsUsedUp, PaymentResult.CannotPayFee => IsPoor, PaymentResult.SameKey => IsSameKey, _ => IsJudged }, 1);
        if (result == PaymentResult.UnknownParty) Gap(row, PartyGap, party - _now.Accounts);
        else if (result == PaymentResult.CannotPayFee)
        {
            CellName cell = CellName.Balance(party, payment.FeeToken);
            (Trace[Hashed0, row], Trace[Token0, row]) = (payment.FeeToken != 0 ? F.One : F.Zero, F.FromUInt32(payment.FeeToken));
            Record(row, new(Time(0), cell, LedgerMode.Short, payment.Fee));
            Gap(row, PartyGap, 0);
        }
        else
        {
            CellState record = Book[CellName.Account(party)];
            LedgerAnswer answer = Record(row, new(Time(0), CellName.Account(party), LedgerMode.Read, record.Value));
            if (result == PaymentResult.UsedKey) Gap(row, PartyGap, record.Next + (ofSponsor ? payment.SponsorSkip : payment.Skip) - TransactionAir.KeyIndices);
            else
            {
                Gap(row, PartyGap, 0);
                Trace.Write(SignerKey, row, Keys(party).Now);
                AskIdentity(party, answer.Version);
            }
        }
        Gap(row, RecipientGap, 0);
        End(payment: 1);
        return result;

        void trace(int column, uint value) => Trace[column, row] = F.FromUInt32(value);
    }
}
