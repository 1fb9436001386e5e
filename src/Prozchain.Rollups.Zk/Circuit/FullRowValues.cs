using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.FullRowColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Of <see cref="FullRowAir"/>: what values must be, what each fault must show, and messages.</summary>
internal static class FullRowValues<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    /// <summary>Numbers below their bounds, exponents among them; each by one ask, of a multiple that is below 2^15 exactly then.</summary>
    public static void Bounds(ref TBuilder b, int exponent)
    {
        TValue one = b.Constant(1), low = b.Local(Low), more = b.Local(More), fault = FullRowOrder<TBuilder, TValue>.Fault(ref b), ok = one - fault;
        TValue exponents = b.Local(AmountE) + b.Local(FeeE), lone = b.Local(Kind) + exponents, mantissa = b.Local(AmountM) + b.Local(FeeM), skips = b.Local(KeySkip) + b.Local(SponsorSkip);
        TValue edge2 = b.Local(Edge2), edge4 = b.Local(Edge4), edges = edge2 + edge4 + b.Local(EdgeLength), sized = b.Local(Sized), bare = b.Local(Bare), below = b.Local(Below), limb = b.Local(Limb);
        b.AssertZero(edge2 - mantissa * b.Local(At + 5) * b.Local(Two) - (b.Local(PaidToken) + b.Local(FeeToken)) * b.Local(At + 2), "edge", 0);
        b.AssertZero(edge4 - b.Local(Sponsor) * b.Local(At + 4) - skips * b.Local(At + 2), "edge", 1);
        b.AssertZero(b.Local(EdgeLength) - b.Local(PayloadLength) * b.Local(At + 1), "edge", 2);
        b.AssertZero((edges + lone) * more * ok, "edge", 3);
        b.AssertZero(sized - b.Local(PayloadLength) * (one - more), "sized");
        b.AssertZero(sized * (limb * b.Local(Other) - b.Local(Filled)), "filled", 0);
        b.AssertZero(sized * (one - b.Local(Filled)) * (limb + b.Local(Other)), "filled", 1);
        b.AssertZero((one - sized) * b.Local(Filled), "filled", 2);

        TValue leads = b.Local(Leads), mask = FullRowOrder<TBuilder, TValue>.Sum(ref b, Left + 3, Left + 9);
        b.AssertZero(leads - b.Local(First) * b.Local(AmountE), "leads");
        b.AssertZero(leads * (mask * b.Local(Other) + bare - one), "bare", 0);
        b.AssertZero(bare * (one - leads), "bare", 1);
        b.AssertZero(bare * (mask + b.Local(Other)), "bare", 2);
        b.AssertZero(below * (one - bare), "below", 0);
        b.AssertZero(below * fault, "below", 1);

        // Of the exponents above the seven of plain rows, 23 - B are left; with none left no ask passes.
        int above = 23 - exponent;
        TValue least = b.Constant((ulong)exponent), over = low - b.Constant((ulong)exponent + 7), scaled = above < 0 ? -one : over * b.Constant(above == 0 ? 1 << 15 : ((1UL << 15) - 1) / (ulong)above);
        TValue top = b.Local(Limb + 2), key = b.Local(KeyWord), large = b.Local(Large), isLength = b.Local(PayloadLength), wordTop = b.Local(WordTop);
        TValue asked = (exponents - bare) * ok * low * b.Constant(1092) + (bare - below) * ok * scaled + below * (least - one - low) + b.Local(Plain) * (low - least) * b.Constant(5461)
            + edge2 * ok * low * b.Constant(1 << 14) + edge4 * ok * low * b.Constant(1 << 13) + sized * ok * (b.Constant(1024) - limb)
            + large * (low - isLength * low + isLength * limb - exponents * b.Constant(31) - b.Local(Kind) * b.Constant(4) - edge2 * b.Constant(2) - edge4 * b.Constant(4) - sized * b.Constant(1025))
            + (key - b.Local(Peak)) * (b.Constant(126) - top) + wordTop * (top + top - b.Constant(254));
        b.AssertZero(b.Local(Asked) - asked, "asked");
        b.AssertZero(large * (one - edge2 - edge4 - lone - sized), "large");
        b.AssertZero(b.Local(Long) * (one - edges - lone), "long", 0);
        b.AssertZero(b.Local(Long) * (one - more), "long", 1);
    }

    /// <summary>Words of keys are elements: the top byte is below 127, or is 127 with zeros below. Where units end.</summary>
    public static void Words(ref TBuilder b)
    {
        TValue one = b.Constant(1), peak = b.Local(Peak), key = b.Local(KeyWord), rest = b.Local(Limb) + b.Local(Limb + 1), unit = b.Local(WordEnds) + b.Local(Payload), zeros = b.Local(Zeros);
        b.AssertZero(key - (b.Local(Recipient) + b.Local(NewKey)) * b.Local(At + 3), "word", 0);
        b.AssertZero(peak * (one - key), "word", 1);
        b.AssertZero(peak * (b.Local(Limb + 2) - b.Constant(127)), "word", 2);
        b.AssertZero(peak * rest * (one - FullRowOrder<TBuilder, TValue>.Fault(ref b)), "word", 3);
        b.AssertZero(b.Local(WordTop) * (one - key + peak), "word", 4);
        b.AssertZero(b.Local(WordRest) * (one - peak), "word", 5);
        b.AssertZero(b.Local(WordRest) * (rest * b.Local(Inverse) - one), "word", 6);
        b.AssertZero(unit * (b.Local(Rest) * b.Local(Other) + zeros - one), "zeros", 0);
        b.AssertZero(unit * zeros * (b.Local(Rest) + b.Local(Other)), "zeros", 1);
        b.AssertZero((one - unit) * zeros, "zeros", 2);
        b.AssertZero((one - unit - b.Local(Leads) - b.Local(Sized)) * b.Local(Other), "other");
    }

    /// <summary>Last bytes that must not be 0, and the faults that are left.</summary>
    public static void Faults(ref TBuilder b)
    {
        TValue one = b.Constant(1), low = b.Local(Low), more = b.Local(More), fault = FullRowOrder<TBuilder, TValue>.Fault(ref b), inverse = b.Local(Inverse), isShort = b.Local(Short);
        TValue alone = b.Local(Alone), owed = b.Local(Owed), ends = FullRowOrder<TBuilder, TValue>.VarintEnds(ref b), tail = ends - alone, nonZero = tail + owed, own = b.Local(Form) + b.Local(WordRest);
        b.AssertZero(alone - b.Local(Begins) * (one - more), "alone");
        b.AssertZero(owed - alone * (b.Local(KeySkip) + b.Local(SponsorSkip) + b.Local(AmountM) * b.Local(Withdraws)), "owed");
        b.AssertZero(nonZero * (low * inverse - one + fault), "last byte");
        b.AssertZero((one - nonZero - own) * inverse, "inverse", 0);
        b.AssertZero((fault - own) * inverse, "inverse", 1);
        b.AssertZero(b.Local(Zero) * (one - tail - b.Local(Kind)), "zero", 0);
        b.AssertZero(b.Local(Zero) * low, "zero", 1);
        b.AssertZero(b.Local(Nothing) * (one - owed), "nothing", 0);
        b.AssertZero(b.Local(Nothing) * low, "nothing", 1);
        b.AssertZero(b.Local(Amount) * (one - b.Local(AmountM) - b.Local(FeeM)), "amount", 0);
        b.AssertZero(b.Local(Amount) * (one - ends), "amount", 1);
        b.AssertZero(b.Local(Same) * (one - b.Local(Sponsor)), "same", 0);
        b.AssertZero(b.Local(Same) * (one - ends), "same", 1);
        b.AssertZero(b.Local(Plain) * (one - b.Local(Bare)), "plain");
        b.AssertZero(isShort * (b.Local(Offset) - b.Public(Length)), "short", 0);
        b.AssertZero(isShort * low, "short", 1);
        b.AssertZero(isShort * more, "short", 2);
    }

    public static void Messages(ref TBuilder b)
    {
        TValue one = b.Constant(1), first = b.Local(First), read = b.Local(Real) - b.Local(Short), told = b.Local(Told), transaction = b.Local(Transaction), fault = FullRowOrder<TBuilder, TValue>.Fault(ref b);
        TValue whole = read - b.Local(Goes) - FullRowOrder<TBuilder, TValue>.Words(ref b) * (one - b.Local(At + 3));
        b.AssertZero(told * (one - read + b.Local(Goes)), "told", 0);
        b.AssertZero(told * (FullRowOrder<TBuilder, TValue>.Words(ref b) - b.Local(WordEnds)), "told", 1);
        b.AssertZero(b.Public(Live) * (whole - told), "told", 2);
        TValue mask = b.Constant(0), field = b.Constant(0);
        // The bits of the mask from the highest: recipient, kind, then those of fee to the sponsor's skip.
        foreach (int group in (ReadOnlySpan<int>)[1, 0, 8, 7, 6, 5, 4, 3]) mask = mask + mask + b.Local(Left + group);
        for (int i = Kind; i < Left; i++) field += b.Local(i) * b.Constant((ulong)(i - Kind + (int)RowField.Kind));
        b.Receive(RollupBuses.FullRow, first, [transaction, b.Local(Offset), mask * b.Constant(8) + b.Constant(7), b.Local(NoTo), b.Local(Ordinal)], bound: 1);
        b.Send(RollupBuses.FullRowEnd, b.Local(Closes) + fault, [transaction, b.Local(Offset) + read, fault]);
        b.Receive(RollupBuses.Byte, read, [b.Local(Offset), b.Local(Low), b.Local(More)], bound: 1);
        b.Send(RollupBuses.Field, told, [transaction, field, b.Local(One) + b.Local(Two) * b.Constant(2) + b.Local(Rest), b.Local(Limb), b.Local(Limb + 1), b.Local(Limb + 2)]);
        b.Receive(RollupBuses.Field, b.Local(Same), [transaction, b.Constant((ulong)RowField.Sender), b.Constant(0), b.Local(Limb), b.Local(Limb + 1), b.Local(Limb + 2)], bound: 1);
        TValue asks = b.Local(Kind) + b.Local(AmountE) + b.Local(FeeE) + b.Local(Edge2) + b.Local(Edge4) + b.Local(KeyWord) + b.Local(Sized);
        b.Send(Buses.Range(15), asks, [b.Local(Asked)]);
        b.Receive(RollupBuses.AmountFault, b.Local(Amount), [transaction, field, b.Local(One) + b.Local(Two) * b.Constant(2)], bound: 1);
    }
}
