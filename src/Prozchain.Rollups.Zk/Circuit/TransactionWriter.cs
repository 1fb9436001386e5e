using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Executes forced items and payments as they were posted, and writes the trace of <see cref="TransactionAir"/> and the changes of the ledger.</summary>
/// <typeparam name="TCells">The permutation.</typeparam>
/// <param name="most">Most rows and changes, as <see cref="PostedPayment.MostRows"/> and <see cref="PostedPayment.MostChanges"/> say for each transaction.</param>
/// <param name="chain">The rollup's number.</param>
/// <param name="start">Transactions, accounts and effects so far.</param>
/// <param name="state">The state at the segment's start.</param>
/// <param name="asks">Takes the compressions that are asked for.</param>
/// <param name="asked">Counters of the 2^15 values of the range's table.</param>
/// <param name="leastLogRows">log2 of the fewest rows of a table.</param>
internal sealed partial class TransactionWriter<TCells>(
    (int Rows, int Changes) most, uint chain, (uint Transaction, uint Accounts, uint Exits) start, ISegmentState state, CompressionAsks<TCells> asks, uint[] asked, int leastLogRows = 0)
    where TCells : struct, IPermutationCells<F>
{
    private readonly Dictionary<uint, AccountKeys> _keys = [];
    private readonly Dictionary<Eight, DirectoryEntry> _entries = [];
    private readonly Dictionary<(uint Number, uint Version), int> _rotations = [];
    private readonly (uint Transaction, uint Accounts, uint Exits) _start = start;
    private (uint Transaction, uint Accounts, uint Exits) _now = start;

    /// <summary>Rows in use.</summary>
    public int Rows { get; private set; }

    /// <summary>Transactions, accounts and effects after the last row.</summary>
    public (uint Transaction, uint Accounts, uint Exits) Now => _now;

    public Trace<F> Trace { get; } = new(Width, CircuitRows.Height(most.Rows, leastLogRows));

    public LedgerWriter Book { get; } = new(most.Changes, leastLogRows);

    /// <summary>What <see cref="MessageAir{TCells}"/> answers for.</summary>
    public List<MessageEnd> Messages { get; } = [];

    /// <summary>The entries of the directory that were asked for.</summary>
    public DirectoryEntry[] Entries => [.. _entries.Values];

    /// <summary>The public values, once all payments are done; keeps the running numbers in the rows behind the last.</summary>
    public F[] Finish()
    {
        for (int row = Rows; row < Trace.Height; row++) Count(row);
        return [.. new[] { chain, _start.Transaction, _start.Accounts, _start.Exits, _now.Transaction, _now.Accounts, _now.Exits }.Select(F.FromUInt32)];
    }

    /// <summary>Enters an account that is there, whatever becomes of it.</summary>
    public void Touch(uint number) => Open(CellName.Account(number));

    /// <summary>The key of an account now.</summary>
    public Eight KeyOf(uint number) => Keys(number).Now;

    /// <summary>The accounts that were touched, once all payments are done and only once: each asks for its last key.</summary>
    public TouchedAccount[] Accounts() =>
    [
        .. Book.Cells.Where(cell => !cell.Name.IsHashed).Select(cell =>
        {
            AccountKeys keys = Keys(cell.Name.A);
            AskIdentity(cell.Name.A, cell.End.Version);
            return new TouchedAccount(cell, cell.Name.A >= _start.Accounts, keys.Before, keys.Now, keys.Asked);
        }),
    ];

    /// <summary>Executes a payment as it was posted.</summary>
    public PaymentResult Apply(in PostedPayment payment)
    {
        uint skip = payment.Skip, sponsorSkip = payment.SponsorSkip;
        PaymentResult reason = Check(payment, null, ref skip, ref sponsorSkip, out uint party);
        return reason == PaymentResult.Applied ? Do(payment) : Refuse(payment, reason, party);
    }

    private void PayFee(in PostedPayment payment, uint payer, bool isSponsored)
    {
        int row = Put(payment, isSponsored ? IsSponsorFee : IsOwnFee, payer);
        Trace.WriteNonce(Nonce, row, Book[CellName.Account(payment.Sender)].Nonce);
        There(row, PartyGap, payer);
        Gap(row, RecipientGap, 0);
        bool inRecord = payment.FeeToken == 0;
        if (isSponsored)
        {
            CellName cell = CellName.Account(payer);
            Record(row, new(Time(0), cell, LedgerMode.Debit, inRecord ? payment.Fee : 0, LedgerSigner.Sponsor, Book[cell].Next + 1 + payment.SponsorSkip));
            if (inRecord) Trace[SponsorFeeInRecord, row] = F.One;
            Sign(row, payment, payer, isSponsor: true);
        }
        if (payment.Fee != 0)
        {
            if (!inRecord)
            {
                Trace[PaysFee, row] = F.One;
                Change(new(Time(1), CellName.Balance(payer, payment.FeeToken), LedgerMode.Debit, payment.Fee));
            }
            Trace[FeeIsPaid, row] = F.One;
            Change(new(Time(2), CellName.Balance(0, payment.FeeToken), LedgerMode.Credit, payment.Fee));
        }
        End();
    }

    private PaymentResult Do(in PostedPayment payment)
    {
        bool isSponsored = payment.Sponsor != 0;
        if (isSponsored || (payment.FeeToken != 0 && payment.Fee != 0)) PayFee(payment, isSponsored ? payment.Sponsor - 1 : payment.Sender, isSponsored);
        int row = Put(payment, IsValid, payment.Sender);
        CellName record = CellName.Account(payment.Sender);
        bool rotates = payment.Kind == 3, inRecord = !isSponsored && payment.FeeToken == 0;
        Trace.WriteNonce(Nonce, row, Book[record].Nonce);
        There(row, PartyGap, payment.Sender);
        Record(row, new(Time(0), record, LedgerMode.Debit, inRecord ? payment.Fee : 0, rotates ? LedgerSigner.Rotation : LedgerSigner.Sender, Book[record].Next + 1 + payment.Skip));
        Sign(row, payment, payment.Sender, isSponsor: false);
        if (inRecord) Trace[OwnFeeInRecord, row] = F.One;
        if (inRecord && payment.Fee != 0)
        {
            Trace[FeeIsPaid, row] = F.One;
            Change(new(Time(1), CellName.Account(0), LedgerMode.Credit, payment.Fee));
        }
        if (rotates) Rotate(row, payment);
        if (payment.Kind == 2) Trace[Tells, row] = F.One;
        PaymentResult result = payment.Amount != 0 && payment.Kind < 2 ? Work(row, payment) : PaymentResult.Applied;
        if (Trace[Works, row] == F.Zero) Gap(row, RecipientGap, 0);
        bool isFresh = Trace[IsFresh, row] == F.One;
        End(payment: 1, account: isFresh ? 1u : 0, exit: payment.Kind == 2 || (payment.Kind == 1 && result == PaymentResult.Applied) ? 1u : 0);
        return result;
    }

    private PaymentResult Work(int row, in PostedPayment payment)
    {
        Trace[Works, row] = F.One;
        CellName from = CellName.Balance(payment.Sender, payment.Token);
        if (Open(from).Value < payment.Amount)
        {
            Trace[IsShort, row] = F.One;
            Change(new(Time(2), from, LedgerMode.Short, payment.Amount));
            Gap(row, RecipientGap, 0);
            return PaymentResult.InsufficientBalance;
        }
        uint recipient = 0;
        if (payment.Kind != 0) Gap(row, RecipientGap, 0);
        else if (!TryMeet(row, payment, out recipient))
        {
            Trace[NoRecipient, row] = F.One;
            return PaymentResult.UnknownRecipient;
        }
        Trace[Pays, row] = F.One;
        Change(new(Time(2), from, LedgerMode.Debit, payment.Amount));
        if (payment.Kind == 0) Trace[Credits, row] = F.One;
        Change(payment.Kind == 0 ? new(Time(3), CellName.Balance(recipient, payment.Token), LedgerMode.Credit, payment.Amount)
            : new(Time(3), CellName.Supply(payment.Token), LedgerMode.Debit, payment.Amount));
        return PaymentResult.Applied;
    }

    // Who gets the amount, and that it is there or not.
    private bool TryMeet(int row, in PostedPayment payment, out uint recipient)
    {
        bool isFresh = false;
        recipient = payment.To - 1;
        if (payment.ByKey) (recipient, isFresh) = Find(row, payment.Tail);
        bool isThere = isFresh || recipient < _now.Accounts;
        Trace[Recipient, row] = F.FromUInt32(recipient);
        if (isThere && !isFresh) There(row, RecipientGap, recipient);
        else Gap(row, RecipientGap, isFresh ? 0 : recipient - _now.Accounts);
        return isThere;
    }

    private (uint Number, bool IsFresh) Find(int row, in Eight key)
    {
        bool isFresh = false;
        if (!_entries.TryGetValue(key, out DirectoryEntry entry))
        {
            isFresh = !state.TryFind(key, out uint number);
            entry = new(key, isFresh ? _now.Accounts : number, isFresh, 0);
            if (isFresh)
            {
                // Its record is written even if another token is paid.
                _keys.Add(entry.Number, new(key));
                Open(CellName.Account(entry.Number));
            }
        }
        _entries[key] = entry with { Asked = entry.Asked + 1 };
        (Trace[KeyCredits, row], Trace[IsFresh, row], Trace[IsCreated, row]) = (F.One, isFresh ? F.One : F.Zero, entry.IsCreated ? F.One : F.Zero);
        return (entry.Number, isFresh);
    }

    private void Rotate(int row, in PostedPayment payment)
    {
        AccountKeys keys = Keys(payment.Sender);
        Trace[Rotates, row] = F.One;
        for (int i = 0; i < Eight.Length; i++)
        {
            F change = payment.Tail[i] - keys.Now[i];
            if (change == F.Zero) continue;
            Trace[Third + i, row] = change.Inverse();
            break;
        }
        keys.Now = payment.Tail;
        _rotations.Add((payment.Sender, Book[CellName.Account(payment.Sender)].Version), row);
    }

    private void Sign(int row, in PostedPayment payment, uint signer, bool isSponsor)
    {
        TransactionSigning<TCells>.Write(Trace, row, payment, Keys(signer).Now, chain, isSponsor, asks, Messages);
        AskIdentity(signer, Trace[Version0, row].ToUInt32());
    }

    private int Put(in PostedPayment payment, int role, uint party)
    {
        Count(Rows);
        payment.Write(Trace, Rows);
        (Trace[role, Rows], Trace[Party, Rows]) = (F.One, F.FromUInt32(party));
        return Rows;
    }

    // Slot 0.
    private LedgerAnswer Record(int row, in LedgerChange change)
    {
        LedgerAnswer answer = Change(change);
        Trace.WriteLimbs(Amount0, row, change.Amount);
        Trace.WriteNonce(Nonce0, row, answer.Nonce);
        (Trace[Index0, row], Trace[Skip0, row], Trace[Version0, row]) = (F.FromUInt32(answer.Index), F.FromUInt32(answer.Skipped), F.FromUInt32(answer.Version));
        return answer;
    }

    private LedgerAnswer Change(in LedgerChange change)
    {
        Open(change.Cell);
        return Book.Apply(change, asked);
    }

    private CellState Open(CellName cell)
    {
        if (!Book.IsOpen(cell)) Book.Open(cell, !cell.IsHashed && cell.A >= _start.Accounts ? default : state.Cell(cell));
        return Book[cell];
    }

    private AccountKeys Keys(uint number)
    {
        if (!_keys.TryGetValue(number, out AccountKeys? keys)) _keys.Add(number, keys = new(state.Key(number)));
        return keys;
    }

    private void AskIdentity(uint number, uint version)
    {
        if (version == 0) Keys(number).Asked++;
        else Trace[RotationAsked, _rotations[(number, version)]] += F.One;
    }

    // An account is below the count.
    private void There(int row, int column, uint number)
    {
        uint gap = _now.Accounts - 1 - number;
        Gap(row, column, gap);
        Limbs.AskMargin(gap, asked);
    }

    private void Gap(int row, int column, uint gap)
    {
        (uint low, uint high) = (gap % Limbs.Radix, gap / Limbs.Radix);
        (Trace[column, row], Trace[column + 1, row]) = (F.FromUInt32(low), F.FromUInt32(high));
        asked[low]++;
        asked[high]++;
    }

    private void Count(int row) =>
        (Trace[Row, row], Trace[Transaction, row], Trace[TransactionColumns.Accounts, row], Trace[Exits, row]) =
            (F.FromUInt32((uint)Rows), F.FromUInt32(_now.Transaction), F.FromUInt32(_now.Accounts), F.FromUInt32(_now.Exits));

    private uint Time(uint slot) => 4 * (uint)Rows + slot + 1;

    private void End(uint payment = 0, uint account = 0, uint exit = 0)
    {
        Rows++;
        _now = (_now.Transaction + payment, _now.Accounts + account, _now.Exits + exit);
    }

    private sealed class AccountKeys(Eight key)
    {
        public readonly Eight Before = key;
        public Eight Now = key;
        public uint Asked;
    }
}
