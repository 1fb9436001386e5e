using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

// Forced items.
internal sealed partial class TransactionWriter<TCells>
{
    /// <summary>Executes a forced item that is not nothing, and says what its verifier is told of it.</summary>
    public PaymentResult Apply(in ForcedTransaction item, out ForcedClaim claim)
    {
        PostedPayment payment = item.Payment;
        claim = default;
        if (item.IsDeposit) return Deposit(payment);
        uint skip = 0, sponsorSkip = 0;
        PaymentResult reason = Check(payment, item, ref skip, ref sponsorSkip, out uint party);
        if (reason == PaymentResult.Applied)
        {
            claim = new() { IsDone = true, Skip = skip, SponsorSkip = sponsorSkip };
            return Do(item.With(claim));
        }
        if (reason == PaymentResult.Judged)
        {
            CellState record = Book[CellName.Account(party)];
            claim = new() { IsJudged = true, OfSponsor = party != payment.Sender, Key = Keys(party).Now, Nonce = record.Nonce, Next = record.Next };
        }
        return Refuse(item.With(claim), reason, party);
    }

    private PaymentResult Deposit(in PostedPayment deposit)
    {
        int row = Put(deposit, IsReturned, CellName.SupplyOwner);
        CellName supply = CellName.Supply(deposit.Token);
        // One of 0 stands for one that goes back in any state, which may not have the supply.
        bool isOver = deposit.Amount != 0 && Open(supply).Value + deposit.Amount >= Limbs.Limit, isCredited = false;
        uint recipient = 0;
        Gap(row, PartyGap, 0);
        if (isOver) Gap(row, RecipientGap, 0);
        else isCredited = TryMeet(row, deposit, out recipient);
        Trace[isOver ? IsOver : isCredited ? Credits : NoRecipient, row] = F.One;
        if (isOver || isCredited)
        {
            (Trace[Hashed0, row], Trace[Token0, row]) = (F.One, F.FromUInt32(deposit.Token));
            Record(row, new(Time(0), supply, isOver ? LedgerMode.Over : LedgerMode.Credit, deposit.Amount));
        }
        if (isCredited)
        {
            (Trace[IsReturned, row], Trace[IsDeposited, row]) = (F.Zero, F.One);
            Change(new(Time(3), CellName.Balance(recipient, deposit.Token), LedgerMode.Credit, deposit.Amount));
        }
        End(payment: 1, account: Trace[IsFresh, row] == F.One ? 1u : 0, exit: isCredited ? 0u : 1);
        return isCredited ? PaymentResult.Applied : PaymentResult.SentBack;
    }
}
