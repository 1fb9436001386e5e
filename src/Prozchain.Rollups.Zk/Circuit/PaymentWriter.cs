using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.PaymentColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The fields of a posted row, as numbers.</summary>
internal readonly record struct PostedFields
{
    /// <summary>The code: of a full row, 8 mask + 7.</summary>
    public UInt128 Code { get; init; }

    public uint Kind { get; init; }

    public uint Sender { get; init; }

    public uint To { get; init; }

    /// <summary>Of a full row, mantissa and exponent.</summary>
    public (UInt128 Mantissa, int Exponent) Amount { get; init; }

    /// <summary>Where it is posted, as the tokens and those behind them.</summary>
    public (UInt128 Mantissa, int Exponent) Fee { get; init; }

    public uint Token { get; init; }

    public uint FeeToken { get; init; }

    public uint Sponsor { get; init; }

    public uint Skip { get; init; }

    public uint SponsorSkip { get; init; }

    /// <summary>As of <see cref="PostedPayment"/>.</summary>
    public Eight Tail { get; init; }

    public bool IsFull => (Code & 7) == 7;

    /// <summary>Whether a bit of the mask is set, by its column.</summary>
    public bool Has(int column) => IsFull && ((uint)Code >> (3 + column - Mask) & 1) != 0;
}

/// <summary>Writes the trace of <see cref="PaymentAir"/>.</summary>
/// <param name="exponent">The least exponent of plain rows.</param>
/// <param name="asked">Counters of the 2^15 values of the range's table.</param>
/// <param name="powers">Counters of the powers of ten.</param>
internal sealed class PaymentWriter(int exponent, uint[] asked, uint[] powers)
{
    private readonly Dictionary<WideAmount, uint> _wide = [];

    /// <summary>What <see cref="WideAmountAir"/> is asked for.</summary>
    public WideAmount[] WideAmounts => [.. _wide.Select(item => item.Key with { Asked = item.Value })];

    /// <param name="rows">The rows.</param>
    /// <param name="first">The first one's transaction.</param>
    /// <param name="carried">Token, fee token and fee of the row before.</param>
    /// <param name="publicValues">The table's public values.</param>
    /// <param name="leastLogRows">log2 of the fewest rows.</param>
    /// <param name="isTold">Whether the payments are told, rather than read alone.</param>
    public Trace<F> Generate(ReadOnlySpan<PostedFields> rows, uint first, (uint Token, uint FeeToken, UInt128 Fee) carried, out F[] publicValues, int leastLogRows = 0, bool isTold = true)
    {
        var trace = new Trace<F>(Width, CircuitRows.Height(rows.Length, leastLogRows));
        List<F> values = [F.FromUInt32(first), F.FromUInt32(first + (uint)rows.Length)];
        Add(values, carried);
        for (int row = 0; row < trace.Height; row++)
        {
            trace[Transaction, row] = F.FromUInt32(first + (uint)Math.Min(row, rows.Length));
            if (row < rows.Length) Write(trace, row, rows[row], ref carried);
            (trace[TokenNumber, row], trace[FeeToken, row]) = (F.FromUInt32(carried.Token), F.FromUInt32(carried.FeeToken));
            trace.WriteLimbs(Fee, row, carried.Fee);
        }
        Add(values, carried);
        values.Add(isTold ? F.One : F.Zero);
        publicValues = [.. values];
        return trace;
    }

    private void Write(Trace<F> trace, int row, in PostedFields fields, ref (uint Token, uint FeeToken, UInt128 Fee) carried)
    {
        trace[Used, row] = F.One;
        if (fields.IsFull) trace[IsFull, row] = F.One;
        if (fields.Kind > 0) trace[IsWithdraw + (int)fields.Kind - 1, row] = F.One;
        for (int i = Mask; i <= HasKey; i++) trace[i, row] = fields.Has(i) ? F.One : F.Zero;
        Split(trace, Sender, row, fields.Sender, 3);
        Split(trace, To, row, fields.To, 3);
        Split(trace, Sponsor, row, fields.Sponsor, 3);
        Split(trace, Skip, row, fields.Skip, 2);
        Split(trace, SponsorSkip, row, fields.SponsorSkip, 2);
        if (fields.Has(HasSponsor)) trace[SponsorInverse, row] = (F.FromUInt32(fields.Sponsor) - F.FromUInt32(fields.Sender)).Inverse();
        if (fields.Has(HasToken))
        {
            trace[TokenChange, row] = Change(carried.Token, fields.Token);
            (carried.Token, trace[TokenHigh, row]) = (fields.Token, F.FromUInt32(fields.Token >> 14));
        }
        if (fields.Has(HasFeeToken))
        {
            trace[FeeTokenChange, row] = Change(carried.FeeToken, fields.FeeToken);
            (carried.FeeToken, trace[FeeTokenHigh, row]) = (fields.FeeToken, F.FromUInt32(fields.FeeToken >> 14));
        }
        if (fields.Has(HasFee))
        {
            UInt128 before = carried.Fee;
            carried.Fee = Ask(new(fields.Fee.Mantissa, fields.Fee.Exponent, 0));
            int pair = 0;
            while (pair < FeePairs - 1 && PairOf(before, pair) == PairOf(carried.Fee, pair)) pair++;
            trace[FeeChange + pair, row] = Change(PairOf(before, pair), PairOf(carried.Fee, pair));
            Parts(trace, FeePosted, FeePart1, row, fields.Fee.Mantissa);
            trace[FeeExponent, row] = F.FromUInt32((uint)fields.Fee.Exponent);
        }
        if (fields.Has(HasKind) || fields.Has(HasKey)) trace.Write(PaymentColumns.Tail, row, fields.Tail);
        if (fields.Kind >= 2) return;
        trace[AmountToken, row] = F.FromUInt32(carried.Token);
        int step = (int)(fields.Code & 7);
        UInt128 mantissa = fields.IsFull ? fields.Amount.Mantissa : fields.Code >> 3;
        Parts(trace, Posted, Part1, row, fields.IsFull ? mantissa : fields.Code);
        UInt128 amount;
        if (!fields.IsFull && mantissa < 1 << 27 && mantissa % 10 != 0) amount = Multiply(trace, row, (uint)mantissa, step);
        else
        {
            WideAmount wide = fields.IsFull ? new(mantissa, fields.Amount.Exponent, 0) : new(mantissa, exponent + step, 0, step);
            (trace[IsWide, row], trace[Shown, row]) = (F.One, F.FromUInt32(wide.Shown));
            amount = Ask(wide);
        }
        trace.WriteLimbs(Amount, row, amount);
    }

    private UInt128 Multiply(Trace<F> trace, int row, uint mantissa, int step)
    {
        UInt128 power = 1;
        for (int i = 0; i < exponent + step; i++) power *= 10;
        powers[exponent + step]++;
        UInt128 amount = mantissa * power;
        uint low = mantissa % Limbs.Radix, high = mantissa / Limbs.Radix, quotient = mantissa / 10, digit = mantissa % 10, q0 = quotient % Limbs.Radix, q1 = quotient / Limbs.Radix;
        ReadOnlySpan<uint> cells = [(uint)step, low, high, q0, q1, digit];
        for (int i = 0; i < cells.Length; i++) trace[Step + i, row] = F.FromUInt32(cells[i]);
        uint third = (uint)((8 * (UInt128)mantissa + (uint)step) >> 28);
        foreach (uint ask in (ReadOnlySpan<uint>)[third << 13, (uint)step, 6 - (uint)step, low, high, 8 * high, q0, q1, 32 * q1, digit - 1, 9 - digit]) asked[ask]++;
        ulong carry = 0;
        for (int i = 0; i < Limbs.Count; i++)
        {
            ulong here = i < PowerLimbs ? Limbs.Of(power, i) : 0, below = i > 0 ? Limbs.Of(power, i - 1) : 0;
            if (i < PowerLimbs) trace[Power + i, row] = F.FromUInt32((uint)here);
            carry = (low * here + high * below + carry) >> Limbs.Bits;
            if (i == Carries) break;
            ulong bit = carry >= Limbs.Radix ? 1u : 0, rest = carry - (bit << 13);
            (trace[Carry + i, row], trace[CarryBit + i, row]) = (F.FromUInt32((uint)rest), F.FromUInt32((uint)bit));
            asked[rest]++;
        }
        Limbs.Ask(amount, asked);
        return amount;
    }

    private UInt128 Ask(in WideAmount wide)
    {
        _wide[wide] = _wide.GetValueOrDefault(wide) + 1;
        UInt128 amount = wide.Mantissa;
        for (int i = 0; i < wide.Exponent; i++) amount *= 10;
        return amount;
    }

    // The inverse of what changes; 0 if nothing does, which is a fault.
    private static F Change(uint before, uint after) => before == after ? F.Zero : (F.FromUInt32(after) - F.FromUInt32(before)).Inverse();

    private static uint PairOf(UInt128 amount, int pair) => Limbs.Of(amount, 2 * pair) + (Limbs.Of(amount, 2 * pair + 1) << Limbs.Bits);

    private static void Parts(Trace<F> trace, int column, int part, int row, UInt128 posted)
    {
        Split(trace, column, row, posted, 9);
        for (int i = 0; i < 2; i++) trace[part + i, row] = posted >> (42 * (i + 1)) != 0 ? F.One : F.Zero;
    }

    private static void Split(Trace<F> trace, int column, int row, UInt128 value, int limbs)
    {
        for (int i = 0; i < limbs; i++) trace[column + i, row] = F.FromUInt32((uint)(value >> (14 * i)) & 0x3FFF);
    }

    private static void Add(List<F> values, (uint Token, uint FeeToken, UInt128 Fee) carried)
    {
        values.AddRange([F.FromUInt32(carried.Token), F.FromUInt32(carried.FeeToken)]);
        for (int i = 0; i < Limbs.Count; i++) values.Add(F.FromUInt32(Limbs.Of(carried.Fee, i)));
    }
}
