using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.LedgerColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Writes the trace of <see cref="LedgerAir"/> while it keeps the cells as the changes leave them.</summary>
/// <param name="changes">Most changes.</param>
/// <param name="leastLogRows">log2 of the fewest rows.</param>
internal sealed class LedgerWriter(int changes, int leastLogRows = 0)
{
    private const ulong LastNonce = (ulong)Limbs.NonceRadix * Limbs.NonceRadix - 1;

    private readonly Dictionary<CellName, LedgerCell> _cells = [];
    private int _row;

    /// <summary>Changes so far.</summary>
    public int Rows => _row;

    /// <summary>The trace so far; rows without a change are zero.</summary>
    public Trace<F> Trace { get; } = new(Width, CircuitRows.Height(changes, leastLogRows));

    /// <summary>The cells that were opened, each with its start and its end.</summary>
    public IReadOnlyCollection<LedgerCell> Cells => _cells.Values;

    /// <summary>
    /// Whether every change was as its mode says: no debit of more than there is, no credit past the largest amount, no signature after the last nonce. No rules lead to a state where one is not, and
    /// the trace does not hold.
    /// </summary>
    public bool IsSound { get; private set; } = true;

    /// <summary>A cell as it is now.</summary>
    public CellState this[CellName cell] => _cells[cell].End;

    public bool IsOpen(CellName cell) => _cells.ContainsKey(cell);

    /// <summary>Enters a cell with what it holds at the segment's start.</summary>
    /// <exception cref="ArgumentException">It is there already.</exception>
    public void Open(CellName cell, in CellState state) => _cells.Add(cell, new(cell, state, state, 0));

    /// <summary>Makes a change of a cell that is open, at a time after its last one's.</summary>
    /// <param name="change">The change, which should be as its mode says: <see cref="IsSound"/> falls otherwise.</param>
    /// <param name="asked">Counters of the 2^15 values of the range's table.</param>
    public LedgerAnswer Apply(in LedgerChange change, Span<uint> asked)
    {
        LedgerCell cell = _cells[change.Cell];
        CellState before = cell.End;
        bool signs = change.Signer != LedgerSigner.None, sends = change.Signer >= LedgerSigner.Sender, rotates = change.Signer == LedgerSigner.Rotation;
        bool reads = change.Mode == LedgerMode.Read, writes = change.Mode is LedgerMode.Debit or LedgerMode.Credit;
        (UInt128 left, UInt128 right, UInt128 after) = change.Mode switch
        {
            LedgerMode.Debit => (before.Value - change.Amount, change.Amount, before.Value - change.Amount),
            LedgerMode.Credit or LedgerMode.Over => (before.Value, change.Amount, (before.Value + change.Amount) & (Limbs.Limit - 1)),
            LedgerMode.Short => (before.Value, change.Amount - before.Value - 1, change.Amount - before.Value - 1),
            _ => ((UInt128)0, (UInt128)0, before.Value),
        };
        IsSound &= change.Mode switch
        {
            LedgerMode.Debit or LedgerMode.Read => before.Value >= change.Amount,
            LedgerMode.Short => before.Value < change.Amount,
            _ => before.Value + change.Amount < Limbs.Limit == (change.Mode == LedgerMode.Credit),
        } && !(sends && before.Nonce == LastNonce);
        CellState end = new(writes ? after : before.Value, sends ? before.Nonce + 1 : before.Nonce, rotates ? 0 : signs ? change.Index : before.Next,
            change.Cell.IsHashed ? writes ? 1 : before.Version : before.Version + (rotates ? 1u : 0));
        LedgerAnswer answer = new(sends || reads ? before.Nonce : 0, signs ? change.Index : reads ? before.Next : 0, signs || reads ? before.Version : 0, signs ? change.Index - before.Next - 1 : 0);
        int row = _row++;
        Trace<F> trace = Trace;
        (trace[Time, row], trace[TimeBefore, row], trace[Hashed, row]) = (F.FromUInt32(change.Time), F.FromUInt32(cell.LastTime), Flag(change.Cell.IsHashed));
        (trace[A, row], trace[B, row], trace[Debit + (int)change.Mode, row]) = (F.FromUInt32(change.Cell.A), F.FromUInt32(change.Cell.B), F.One);
        (trace[Signer, row], trace[Sender, row], trace[Rotate, row]) = (Flag(signs), Flag(sends), Flag(rotates));
        trace.WriteLimbs(Before, row, before.Value);
        trace.WriteLimbs(After, row, after);
        trace.WriteLimbs(Amount, row, change.Amount);
        uint carry = change.Mode == LedgerMode.Short ? 1u : 0;
        for (int i = 0; i < Limbs.Count - 1; i++)
        {
            carry = (Limbs.Of(left, i) + Limbs.Of(right, i) + carry) >> Limbs.Bits;
            trace[Carry + i, row] = F.FromUInt32(carry);
        }
        trace.WriteNonce(Nonce, row, before.Nonce);
        trace.WriteNonce(NonceSeen, row, answer.Nonce);
        F untilCarry = trace[Nonce, row] - F.FromUInt32(Limbs.NonceRadix - 1);
        if (sends) (trace[NonceCarry, row], trace[NonceInverse, row]) = untilCarry == F.Zero ? (F.One, F.Zero) : (F.Zero, untilCarry.Inverse());
        uint skipped = answer.Skipped;
        (trace[IndexBefore, row], trace[IndexSeen, row], trace[IndexAfter, row]) = (F.FromUInt32(before.Next), F.FromUInt32(answer.Index), F.FromUInt32(end.Next));
        (trace[Skipped, row], trace[SkippedHigh, row]) = (F.FromUInt32(skipped), F.FromUInt32(skipped >> Limbs.Bits));
        (trace[VersionBefore, row], trace[VersionAfter, row], trace[VersionSeen, row]) = (F.FromUInt32(before.Version), F.FromUInt32(end.Version), F.FromUInt32(answer.Version));
        Limbs.Ask(after, asked);
        asked[(int)(change.Time - cell.LastTime - 1)]++;
        if (signs) asked[(int)(skipped % Limbs.Radix)]++;
        _cells[change.Cell] = cell with { End = end, LastTime = change.Time };
        return answer;
    }

    private static F Flag(bool value) => value ? F.One : F.Zero;
}

/// <summary>A cell over a segment.</summary>
/// <param name="Name">The cell.</param>
/// <param name="Start">At time 0.</param>
/// <param name="End">From the last change on.</param>
/// <param name="LastTime">Of that change; 0 for none.</param>
internal readonly record struct LedgerCell(CellName Name, CellState Start, CellState End, uint LastTime);
