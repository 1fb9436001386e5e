using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Rollups.Zk.Circuit.ParserColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The table <see cref="ParserAir"/> of a segment.</summary>
internal sealed class ParserWriter<TField> where TField : struct, IField<TField>
{
    private readonly uint[] _asked;
    private int _row, _called;

    /// <summary>Fills the table.</summary>
    /// <param name="data">All posted bytes.</param>
    /// <param name="rows">The segment's rows in order, as <see cref="RowScan"/> gives them: up to the first fault, if there is one.</param>
    /// <param name="start">Where they start.</param>
    /// <param name="transaction">The first one's number.</param>
    /// <param name="isLive">Whether the whole batch has no fault.</param>
    /// <param name="asked">Counters of the range table of 15 bits, which are raised.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    /// <param name="failed">Whether a fault was shown before, after which there are no rows.</param>
    public ParserWriter(ReadOnlySpan<byte> data, ReadOnlySpan<PostedRow> rows, int start, int transaction, bool isLive, uint[] asked, int leastLogRows = 1, bool failed = false)
    {
        _asked = asked;
        int count = 0;
        foreach (PostedRow row in rows)
        {
            int codeEnd = row.CodeEnd > 0 ? row.CodeEnd : row.End;
            count += codeEnd - row.Start + (row.CodeEnd == 0 && row.Fault == RowFault.Short ? 1 : 0);
        }
        Trace = new(Width, CircuitRows.Height(count, leastLogRows));
        (PublicValues[Length], PublicValues[Live]) = (Value(data.Length), isLive ? TField.One : TField.Zero);
        (PublicValues[First], PublicValues[First + 1], PublicValues[First + 2]) = (Value(start), Value(transaction), failed ? TField.One : TField.Zero);
        foreach (PostedRow row in rows)
        {
            WriteRow(data, row, transaction, isLive);
            failed = row.Fault != RowFault.None;
            start = row.End;
            if (!failed) transaction++;
        }
        Rows = _row;
        for (; _row < Trace.Height; _row++)
        {
            Set(Offset, start);
            Set(Transaction, transaction);
            Set(Failed, failed ? 1 : 0);
            Set(Called, _called);
        }
        (PublicValues[Last], PublicValues[Last + 1], PublicValues[Last + 2]) = (Value(start), Value(transaction), failed ? TField.One : TField.Zero);
    }

    /// <summary>The table.</summary>
    public Trace<TField> Trace { get; }

    /// <summary>Its rows that are real.</summary>
    public int Rows { get; }

    /// <summary>The public values of <see cref="ParserAir"/>.</summary>
    public TField[] PublicValues { get; } = new TField[ParserColumns.PublicValues];

    private void WriteRow(ReadOnlySpan<byte> data, PostedRow row, int transaction, bool isLive)
    {
        int at = row.Start, end = row.CodeEnd > 0 ? row.CodeEnd : row.End;
        bool isShort = row.CodeEnd == 0 && row.Fault == RowFault.Short, noTo = false;
        (int form, bool full) = (0, false);
        for (int varint = Sender; varint <= Code; varint++)
        {
            uint first = 0, second = 0, third = 0;
            for (int i = 0; ; i++)
            {
                bool missing = isShort && at == end;
                int read = missing ? 0 : data[at], low = read & 0x7F, more = read >> 7, place = i % 6, part = i / 6;
                if (place == 0) (first, second, third) = (0, 0, 0);
                uint digit = (uint)low << (7 * (place & 1));
                if (place < 2) first += digit;
                else if (place < 4) second += digit;
                else third += digit;
                bool begins = i == 0, opens = begins && varint == Code, single = varint == To && begins && more == 0;
                if (opens) (form, full) = (low & 7, (low & 7) == 7);
                if (single) noTo = low == 0;
                bool isLast = at == end - 1 && !isShort || missing;
                RowFault fault = isLast && (row.CodeEnd == 0 || row.Fault is RowFault.Orphan || (row.Fault is RowFault.Amount && !row.IsFull)) ? row.Fault : RowFault.None;
                bool broken = isLast && row.CodeEnd > 0 && row.IsFull && row.Fault != RowFault.None;
                bool edge4 = varint != Code && i == 4, edge16 = (varint == Code && i == 17) || (full && varint == Code && i == 1);
                bool isFault = fault != RowFault.None || broken, ends = !missing && more == 0 && !begins, codeEnds = varint == Code && more == 0 && !missing;
                int asked = opens ? low >> 3 : !(edge4 || edge16) ? 0 : fault == RowFault.Large ? low - (edge4 ? 4 : 16) : isFault ? 0 : low << (edge4 ? 13 : 11);
                if ((opens || edge4 || edge16) && (uint)asked < (uint)_asked.Length) _asked[asked]++;
                // What shows a fault elsewhere is told: the sender who is his own sponsor, an amount.
                bool shows = (varint == Sender && row.Fault == RowFault.Same) || (varint == Code && row is { Fault: RowFault.Amount, IsFull: false });
                bool told = (isLive || shows) && !missing && (more == 0 || place == 5);

                Set(Real, 1);
                Set(Offset, at);
                Set(Low, low);
                Set(More, more);
                Set(Transaction, transaction);
                Set(varint, 1);
                Set(At + place, 1);
                Set(One, part == 1 ? 1 : 0);
                Set(Two, part == 2 ? 1 : 0);
                Set(Limb, (int)first);
                Set(Limb + 1, (int)second);
                Set(Limb + 2, (int)third);
                Set(Begins, begins ? 1 : 0);
                Set(Opens, opens ? 1 : 0);
                Set(Edge4, edge4 ? 1 : 0);
                Set(Edge16, edge16 ? 1 : 0);
                Set(Ends, ends ? 1 : 0);
                Set(Alone, single ? 1 : 0);
                Set(CodeEnds, codeEnds ? 1 : 0);
                if ((ends || single) && low != 0 && !isFault) Trace[Inverse, _row] = Value(low).Inverse();
                Set(Asked, asked);
                for (int j = 0; j < 3 && opens; j++) Set(Form + j, form >> j & 1);
                Set(Full, varint == Code && full ? 1 : 0);
                Set(NoTo, (single || varint == Code) && noTo ? 1 : 0);
                bool calls = codeEnds && full && fault == RowFault.None;
                Set(Calls, calls ? 1 : 0);
                Set(Called, _called);
                if (calls) _called++;
                Set(Skip, calls ? row.End - at - 1 : 0);
                Set(Told, told ? 1 : 0);
                if (fault != RowFault.None) Set(Short + FaultColumn(fault), 1);
                Set(Broken, broken ? 1 : 0);
                _row++;
                at++;
                if (isFault) return;
                if (more == 0) break;
            }
        }
    }

    private static int FaultColumn(RowFault fault) => fault switch
    {
        RowFault.Short => 0,
        RowFault.Large => Large - Short,
        RowFault.Long => Long - Short,
        RowFault.Zero => Zero - Short,
        RowFault.Orphan => Orphan - Short,
        _ => Amount - Short,
    };

    private void Set(int column, int value) => Trace[column, _row] = Value(value);

    private static TField Value(int value) => value < 0 ? -TField.FromUInt64((ulong)-value) : TField.FromUInt64((ulong)value);
}
