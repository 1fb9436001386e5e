using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Rollups.Zk.Circuit.AmountFaultAir;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The table <see cref="AmountFaultAir"/>.</summary>
internal static class AmountFaultWriter
{
    /// <summary>The table of no fault.</summary>
    public static Trace<TField> None<TField>() where TField : struct, IField<TField> => new(Width, Height);

    /// <summary>The table of the row that reading ended with, if its fault is an amount's.</summary>
    /// <param name="data">All posted bytes.</param>
    /// <param name="row">The row.</param>
    /// <param name="fields">The fields behind its code, up to the fault.</param>
    /// <param name="exponent">The least exponent of plain rows.</param>
    /// <param name="transaction">The row's number.</param>
    /// <param name="asked">Counters of the range table of 15 bits, which are raised.</param>
    public static Trace<TField> Of<TField>(ReadOnlySpan<byte> data, PostedRow row, IReadOnlyList<FieldSpan> fields, int exponent, int transaction, Span<uint> asked) where TField : struct, IField<TField>
    {
        if (row.Fault != RowFault.Amount) return None<TField>();
        (int start, int end, RowField field) = row.IsFull && fields.Count > 0 ? (fields[^1].Start, fields[^1].End, fields[^1].Field) : (row.CodeEnd - 1, row.CodeEnd, RowField.Code);
        while (field == RowField.Code && data[start - 1] >= 128) start--;
        UInt128 number = 0;
        for (int i = end - 1; i >= start; i--) number = number << 7 | data[i] & 0x7Fu;
        int form = field == RowField.Code ? (int)(number & 7) : 0, power = field == RowField.Code ? exponent + form : fields.Count > 1 ? data[fields[^2].Start] : 0;
        if (field is not (RowField.Code or RowField.Amount or RowField.Fee) || power > 30) return None<TField>();
        return Generate<TField>(transaction, field, number, power, form, 1 + (end - start - 1) / 6, asked);
    }

    /// <summary>The table of an amount.</summary>
    /// <param name="transaction">Its row's number.</param>
    /// <param name="field">Code, Amount or Fee.</param>
    /// <param name="number">The code or mantissa as posted.</param>
    /// <param name="power">Its exponent, 0 to 30.</param>
    /// <param name="form">What is left of a code behind the exponent's three bits: that exponent less the least one; else 0.</param>
    /// <param name="parts">Parts that the number was posted in, 1 to 3.</param>
    /// <param name="asked">Counters of the range table of 15 bits, which are raised.</param>
    public static Trace<TField> Generate<TField>(int transaction, RowField field, UInt128 number, int power, int form, int parts, Span<uint> asked) where TField : struct, IField<TField>
    {
        Trace<TField> trace = new(Width, Height);
        bool isCode = field == RowField.Code;
        UInt128 value = number - (UInt128)form, least = LeastBeyond(power) * (isCode ? 8u : 1u), ten = isCode ? 80u : 10u;
        bool isZero = value == 0, isBig = !isZero && value >= least, isOdd = !isZero && !isBig;
        Set(Real, 1);
        Set(Transaction, (ulong)transaction);
        Set(field switch { RowField.Code => Code, RowField.Amount => Amount, _ => Fee }, 1);
        Set(Second, parts > 1 ? 1u : 0);
        Set(Third, parts > 2 ? 1u : 0);
        Set(isOdd ? Odd : isZero ? Zero : Big, 1);
        if (isCode) Set(Eighth, LimbOf(number, 0) - (ulong)form >> 3);
        UInt128 rest = isOdd ? value / ten : isBig ? value - least : 0;
        ulong carry = 0, sum = (ulong)power;
        for (int i = 0; i < AmountFaultAir.Limbs; i++)
        {
            ulong limb = LimbOf(value, i), left = LimbOf(rest, i);
            sum += LimbOf(number, i);
            Set(Limb + i, LimbOf(number, i));
            Set(Rest + i, left);
            asked[(int)left]++;
            if (isOdd) carry = (ulong)ten * left + carry - limb >> LimbBits;
            else if (isBig) carry = (isCode ? 8ul : 1ul) * LimbOf(LeastBeyond(power), i) + left + carry - limb >> LimbBits;
            if (i == AmountFaultAir.Limbs - 1) break;
            Set(Carry + i, carry);
            asked[(int)(carry & 0x7FFF)]++;
        }
        if (isCode) asked[(int)(LimbOf(number, 0) - (uint)form >> 3)]++;
        if (!isBig) trace[Inverse, power] = isZero ? Invert((ulong)power) : Invert(sum);
        return trace;

        void Set(int column, ulong cell) => trace[column, power] = TField.FromUInt64(cell);

        static TField Invert(ulong cell) => cell == 0 ? TField.Zero : TField.FromUInt64(cell).Inverse();
    }
}
