using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.PaymentColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The payments that posted rows mean, a row each: fields from <see cref="RollupBuses.Field"/>, payments to <see cref="RollupBuses.Payment"/>. 109 columns, 48
/// interactions, degree 3.
/// </summary>
/// <remarks>
/// Public values: the number of the first transaction and the one behind the last; token, fee token and fee (8 limbs) of the row before the first and of the last; whether
/// the payments are told, or read alone. The former hold from row
/// to row, behind the last too; all else is 0 there. Numbers are in range by who tells the fields. A plain amount with a mantissa below 2^27 is multiplied here, any
/// other asked of <see cref="WideAmountAir"/>; either way an amount has one form.
/// <list type="table">
/// <item><term>a field of another row, left out or made up</term><description>Field is a permutation bus with the transaction's number, and the code says which there are</description></item>
/// <item><term>a full row read as plain, or the reverse</term><description>full: the code is 8 mask + 7; plain: its lowest bits are asked for as 0 to 6</description></item>
/// <item><term>another amount than posted</term><description>"code", "product": both sides are below the modulus as integers; or the wide amounts' table</description></item>
/// <item><term>another form of an amount</term><description>"quotient" with a digit of 1 to 9</description></item>
/// <item><term>another token or fee than the row's or the one before's</term><description>"carried"</description></item>
/// <item><term>a fee or token said again, which is a fault</term><description>"another fee", "another token"</description></item>
/// <item><term>a sponsor that is the sender</term><description>"sponsor"</description></item>
/// </list>
/// </remarks>
/// <param name="exponent">The least exponent of plain rows, 0 to 24.</param>
internal readonly struct PaymentAir(int exponent) : IAir
{
    /// <summary>Public values: transactions; what is carried in, and out; whether payments are told.</summary>
    public const int Before = 0, After = 1, In = 2, Out = In + CarriedCount, Told = Out + CarriedCount, PublicValues = Told + 1;

    private const int MostStep = 6;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "payments", Width = Width, PublicValues = PublicValues };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Form(ref b);
        Rules<TBuilder, TValue>.Changes(ref b);
        Rules<TBuilder, TValue>.Plain(ref b, exponent);
        Rules<TBuilder, TValue>.Fields(ref b);
        Rules<TBuilder, TValue>.Payment(ref b);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        public static void Form(ref TBuilder b)
        {
            TValue one = b.Constant(1), used = b.Local(Used), full = b.Local(IsFull), amount = HasAmount(ref b), wide = b.Local(IsWide);
            for (int i = IsFull; i <= HasKey; i++) b.AssertBoolean(b.Local(i), "bit", i);
            foreach (int i in (ReadOnlySpan<int>)[Used, Part1, Part2, FeePart1, FeePart2, IsWide]) b.AssertBoolean(b.Local(i), "bit", i);
            b.AssertZero(Rows.Transition, (one - used) * b.Next(Used), "used rows first");
            for (int i = IsFull; i < Width; i++)
            {
                if (i is < Carried or >= Carried + CarriedCount) b.AssertZeroWhen(one - used, b.Local(i), "unused", i);
            }
            b.AssertZero(Rows.First, b.Local(Transaction) - b.Public(Before), "transaction", 0);
            b.AssertZero(Rows.Transition, b.Next(Transaction) - b.Local(Transaction) - used, "transaction", 1);
            b.AssertZero(Rows.Last, b.Local(Transaction) + used - b.Public(After), "transaction", 2);

            b.AssertZero(b.Local(HasKind) - b.Local(IsWithdraw) - b.Local(IsMessage) - b.Local(IsRotate), "kind");
            b.AssertZeroWhen(b.Local(HasKind), b.Local(HasKey), "key of a transfer");
            for (int i = HasFee; i <= HasKey; i++) b.AssertZeroWhen(one - full, b.Local(i), "mask of a full row", i);
            for (int i = 0; i < CarriedCount; i++)
            {
                int bit = i == 0 ? HasToken : i == 1 ? HasFeeToken : HasFee;
                b.AssertZero(Rows.First, (one - b.Local(bit)) * (b.Local(Carried + i) - b.Public(In + i)), "carried in", i);
                b.AssertZero(Rows.Transition, (one - b.Next(bit)) * (b.Next(Carried + i) - b.Local(Carried + i)), "carried", i);
                b.AssertZero(Rows.Last, b.Local(Carried + i) - b.Public(Out + i), "carried out", i);
            }
            Absent(ref b, b.Local(HasSponsor), Sponsor, 3);
            Absent(ref b, b.Local(HasSkip), Skip, 2);
            Absent(ref b, b.Local(HasSponsorSkip), SponsorSkip, 2);
            Absent(ref b, b.Local(HasToken), TokenHigh, 1);
            Absent(ref b, b.Local(HasFeeToken), FeeTokenHigh, 1);
            Absent(ref b, b.Local(HasFee), FeePosted, 12);
            Absent(ref b, b.Local(FeePart1), FeePosted + 3, 3);
            Absent(ref b, b.Local(FeePart2), FeePosted + 6, 3);
            Absent(ref b, amount, Posted, 12);
            Absent(ref b, b.Local(Part1), Posted + 3, 3);
            Absent(ref b, b.Local(Part2), Posted + 6, 3);
            Absent(ref b, amount, Amount, 8);
            Absent(ref b, amount, IsWide, 1);
            Absent(ref b, b.Local(HasKind) + b.Local(HasKey), PaymentColumns.Tail, 8);
            b.AssertZero(b.Local(AmountToken) - amount * b.Local(TokenNumber), "amount's token");
            b.AssertZeroWhen(b.Local(Part2), one - b.Local(Part1), "parts in order", 0);
            b.AssertZeroWhen(b.Local(FeePart2), one - b.Local(FeePart1), "parts in order", 1);
            b.AssertZeroWhen(one - wide, b.Local(Shown), "shown", 0);
            b.AssertZero(wide * (one - full) * (b.Local(Shown) - b.Constant(WideAmountAir.Plain)), "shown", 1);
            b.AssertZeroWhen(amount - wide, full, "full is wide");
            b.AssertZero((Number(ref b, Sponsor) - Number(ref b, Sender)) * b.Local(SponsorInverse) - b.Local(HasSponsor), "sponsor", 0);
            b.AssertZeroWhen(one - b.Local(HasSponsor), b.Local(SponsorInverse), "sponsor", 1);
        }

        /// <summary>What a row says is not what holds anyway. In a row that says nothing nothing changes, whatever its carries are.</summary>
        public static void Changes(ref TBuilder b)
        {
            TValue fromIn = b.Constant(0), fromRow = b.Constant(0);
            for (int pair = 0; pair < FeePairs; pair++)
            {
                TValue shown = b.Local(FeeChange + pair), next = b.Next(FeeChange + pair), said = Pair(b.Next(Fee + 2 * pair), b.Next(Fee + 2 * pair + 1), b.Constant(Limbs.Radix));
                TValue here = Pair(b.Local(Fee + 2 * pair), b.Local(Fee + 2 * pair + 1), b.Constant(Limbs.Radix));
                fromIn += shown * (here - Pair(b.Public(In + 2 + 2 * pair), b.Public(In + 3 + 2 * pair), b.Constant(Limbs.Radix)));
                fromRow += next * (said - here);
                for (int other = 0; other < pair; other++) b.AssertZero(b.Local(HasFee) * shown * b.Local(FeeChange + other), "one pair", FeePairs * other + pair);
            }
            b.AssertZero(Rows.First, fromIn - b.Local(HasFee), "another fee", 0);
            b.AssertZero(Rows.Transition, fromRow - b.Next(HasFee), "another fee", 1);
            for (int i = 0; i < 2; i++)
            {
                (int value, int change, int bit) = i == 0 ? (TokenNumber, TokenChange, HasToken) : (FeeToken, FeeTokenChange, HasFeeToken);
                b.AssertZero(Rows.First, b.Local(change) * (b.Local(value) - b.Public(In + i)) - b.Local(bit), "another token", 2 * i);
                b.AssertZero(Rows.Transition, b.Next(change) * (b.Next(value) - b.Local(value)) - b.Next(bit), "another token", 2 * i + 1);
            }
        }

        // A plain amount whose mantissa is below 2^27.
        public static void Plain(ref TBuilder b, int exponent)
        {
            TValue one = b.Constant(1), zero = b.Constant(0), fast = HasAmount(ref b) - b.Local(IsWide), step = b.Local(Step), low = b.Local(Mantissa), high = b.Local(Mantissa + 1), radix = b.Constant(Limbs.Radix);
            for (int i = Step; i < SponsorInverse; i++)
            {
                TValue changes = i is >= FeeChange and < TokenChange ? b.Local(HasFee) : i == TokenChange ? b.Local(HasToken) : i == FeeTokenChange ? b.Local(HasFeeToken) : zero;
                b.AssertZeroWhen(one - fast - changes, b.Local(i), "not plain", i);
            }
            b.AssertZeroWhen(fast, Number(ref b, Posted) - step - b.Constant(8) * low - b.Constant(1 << 18) * high, "code");
            b.AssertZeroWhen(fast, b.Local(Part1), "short code");
            // Below 2^30, so that the code is no other one modulo the field.
            b.Send(Buses.Range(Limbs.Bits), fast, [b.Constant(1 << 13) * b.Local(Posted + 2)]);
            b.AssertZero(low + radix * high - b.Constant(10) * (b.Local(Quotient) + radix * b.Local(Quotient + 1)) - b.Local(Digit), "quotient");
            Bus range = Buses.Range(Limbs.Bits);
            b.Send(range, fast, [step]);
            b.Send(range, fast, [b.Constant(MostStep) - step]);
            b.Send(range, fast, [low]);
            b.Send(range, fast, [high]);
            b.Send(range, fast, [b.Constant(8) * high]);
            b.Send(range, fast, [b.Local(Quotient)]);
            b.Send(range, fast, [b.Local(Quotient + 1)]);
            b.Send(range, fast, [b.Constant(32) * b.Local(Quotient + 1)]);
            b.Send(range, fast, [b.Local(Digit) - one]);
            b.Send(range, fast, [b.Constant(9) - b.Local(Digit)]);
            InlineArray8<TValue> power = default;
            power[0] = step + b.Constant((ulong)exponent);
            for (int i = 0; i < PowerLimbs; i++) power[1 + i] = b.Local(Power + i);
            b.Send(RollupBuses.Pow10, fast, power);
            TValue carry = zero;
            for (int i = 0; i < Limbs.Count; i++)
            {
                // A carry is below 2^15 + 2^13, so that no side reaches the modulus; a bit of weight 2^15 would.
                TValue carryOut = i < Carries ? b.Local(Carry + i) + b.Constant(1 << 13) * b.Local(CarryBit + i) : zero;
                TValue product = (i < PowerLimbs ? low * b.Local(Power + i) : zero) + (i > 0 ? high * b.Local(Power + i - 1) : zero);
                b.AssertZeroWhen(fast, b.Local(Amount + i) + radix * carryOut - product - carry, "product", i);
                b.Send(range, fast, [b.Local(Amount + i)]);
                if (i < Carries)
                {
                    b.AssertBoolean(b.Local(CarryBit + i), "carry bit", i);
                    b.Send(range, fast, [b.Local(Carry + i)]);
                }
                carry = carryOut;
            }
        }

        public static void Fields(ref TBuilder b)
        {
            TValue zero = b.Constant(0), used = b.Local(Used), full = b.Local(IsFull), amount = HasAmount(ref b), fee = b.Local(HasFee), mask = zero, high = b.Constant(1 << 14);
            for (int i = 7; i >= 0; i--) mask = mask + mask + b.Local(Mask + i);
            Told(ref b, used, RowField.Sender, Sender, 3);
            Told(ref b, used, RowField.To, To, 3);
            Told(ref b, full, b.Constant((ulong)RowField.Code), 0, b.Constant(8) * mask + b.Constant(7), zero, zero);
            TValue posted = b.Constant((ulong)RowField.Code) + full * b.Constant(RowField.Amount - RowField.Code);
            for (int part = 0; part < 3; part++)
            {
                Told(ref b, part == 0 ? amount : b.Local(Part1 + part - 1), posted, part, b.Local(Posted + 3 * part), b.Local(Posted + 3 * part + 1), b.Local(Posted + 3 * part + 2));
                Told(ref b, part == 0 ? fee : b.Local(FeePart1 + part - 1), b.Constant((ulong)RowField.Fee), part, b.Local(FeePosted + 3 * part), b.Local(FeePosted + 3 * part + 1), b.Local(FeePosted + 3 * part + 2));
            }
            Told(ref b, full - b.Local(IsMessage) - b.Local(IsRotate), RowField.AmountExponent, Shown, 1);
            Told(ref b, fee, RowField.FeeExponent, FeeExponent, 1);
            Told(ref b, b.Local(HasToken), b.Constant((ulong)RowField.Token), 0, b.Local(TokenNumber) - high * b.Local(TokenHigh), b.Local(TokenHigh), zero);
            Told(ref b, b.Local(HasFeeToken), b.Constant((ulong)RowField.FeeToken), 0, b.Local(FeeToken) - high * b.Local(FeeTokenHigh), b.Local(FeeTokenHigh), zero);
            Told(ref b, b.Local(HasSponsor), RowField.Sponsor, Sponsor, 3);
            Told(ref b, b.Local(HasSkip), RowField.KeySkip, Skip, 2);
            Told(ref b, b.Local(HasSponsorSkip), RowField.SponsorSkip, SponsorSkip, 2);
            Told(ref b, b.Local(HasKind), b.Constant((ulong)RowField.Kind), 0, Kind(ref b), zero, zero);
        }

        public static void Payment(ref TBuilder b)
        {
            Message<TValue> room = default;
            Span<TValue> message = ((Span<TValue>)room)[..18];
            Columns(ref b, Posted, message[..9]);
            message[9] = b.Local(Shown);
            Columns(ref b, Amount, message[10..]);
            b.Send(RollupBuses.WideAmount, b.Local(IsWide), message);
            Columns(ref b, FeePosted, message[..9]);
            message[9] = b.Local(FeeExponent);
            Columns(ref b, Fee, message[10..]);
            b.Send(RollupBuses.WideAmount, b.Local(HasFee), message);
            message = ((Span<TValue>)room)[..9];
            message[0] = b.Local(Transaction);
            Columns(ref b, PaymentColumns.Tail, message[1..]);
            b.Receive(RollupBuses.Tail, b.Local(HasKind) + b.Local(HasKey), message, bound: 1);
            message = room;
            TValue high = b.Constant(1 << 14);
            (message[0], message[1], message[2], message[3]) = (b.Local(Transaction), Kind(ref b), b.Local(HasKey), Number(ref b, Sender));
            (message[4], message[5]) = (Number(ref b, Sponsor) + b.Local(HasSponsor), Number(ref b, To));
            (message[6], message[7]) = (b.Local(Skip) + high * b.Local(Skip + 1), b.Local(SponsorSkip) + high * b.Local(SponsorSkip + 1));
            (message[8], message[9]) = (b.Local(AmountToken), b.Local(FeeToken));
            Columns(ref b, Amount, message[10..18]);
            Columns(ref b, Fee, message[18..26]);
            Columns(ref b, PaymentColumns.Tail, message[26..]);
            b.Send(RollupBuses.Payment, b.Local(Used) * b.Public(PaymentAir.Told), message);
        }

        private static void Told(ref TBuilder b, TValue times, RowField field, int column, int limbs) =>
            Told(ref b, times, b.Constant((ulong)field), 0, b.Local(column), limbs > 1 ? b.Local(column + 1) : b.Constant(0), limbs > 2 ? b.Local(column + 2) : b.Constant(0));

        private static void Told(ref TBuilder b, TValue times, TValue field, int part, TValue first, TValue second, TValue third) =>
            b.Receive(RollupBuses.Field, times, [b.Local(Transaction), field, b.Constant((ulong)part), first, second, third], bound: 1);

        private static void Absent(ref TBuilder b, TValue isThere, int column, int count)
        {
            for (int i = 0; i < count; i++) b.AssertZeroWhen(b.Constant(1) - isThere, b.Local(column + i), "absent", column + i);
        }

        private static TValue HasAmount(ref TBuilder b) => b.Local(Used) - b.Local(IsMessage) - b.Local(IsRotate);

        private static TValue Pair(TValue low, TValue high, TValue radix) => low + radix * high;

        private static TValue Kind(ref TBuilder b) => b.Local(IsWithdraw) + b.Constant(2) * b.Local(IsMessage) + b.Constant(3) * b.Local(IsRotate);

        private static TValue Number(ref TBuilder b, int limbs) => b.Local(limbs) + b.Constant(1 << 14) * b.Local(limbs + 1) + b.Constant(1 << 28) * b.Local(limbs + 2);

        private static void Columns(ref TBuilder b, int column, scoped Span<TValue> message)
        {
            for (int i = 0; i < message.Length; i++) message[i] = b.Local(column + i);
        }
    }

    /// <summary>The longest message, of <see cref="RollupBuses.Payment"/>.</summary>
    [InlineArray(34)]
    private struct Message<TElement>
    {
        private TElement _first;
    }
}
