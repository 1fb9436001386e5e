using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Rollups.Zk.Circuit.FullRowColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The table <see cref="FullRowAir"/> of a segment.</summary>
internal sealed class FullRowWriter<TField> where TField : struct, IField<TField>
{
    private readonly byte[] _data;
    private readonly int _exponent;
    private readonly bool _isLive;
    private readonly uint[] _asked;
    private readonly bool[] _left = new bool[Groups];
    private int _row, _transaction, _kind, _ordinal;
    private uint _first, _second, _third;
    private readonly uint[] _stands = new uint[Carried];

    /// <summary>Fills the table.</summary>
    /// <param name="data">All posted bytes.</param>
    /// <param name="rows">The segment's rows in order, plain ones too, up to the first fault.</param>
    /// <param name="fields">The fields behind each one's code.</param>
    /// <param name="exponent">The least exponent of plain rows.</param>
    /// <param name="transaction">The first row's number.</param>
    /// <param name="isLive">Whether the whole batch has no fault.</param>
    /// <param name="asked">Counters of the range table of 15 bits, which are raised.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    /// <param name="stands">What stands from the rows before the segment: token, fee's token, fee as exponent and nine limbs of 14 bits; empty for zeros.</param>
    public FullRowWriter(byte[] data, IReadOnlyList<PostedRow> rows, IReadOnlyList<List<FieldSpan>> fields, int exponent, int transaction, bool isLive, uint[] asked, int leastLogRows = 1,
        ReadOnlySpan<uint> stands = default)
    {
        (_data, _exponent, _isLive, _asked) = (data, exponent, isLive, asked);
        stands.CopyTo(_stands);
        for (int i = 0; i < Carried; i++) PublicValues[Before + i] = Value((int)_stands[i]);
        int count = 1;
        foreach (PostedRow row in rows)
            if (row is { IsFull: true, CodeEnd: > 0 }) count += row.End - row.CodeEnd + (row.Fault == RowFault.Short ? 1 : 0);
        Trace = new(Width, CircuitRows.Height(count, leastLogRows));
        for (int i = 0; i < rows.Count; i++, transaction++)
        {
            _transaction = transaction;
            if (rows[i] is { IsFull: true, CodeEnd: > 0 }) WriteRow(rows[i], fields[i]);
        }
        Rows = _row;
        for (; _row < Trace.Height; _row++) Stand();
        for (int i = 0; i < Carried; i++) PublicValues[After + i] = Value((int)_stands[i]);
        (PublicValues[Length], PublicValues[Live]) = (Value(data.Length), isLive ? TField.One : TField.Zero);
    }

    /// <summary>The table.</summary>
    public Trace<TField> Trace { get; }

    /// <summary>Its rows that are real.</summary>
    public int Rows { get; }

    /// <summary>What stands behind the segment, for the next one.</summary>
    public ReadOnlySpan<uint> Stands => _stands;

    /// <summary>The public values of <see cref="FullRowAir"/>.</summary>
    public TField[] PublicValues { get; } = new TField[FullRowColumns.PublicValues];

    private void WriteRow(PostedRow row, List<FieldSpan> fields)
    {
        int codeStart = row.CodeEnd - (_data[row.CodeEnd - 2] >= 128 ? 2 : 1), mask = (_data[codeStart] & 0x7F) >> 3;
        if (row.CodeEnd - codeStart == 2) mask |= _data[codeStart + 1] << 4;
        bool noTo = _data[codeStart - 1] == 0;
        _kind = 0;
        if ((mask & 64) != 0) _kind = row.CodeEnd < _data.Length && _data[row.CodeEnd] is >= 1 and <= 3 ? _data[row.CodeEnd] : 1;
        (_left[0], _left[1], _left[2]) = ((mask & 64) != 0, (mask & 128) != 0, _kind <= 1);
        for (int i = 0; i < 6; i++) _left[3 + i] = (mask >> i & 1) != 0;
        (_left[9], _left[10], _left[11]) = (_kind is 1 or 2, _kind == 2, _kind == 3);
        int start = _row;
        if (fields.Count == 0) fields = [new((mask & 128) != 0 ? RowField.Recipient : RowField.AmountExponent, row.CodeEnd, row.End)];
        foreach (FieldSpan field in fields)
        {
            bool isLast = field == fields[^1];
            bool isTold = row.Fault == RowFault.Amount && field.Field >= fields[^1].Field - 1;
            bool isRepeated = row.Fault == RowFault.Repeated && field.Field >= fields[^1].Field - 1 && fields[^1].Field == RowField.Fee;
            WriteField(field, isLast ? row.Fault : RowFault.None, start, noTo, mask & 63, isTold, isRepeated);
        }
        if (row.Fault != RowFault.None) return;
        Set(Closes, 1, -1);
        _ordinal++;
    }

    private void WriteField(FieldSpan field, RowFault fault, int start, bool noTo, int mask, bool isTold, bool isRepeated)
    {
        int state = Kind + field.Field - RowField.Kind, count = field.End - field.Start + (fault == RowFault.Short ? 1 : 0), group = GroupOf(state);
        bool isVarint = state is AmountM or FeeM or (>= PaidToken and <= SponsorSkip) or PayloadLength, isWords = state is Recipient or Address or NewKey;
        int units = state switch { Recipient or NewKey => 7, Address => 4, Payload => (int)_first - 1, _ => 0 };
        for (int i = 0; i < count; i++)
        {
            int at = field.Start + i, place = isVarint ? i % 6 : isWords ? i % 4 : 0, part = isVarint ? i / 6 : 0;
            bool isShort = at == _data.Length;
            int read = isShort ? 0 : _data[at], low = read & 0x7F, more = read >> 7;
            RowFault shown = i == count - 1 ? fault : RowFault.None;
            bool isFirst = _row == start, goes = isVarint && more == 1 && place != 5, turns = isVarint && more == 1 && place == 5, begins = isVarint && i == 0, alone = begins && more == 0;
            bool ends = isVarint && more == 0, owed = alone && (state is KeySkip or SponsorSkip || (state == AmountM && _kind == 1)), unit = (isWords && place == 3) || state == Payload, wordEnds = isWords && place == 3;
            Limbs(isVarint, isWords, place, (uint)low, (uint)read);
            bool edge2 = (state is AmountM or FeeM && i == 17) || (state is PaidToken or FeeToken && i == 2), edge4 = (state == Sponsor && i == 4) || (state is KeySkip or SponsorSkip && i == 2);
            bool sized = state == PayloadLength && more == 0, filled = sized && _first != 0, keyWord = wordEnds && state != Address, peak = keyWord && _third == 127;
            bool leads = isFirst && state == AmountE, bare = leads && mask == 0, below = bare && shown == RowFault.None && low < _exponent, zeros = unit && units == 0;

            Set(Real, 1);
            Set(Offset, at);
            Set(Low, low);
            Set(More, more);
            Set(Transaction, _transaction);
            Set(First, isFirst ? 1 : 0);
            Set(state, 1);
            for (int j = 0; j < Groups; j++) Set(Left + j, _left[j] ? 1 : 0);
            if (_kind > 0) Set(Withdraws + _kind - 1, 1);
            Set(NoTo, isFirst && noTo ? 1 : 0);
            Set(ByKey, isFirst && noTo && _kind == 0 ? 1 : 0);
            int bad = isFirst ? BadOf(noTo) : 0;
            Set(Bad, bad);
            Set(At + place, 1);
            Set(One, part == 1 ? 1 : 0);
            Set(Two, part == 2 ? 1 : 0);
            Set(Limb, (int)_first);
            Set(Limb + 1, (int)_second);
            Set(Limb + 2, (int)_third);
            Set(Goes, goes ? 1 : 0);
            Set(Turns, turns ? 1 : 0);
            Set(Begins, begins ? 1 : 0);
            Set(Alone, alone ? 1 : 0);
            Set(Owed, owed ? 1 : 0);
            Set(Edge2, edge2 ? 1 : 0);
            Set(Edge4, edge4 ? 1 : 0);
            Set(EdgeLength, state == PayloadLength && i == 1 ? 1 : 0);
            Set(Sized, sized ? 1 : 0);
            Set(Filled, filled ? 1 : 0);
            Set(WordEnds, wordEnds ? 1 : 0);
            Set(KeyWord, keyWord ? 1 : 0);
            Set(Peak, peak ? 1 : 0);
            Set(Rest, units);
            Set(Zeros, zeros ? 1 : 0);
            Set(Leads, leads ? 1 : 0);
            Set(Bare, bare ? 1 : 0);
            Set(Below, below ? 1 : 0);
            if (shown == RowFault.Form) Invert(Inverse, bad);
            else if (shown == RowFault.Word && peak) Invert(Inverse, (int)(_first + _second));
            else if (shown == RowFault.None && low != 0 && ((ends && !alone) || owed)) Invert(Inverse, low);
            if (unit && units > 0) Invert(Other, units);
            else if (filled) Invert(Other, (int)_first);
            else if (leads && mask != 0) Invert(Other, BitOperations.PopCount((uint)mask));
            bool asks = state is Kind or AmountE or FeeE || edge2 || edge4 || keyWord || sized;
            int asked = asks ? AskOf(shown, state, low, edge2, edge4, sized, bare, below, keyWord && !peak) : 0;
            Set(Asked, asked);
            if (asks && (uint)asked < (uint)_asked.Length) _asked[asked]++;
            bool whole = !isShort && !goes && (!isWords || place == 3);
            Set(Told, whole && (_isLive || isTold) ? 1 : 0);
            if (shown != RowFault.None) Set(ColumnOf(shown, peak), 1);
            Stand();
            CarryOn(state, low, part, ends, goes, isRepeated);
            if (unit) units--;
            _row++;
        }
        if (state is not (AmountE or FeeE) && !(state == PayloadLength && _first != 0)) _left[group] = false;
    }

    private void Stand()
    {
        for (int i = 0; i < Carried; i++) Set(WasToken + i, (int)_stands[i]);
        Set(Ordinal, _ordinal);
    }

    /// <summary>What a byte changes of what stands behind it; and whether a fee is, or is said to be, what stood before.</summary>
    private void CarryOn(int state, int low, int part, bool ends, bool goes, bool isRepeated)
    {
        bool isFee = state == FeeM, isAlike = isRepeated && (state is FeeE or FeeM);
        Set(Alike, isAlike ? 1 : 0);
        Set(FeePart, isFee && !goes ? 1 : 0);
        Set(FeeEnds, isFee && ends ? 1 : 0);
        Set(SamePart, isFee && !goes && isAlike ? 1 : 0);
        Set(SameFee, isFee && Trace[Repeated, _row] == TField.One ? 1 : 0);
        if (ends && (state is PaidToken or FeeToken)) _stands[state - PaidToken] = _first + (_second << 14);
        if (state == FeeE) _stands[2] = (uint)low;
        if (!isFee || goes) return;
        (_stands[3 + 3 * part], _stands[4 + 3 * part], _stands[5 + 3 * part]) = (_first, _second, _third);
        if (ends) _stands.AsSpan(6 + 3 * part).Clear();
    }

    /// <summary>The limbs of a part or word up to a byte.</summary>
    private void Limbs(bool isVarint, bool isWords, int place, uint low, uint read)
    {
        if (place == 0) (_first, _second, _third) = (isVarint ? low : read, 0, 0);
        else if (isWords && place == 1) _first += read << 8;
        else if (isWords && place == 2) _second = read;
        else if (isWords) _third = read;
        else if (place == 1) _first += low << 7;
        else if (place < 4) _second += low << (7 * (place - 2));
        else _third += low << (7 * (place - 4));
    }

    private int AskOf(RowFault shown, int state, int low, bool edge2, bool edge4, bool sized, bool bare, bool below, bool isWord)
    {
        bool isExponent = state is AmountE or FeeE;
        int above = 23 - _exponent;
        if (isWord) return shown == RowFault.Word ? (int)_third - 128 : 126 - (int)_third;
        return shown switch
        {
            RowFault.Large => sized ? (int)_first - 1025 : low - (isExponent ? 31 : state == Kind ? 4 : edge2 ? 2 : 4),
            RowFault.Plain => 5461 * (low - _exponent),
            not RowFault.None => 0,
            _ when below => _exponent - 1 - low,
            _ when bare => (low - _exponent - 7) * (above == 0 ? 1 << 15 : ((1 << 15) - 1) / above),
            _ when isExponent => 1092 * low,
            _ => edge2 ? low << 14 : edge4 ? low << 13 : sized ? 1024 - (int)_first : 0,
        };
    }

    /// <summary>In how many ways mask, kind and To do not go together.</summary>
    private int BadOf(bool noTo)
    {
        bool byKey = noTo && _kind == 0;
        return (byKey != _left[1] ? 1 : 0) + (_kind != 0 && !noTo ? 1 : 0) + (_kind > 1 && _left[4] ? 1 : 0) + (_left[8] && !_left[6] ? 1 : 0);
    }

    private static int GroupOf(int state) => state switch
    {
        <= Recipient => state - Kind,
        AmountE or AmountM => 2,
        FeeE or FeeM => 3,
        <= Address => 4 + state - PaidToken,
        PayloadLength or Payload => 10,
        _ => 11,
    };

    private static int ColumnOf(RowFault fault, bool peak) => fault switch
    {
        RowFault.Short => Short,
        RowFault.Large => Large,
        RowFault.Long => Long,
        RowFault.Zero => Zero,
        RowFault.Amount => Amount,
        RowFault.Form => Form,
        RowFault.Plain => Plain,
        RowFault.Same => Same,
        RowFault.Nothing => Nothing,
        RowFault.Repeated => Repeated,
        RowFault.Word => peak ? WordRest : WordTop,
        _ => throw new ArgumentException($"Expected a fault behind a code, got {fault}.", nameof(fault)),
    };

    private void Invert(int column, int value) => Trace[column, _row] = value == 0 ? TField.Zero : Value(value).Inverse();

    private void Set(int column, int value, int offset = 0) => Trace[column, _row + offset] = Value(value);

    private static TField Value(int value) => value < 0 ? -TField.FromUInt64((ulong)-value) : TField.FromUInt64((ulong)value);
}
