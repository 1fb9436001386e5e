using Prozchain.Rollups.Batches;
using Prozchain.Zk.Fields;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Where the fields of posted rows lie (docs/formats/rollups-rows.md), up to the first fault: what writers of traces go by. Untrusted bytes;
/// agrees with <see cref="PaymentRows"/> on which have a fault.
/// </summary>
internal ref struct RowScan
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _exponent;
    private uint _token, _feeToken;
    private (UInt128 Mantissa, int Exponent) _fee;

    /// <summary>A scan before its first row.</summary>
    /// <param name="data">The posted bytes.</param>
    /// <param name="start">Where rows start.</param>
    /// <param name="exponent">The least exponent of plain rows.</param>
    public RowScan(ReadOnlySpan<byte> data, int start, int exponent)
    {
        _data = data;
        (Offset, _exponent) = (start, exponent);
    }

    /// <summary>Behind the last byte read; of a fault, behind its byte, or the end if that is what is wrong.</summary>
    public int Offset { get; private set; }

    /// <summary>What is wrong.</summary>
    public RowFault Fault { get; private set; }

    /// <summary>Reads a row; fields behind its code go to a list, the last of them up to the fault.</summary>
    public PostedRow Next(List<FieldSpan> fields)
    {
        int start = Offset;
        fields.Clear();
        if (!TryVarint(4, 4, out UInt128 sender) || !TryVarint(4, 4, out UInt128 to)) return new(start, Offset, false, Fault, 0);
        bool isFull = Offset < _data.Length && (_data[Offset] & 7) == 7;
        int codeStart = Offset;
        if (!TryVarint(isFull ? 1 : 17, 16, out UInt128 code)) return new(start, Offset, false, Fault, 0);
        int codeEnd = Offset;
        if (isFull) ReadFull((int)(code >> 3), (uint)sender, to == 0, fields);
        else if (to == 0) Fault = RowFault.Orphan;
        else if (!IsAmount(code >> 3, _exponent + (int)(code & 7))) Fault = RowFault.Amount;
        return new(start, Offset, isFull, Fault, codeEnd);
    }

    private void ReadFull(int mask, uint sender, bool noTo, List<FieldSpan> fields)
    {
        int kind = 0;
        if ((mask & 64) != 0 && !TryAlone(RowField.Kind, 4, fields, out kind)) return;
        if ((mask & 64) != 0 && kind == 0)
        {
            Fault = RowFault.Zero;
            return;
        }
        if (((mask & 128) != 0) != (kind == 0 && noTo) || (kind != 0 && !noTo) || (kind > 1 && (mask & 2) != 0) || ((mask & 32) != 0 && (mask & 8) == 0))
        {
            // It is shown at the row's first byte.
            Fault = Offset == _data.Length && kind == 0 ? RowFault.Short : RowFault.Form;
            if (kind == 0 && Fault == RowFault.Form) Offset++;
            return;
        }
        if ((mask & 128) != 0 && !TryKey(RowField.Recipient, fields)) return;
        if (kind <= 1)
        {
            if (!TryAmount(RowField.AmountExponent, mask == 0, kind == 1, fields, out _)) return;
        }
        if ((mask & 1) != 0)
        {
            if (!TryAmount(RowField.FeeExponent, false, false, fields, out (UInt128, int) fee)) return;
            if (fee == _fee) Fault = RowFault.Repeated;
            _fee = fee;
        }
        if (Fault == RowFault.None && (mask & 2) != 0 && TryField(RowField.Token, 2, 2, fields, out uint token)) Change(ref _token, token);
        if (Fault == RowFault.None && (mask & 4) != 0 && TryField(RowField.FeeToken, 2, 2, fields, out uint feeToken)) Change(ref _feeToken, feeToken);
        if (Fault == RowFault.None && (mask & 8) != 0 && TryField(RowField.Sponsor, 4, 4, fields, out uint sponsor) && sponsor == sender) Fault = RowFault.Same;
        if (Fault == RowFault.None && (mask & 16) != 0 && TryField(RowField.KeySkip, 2, 4, fields, out uint skip) && skip == 0) Fault = RowFault.Nothing;
        if (Fault == RowFault.None && (mask & 32) != 0 && TryField(RowField.SponsorSkip, 2, 4, fields, out uint other) && other == 0) Fault = RowFault.Nothing;
        if (Fault != RowFault.None) return;
        if (kind is 1 or 2 && !TryBytes(RowField.Settlement, 20, fields)) return;
        if (kind == 2)
        {
            if (!TryField(RowField.PayloadLength, 1, 128, fields, out uint length)) return;
            if (length > 1024) Fault = RowFault.Large;
            else if (length > 0 && !TryBytes(RowField.Payload, (int)length, fields)) return;
        }
        if (kind == 3) TryKey(RowField.NewKey, fields);
    }

    private void Change(ref uint usual, uint value)
    {
        if (value == usual) Fault = RowFault.Repeated;
        usual = value;
    }

    private bool TryAmount(RowField field, bool isBare, bool isOwed, List<FieldSpan> fields, out (UInt128 Mantissa, int Exponent) amount)
    {
        amount = default;
        if (!TryAlone(field, 31, fields, out int exponent)) return false;
        if (isBare && exponent >= _exponent && exponent <= _exponent + 6) Fault = RowFault.Plain;
        if (Fault != RowFault.None) return false;
        int start = Offset;
        bool isRead = TryVarint(17, 2, out UInt128 mantissa);
        fields.Add(new(field + 1, start, Offset));
        if (!isRead) return false;
        amount = (mantissa, exponent);
        if (isOwed && mantissa == 0) Fault = RowFault.Nothing;
        else if (!IsAmount(mantissa, exponent)) Fault = RowFault.Amount;
        return Fault == RowFault.None;
    }

    private bool TryAlone(RowField field, int bound, List<FieldSpan> fields, out int value)
    {
        value = 0;
        int start = Offset;
        if (!TryByte(out byte read)) return Add(fields, field, start);
        value = read;
        if (read >= 128) Fault = RowFault.Long;
        else if (read >= bound) Fault = RowFault.Large;
        return Add(fields, field, start);
    }

    private bool TryField(RowField field, int edge, int bound, List<FieldSpan> fields, out uint value)
    {
        int start = Offset;
        TryVarint(edge, bound, out UInt128 read);
        value = (uint)read;
        return Add(fields, field, start);
    }

    private bool TryBytes(RowField field, int count, List<FieldSpan> fields)
    {
        int start = Offset;
        for (int i = 0; i < count && TryByte(out _); i++) { }
        return Add(fields, field, start);
    }

    private bool TryKey(RowField field, List<FieldSpan> fields)
    {
        int start = Offset;
        for (int i = 0; i < 8; i++)
        {
            uint word = 0;
            for (int j = 0; j < 4; j++)
            {
                if (!TryByte(out byte read)) return Add(fields, field, start);
                word |= (uint)read << (8 * j);
            }
            if (word < KoalaBear.Modulus) continue;
            Fault = RowFault.Word;
            break;
        }
        return Add(fields, field, start);
    }

    private readonly bool Add(List<FieldSpan> fields, RowField field, int start)
    {
        fields.Add(new(field, start, Offset));
        return Fault == RowFault.None;
    }

    private bool TryByte(out byte value)
    {
        value = 0;
        if (Offset == _data.Length) Fault = RowFault.Short;
        else value = _data[Offset++];
        return Fault == RowFault.None;
    }

    // A varint whose byte of number edge, from 0, is the last, and there below a bound.
    private bool TryVarint(int edge, int bound, out UInt128 value)
    {
        value = 0;
        for (int i = 0; ; i++)
        {
            if (!TryByte(out byte read)) return false;
            value |= (UInt128)(read & 0x7Fu) << (7 * i);
            if (i == edge && read >= 128) Fault = RowFault.Long;
            else if (i == edge && read >= bound) Fault = RowFault.Large;
            else if (i > 0 && read == 0) Fault = RowFault.Zero;
            if (Fault != RowFault.None || read < 128) return Fault == RowFault.None;
        }
    }

    // Whether an amount is in its one form and below 2^120.
    private static bool IsAmount(UInt128 mantissa, int exponent)
    {
        if (mantissa == 0 ? exponent != 0 : exponent != 30 && mantissa % 10 == 0) return false;
        return mantissa < AmountFaultAir.LeastBeyond(exponent);
    }
}
