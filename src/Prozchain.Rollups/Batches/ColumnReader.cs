using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Reads columns from untrusted bytes. What it accepts, <see cref="ColumnWriter"/> would write byte for byte. Every member
/// returns false once something is wrong, and <see cref="Fault"/> says what was first. Keeps its memory from batch to
/// batch. Not thread-safe.
/// </summary>
public sealed class ColumnReader
{
    private readonly NumberPlanner _planner = new();
    private readonly ulong[] _dictionary = new ulong[NumberPlan.MaxEntries];
    private ulong[] _gaps = [], _values = [], _mantissas = [], _exponents = [];
    private ReadOnlyMemory<byte> _source;

    /// <summary>What was found wrong first; none so far if <see cref="BatchFault.None"/>.</summary>
    public BatchFault Fault { get; private set; }

    /// <summary>Bytes read.</summary>
    public int Offset { get; private set; }

    /// <summary>Bytes left.</summary>
    public int Remaining => _source.Length - Offset;

    /// <summary>Reads the byte that says the layout of the columns behind it.</summary>
    internal bool TryReadLayout(out ColumnLayout layout)
    {
        layout = default;
        if (!TryReadBytes(1, out ReadOnlyMemory<byte> value)) return false;
        layout = _planner.Layout = (ColumnLayout)value.Span[0];
        return layout <= ColumnLayout.Aligned || Fail(BatchFault.UnknownVersion);
    }

    internal void Start(ReadOnlyMemory<byte> source)
    {
        _source = source;
        Offset = 0;
        Fault = BatchFault.None;
    }

    /// <summary>Notes a fault, unless there is one already; always false.</summary>
    public bool Fail(BatchFault fault)
    {
        if (Fault == BatchFault.None) Fault = fault;
        return false;
    }

    /// <summary>One number, at most <paramref name="max"/>.</summary>
    public bool TryReadNumber(ulong max, out ulong value)
    {
        var reader = new WireReader(_source.Span[Offset..]);
        value = 0;
        if (Fault != BatchFault.None) return false;
        if (!reader.TryReadVarint(out ulong read)) return FailNumber(Offset);
        if (read > max) return Fail(BatchFault.LimitExceeded);
        Offset += reader.Offset;
        value = read;
        return true;
    }

    /// <summary>One number that may have more than 64 bits, at most <paramref name="max"/>: a varint of up to 18 bytes.</summary>
    internal bool TryReadWideNumber(UInt128 max, out UInt128 value)
    {
        const int MaxBytes = 18;
        value = 0;
        if (Fault != BatchFault.None) return false;
        ReadOnlySpan<byte> bytes = _source.Span[Offset..];
        for (int i = 0; i < MaxBytes; i++)
        {
            if (i == bytes.Length) return Fail(BatchFault.Truncated);
            value |= (UInt128)(uint)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            if (bytes[i] == 0 && i > 0) return Fail(BatchFault.Malformed);
            Offset += i + 1;
            return value <= max || Fail(BatchFault.LimitExceeded);
        }
        return Fail(BatchFault.Malformed);
    }

    /// <summary>The next <paramref name="length"/> bytes, as a view of the source.</summary>
    public bool TryReadBytes(int length, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (Fault != BatchFault.None) return false;
        if ((uint)length > (uint)Remaining) return Fail(BatchFault.Truncated);
        bytes = _source.Slice(Offset, length);
        Offset += length;
        return true;
    }

    /// <summary>A column of as many numbers as there is room for.</summary>
    public bool TryReadNumbers(Span<ulong> column)
    {
        if (column.IsEmpty || Fault != BatchFault.None) return Fault == BatchFault.None;
        if (Remaining == 0) return Fail(BatchFault.Truncated);
        byte first = _source.Span[Offset];
        var form = (ColumnForm)(first >> 6);
        NumberPlan plan;
        if (form == ColumnForm.Packed)
        {
            if (!TryReadPacked(column, out PackedNumbers packed)) return false;
            plan = new NumberPlan(form, 0, 0, packed, default);
        }
        else
        {
            if ((first & 0x3F) != 0 || form > ColumnForm.Dictionary) return Fail(BatchFault.Malformed);
            Offset++;
            if (!(form == ColumnForm.Sparse ? TryReadSparse(column, out plan) : TryReadDictionary(column, out plan))) return false;
        }
        return _planner.Plan(column) == plan || Fail(BatchFault.NotCanonical);
    }

    /// <summary>A column of as many amounts as there is room for.</summary>
    public bool TryReadAmounts(Span<UInt128> column)
    {
        Grow(ref _mantissas, column.Length);
        Grow(ref _exponents, column.Length);
        if (!TryReadNumbers(_exponents.AsSpan(0, column.Length)) || !TryReadNumbers(_mantissas.AsSpan(0, column.Length))) return false;
        for (int i = 0; i < column.Length; i++)
        {
            if (_exponents[i] != DecimalFloat.Escape)
            {
                if (!DecimalFloat.TryJoin(_mantissas[i], _exponents[i], out column[i])) return Fail(BatchFault.Malformed);
                continue;
            }
            if (_mantissas[i] != 0) return Fail(BatchFault.Malformed);
            if (!TryReadBytes(DecimalFloat.EscapedSize, out ReadOnlyMemory<byte> bytes)) return false;
            column[i] = BinaryPrimitives.ReadUInt128LittleEndian(bytes.Span);
            if (DecimalFloat.Split(column[i]).Exponent != DecimalFloat.Escape) return Fail(BatchFault.NotCanonical);
        }
        return true;
    }

    private bool TryReadSparse(Span<ulong> column, out NumberPlan plan)
    {
        plan = default;
        if (!TryReadNumber((ulong)column.Length, out ulong entries) || !TryReadNumber(ulong.MaxValue, out ulong usual)) return false;
        Grow(ref _gaps, (int)entries);
        Grow(ref _values, (int)entries);
        Span<ulong> gaps = _gaps.AsSpan(0, (int)entries), values = _values.AsSpan(0, (int)entries);
        if (!TryReadPacked(gaps, out PackedNumbers first) || !TryReadPacked(values, out PackedNumbers second)) return false;
        column.Fill(usual);
        int next = 0;
        for (int i = 0; i < gaps.Length; i++)
        {
            if (gaps[i] >= (ulong)(column.Length - next)) return Fail(BatchFault.Malformed);
            next += (int)gaps[i];
            column[next++] = values[i];
        }
        plan = new NumberPlan(ColumnForm.Sparse, (int)entries, usual, first, second);
        return true;
    }

    private bool TryReadDictionary(Span<ulong> column, out NumberPlan plan)
    {
        plan = default;
        if (!TryReadNumber(NumberPlan.MaxEntries, out ulong entries)) return false;
        Span<ulong> dictionary = _dictionary.AsSpan(0, (int)entries);
        if (!TryReadPacked(dictionary, out PackedNumbers first) || !TryReadPacked(column, out PackedNumbers second)) return false;
        for (int i = 1; i < dictionary.Length; i++)
        {
            ulong previous = dictionary[i - 1];
            dictionary[i] += previous + 1;
            if (dictionary[i] <= previous) return Fail(BatchFault.Malformed);
        }
        foreach (ref ulong place in column)
        {
            if (place >= entries) return Fail(BatchFault.Malformed);
            place = dictionary[(int)place];
        }
        plan = new NumberPlan(ColumnForm.Dictionary, (int)entries, 0, first, second);
        return true;
    }

    private bool TryReadPacked(Span<ulong> values, out PackedNumbers plan)
    {
        plan = default;
        if (values.IsEmpty) return Fail(BatchFault.Malformed);
        if (!TryReadBytes(PackedNumbers.HeaderBytes, out ReadOnlyMemory<byte> header)) return false;
        int classBits = header.Span[0], shortBits = header.Span[1];
        if (classBits == PackedNumbers.Aligned && shortBits == 0) return TryReadVarints(values, out plan);
        if (classBits > PackedNumbers.MaxClassBits || shortBits + (1 << classBits) - 1 > 64) return Fail(BatchFault.Malformed);
        if (!TryReadNumber(ulong.MaxValue, out ulong least)) return false;
        int classBytes = (int)(((long)values.Length * classBits + 7) / 8);
        if (!TryReadBytes(classBytes, out ReadOnlyMemory<byte> classes)) return false;
        long bodyBits = PackedNumbers.CountBodyBits(classes.Span, values.Length, classBits, shortBits);
        if (bodyBits > 8L * Remaining) return Fail(BatchFault.Truncated);
        plan = new PackedNumbers(least, classBits, shortBits, classBytes, bodyBits);
        return TryReadBytes(plan.BodyBytes, out ReadOnlyMemory<byte> body)
            && (plan.TryRead(classes.Span, body.Span, values) || Fail(BatchFault.Malformed));
    }

    private bool TryReadVarints(Span<ulong> values, out PackedNumbers plan)
    {
        plan = default;
        if (!TryReadNumber(ulong.MaxValue, out ulong least)) return false;
        var reader = new WireReader(_source.Span[Offset..]);
        foreach (ref ulong value in values)
        {
            if (!reader.TryReadVarint(out ulong number)) return FailNumber(Offset + reader.Offset);
            value = least + number;
            if (value < least) return Fail(BatchFault.Malformed);
        }
        plan = new PackedNumbers(least, PackedNumbers.Aligned, 0, 0, 8L * reader.Offset);
        Offset += reader.Offset;
        return true;
    }

    // A varint that does not read ends early, or is not in its fewest bytes.
    private bool FailNumber(int offset)
    {
        ReadOnlySpan<byte> bytes = _source.Span[offset..];
        return Fail(bytes.Length < 10 && !bytes.ContainsAnyInRange((byte)0, (byte)0x7F) ? BatchFault.Truncated : BatchFault.Malformed);
    }

    private static void Grow(ref ulong[] array, int length)
    {
        if (array.Length < length) array = new ulong[Math.Max(length, array.Length * 2)];
    }
}
