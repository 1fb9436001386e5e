using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Shows that the amount at which a batch fails is not in its one form, or is 2^120 or more: takes its parts and exponent from
/// <see cref="RollupBuses.Field"/> and sends <see cref="RollupBuses.AmountFault"/>. One row of 32 is real, if any: that whose number is
/// the exponent.
/// </summary>
/// <remarks>
/// With V the mantissa m, or 8 m of a plain row's code, and k = 1 or 8, in limbs of 14 bits:
/// <list type="table">
/// <item><term>odd</term><description>V = 10 k X, the exponent is not 30, and V and it are not both 0</description></item>
/// <item><term>zero</term><description>V = 0, the exponent is not</description></item>
/// <item><term>big</term><description>V = k T + X, T the least mantissa that is too large for the exponent</description></item>
/// </list>
/// All parts are taken, since the reader of the amount says which is its last.
/// </remarks>
/// <param name="exponent">The least exponent of plain rows, 0 to 24.</param>
internal readonly struct AmountFaultAir(int exponent) : IAir
{
    // Whether the row is the fault; transaction; whose amount: a code's, an amount, a fee; the parts there are besides the first; which
    // fault: odd, zero, big; an inverse; the code without its exponent, by 8.
    internal const int Real = 0, Transaction = 1, Code = 2, Amount = 3, Fee = 4, Second = 5, Third = 6, Odd = 7, Zero = 8, Big = 9, Inverse = 10, Eighth = 11;

    // The limbs that were posted; X; carries from limb to limb.
    internal const int Limb = 12, Rest = Limb + Limbs, Carry = Rest + Limbs;

    internal const int Width = Carry + Limbs - 1;

    /// <summary>Limbs of a number, and bits of each.</summary>
    internal const int Limbs = 9, LimbBits = 14;

    /// <summary>Rows: exponents, and one more.</summary>
    internal const int Height = 32;

    // Preprocessed: the exponent, whether it is 30, whether plain rows have it, T.
    private const int Exponent = 0, IsMost = 1, IsPlain = 2, Least = 3;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "fault of an amount", Width = Width, PreprocessedWidth = Least + Limbs, Height = Height };

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField>
    {
        for (int row = 0; row < Height; row++)
        {
            columns[Exponent, row] = TField.FromUInt64((ulong)row);
            columns[IsMost, row] = row == 30 ? TField.One : TField.Zero;
            columns[IsPlain, row] = row >= exponent && row <= exponent + 6 ? TField.One : TField.Zero;
            for (int i = 0; i < Limbs; i++) columns[Least + i, row] = TField.FromUInt64(LimbOf(LeastBeyond(row), i));
        }
    }

    /// <summary>The least mantissa with which an amount of an exponent is 2^120 or more.</summary>
    internal static UInt128 LeastBeyond(int exponent)
    {
        UInt128 most = (UInt128.One << 120) - 1;
        for (int i = 0; i < exponent; i++) most /= 10;
        return most + 1;
    }

    /// <summary>A limb, the lowest first.</summary>
    internal static uint LimbOf(UInt128 value, int index) => (uint)(value >> LimbBits * index) & ((1u << LimbBits) - 1);

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue one = b.Constant(1), zero = b.Constant(0), real = b.Local(Real), power = b.Preprocessed(Exponent), code = b.Local(Code), odd = b.Local(Odd), none = b.Local(Zero), big = b.Local(Big);
        for (int i = 0; i <= Big; i++)
            if (i != Transaction) b.AssertBoolean(b.Local(i), "bit", i);
        b.AssertZero(code + b.Local(Amount) + b.Local(Fee) - real, "one amount");
        b.AssertZero(odd + none + big - real, "one fault");
        b.AssertZero((one - real) * b.Local(Transaction), "unused", 0);
        b.AssertZero((one - real) * b.Local(Inverse), "unused", 1);
        b.AssertZero(b.Local(Second) * (one - real), "parts", 0);
        b.AssertZero(b.Local(Third) * (one - b.Local(Second)), "parts", 1);
        TValue sum = zero, flat = power, carry = zero, radix = b.Constant(1 << LimbBits), ten = b.Constant(10) + code * b.Constant(70), eight = one + code * b.Constant(7), exponents = code * (power - b.Constant((ulong)exponent));
        for (int i = 0; i < Limbs; i++)
        {
            TValue limb = b.Local(Limb + i), rest = b.Local(Rest + i), next = i == Limbs - 1 ? zero : b.Local(Carry + i), isThere = i < 3 ? real : i < 6 ? b.Local(Second) : b.Local(Third);
            b.AssertZero((one - isThere) * limb, "no part", i);
            TValue value = i == 0 ? limb - exponents : limb;
            sum += value;
            flat += limb;
            b.AssertZero(odd * (ten * rest + carry - value - radix * next), "odd", i);
            b.AssertZero(big * (value + radix * next - eight * b.Preprocessed(Least + i) - rest - carry), "big", i);
            b.AssertZero((one - odd - big) * rest, "no rest", i);
            if (i < Limbs - 1) b.AssertZero((one - odd - big) * next, "no carry", i);
            // Of its double a range would say nothing: half of an odd number is an element too.
            b.Send(Buses.Range(15), real, [rest]);
            if (i < Limbs - 1) b.Send(Buses.Range(15), real, [next]);
            carry = next;
        }
        b.AssertZero(code * (one - b.Preprocessed(IsPlain)), "exponent of a code");
        b.AssertZero(code * (b.Local(Eighth) * b.Constant(8) - b.Local(Limb) + power - b.Constant((ulong)exponent)), "eighth", 0);
        b.AssertZero((one - code) * b.Local(Eighth), "eighth", 1);
        b.AssertZero(odd * b.Preprocessed(IsMost), "most exponent");
        b.AssertZero(none * sum, "zero", 0);
        b.AssertZero(none * (power * b.Local(Inverse) - one), "zero", 1);
        b.AssertZero(big * b.Local(Inverse), "unused", 2);
        // With exponent 0 a code is V.
        b.AssertZero(odd * (flat * b.Local(Inverse) - one), "not zero");
        TValue transaction = b.Local(Transaction), field = code * b.Constant((ulong)RowField.Code) + b.Local(Amount) * b.Constant((ulong)RowField.Amount) + b.Local(Fee) * b.Constant((ulong)RowField.Fee);
        b.Receive(RollupBuses.Field, real, [transaction, field, zero, b.Local(Limb), b.Local(Limb + 1), b.Local(Limb + 2)], bound: 1);
        b.Receive(RollupBuses.Field, b.Local(Second), [transaction, field, one, b.Local(Limb + 3), b.Local(Limb + 4), b.Local(Limb + 5)], bound: 1);
        b.Receive(RollupBuses.Field, b.Local(Third), [transaction, field, b.Constant(2), b.Local(Limb + 6), b.Local(Limb + 7), b.Local(Limb + 8)], bound: 1);
        b.Receive(RollupBuses.Field, b.Local(Amount) + b.Local(Fee), [transaction, field - b.Local(Amount) - b.Local(Fee), zero, power, zero, zero], bound: 1);
        b.Send(Buses.Range(15), code, [b.Local(Eighth)]);
        b.Send(RollupBuses.AmountFault, real, [transaction, field, b.Local(Second) + b.Local(Third)]);
    }
}
