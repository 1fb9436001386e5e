using Prozchain.Zk.Air;
using static Prozchain.Rollups.Zk.Circuit.FullRowColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Of <see cref="FullRowAir"/>: which byte belongs to what.</summary>
internal static class FullRowOrder<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    /// <summary>The first field of each group, and behind the last.</summary>
    private static ReadOnlySpan<int> GroupStarts => [Kind, Recipient, AmountE, FeeE, PaidToken, FeeToken, Sponsor, KeySkip, SponsorSkip, Address, PayloadLength, NewKey, Left];

    /// <summary>The sum of neighbouring columns.</summary>
    public static TValue Sum(ref TBuilder b, int first, int end, bool isNext = false)
    {
        TValue sum = isNext ? b.Next(first) : b.Local(first);
        for (int i = first + 1; i < end; i++) sum += isNext ? b.Next(i) : b.Local(i);
        return sum;
    }

    /// <summary>1 on the row of the fault.</summary>
    public static TValue Fault(ref TBuilder b) => Sum(ref b, Short, Ordinal);

    /// <summary>1 where a field is a varint.</summary>
    public static TValue Varint(ref TBuilder b) => b.Local(AmountM) + b.Local(FeeM) + Sum(ref b, PaidToken, Address) + b.Local(PayloadLength);

    /// <summary>1 where a field is made of words of four bytes.</summary>
    public static TValue Words(ref TBuilder b) => b.Local(Recipient) + b.Local(Address) + b.Local(NewKey);

    /// <summary>1 where a field is a byte that stands alone.</summary>
    public static TValue Lone(ref TBuilder b) => b.Local(Kind) + b.Local(AmountE) + b.Local(FeeE);

    /// <summary>1 on a varint's last byte.</summary>
    public static TValue VarintEnds(ref TBuilder b) => Varint(ref b) - b.Local(Goes) - b.Local(Turns);

    /// <summary>1 on a field's last byte.</summary>
    private static TValue Ends(ref TBuilder b) => VarintEnds(ref b) + Lone(ref b) + b.Local(Zeros);

    /// <summary>1 on the last byte of a group of fields.</summary>
    private static TValue Done(ref TBuilder b) => Ends(ref b) - b.Local(AmountE) - b.Local(FeeE) - b.Local(Filled);

    /// <summary>Bytes of a posted row follow one another, from the code to the last field or a fault.</summary>
    public static void Order(ref TBuilder b)
    {
        TValue one = b.Constant(1), real = b.Local(Real), next = b.Next(Real), fault = Fault(ref b), closes = b.Local(Closes), stays = next - b.Next(First), open = real - closes - fault;
        for (int i = 0; i < Width; i++)
        {
            if (i is Real or More or First or Closes or (>= Kind and <= NoTo) or (>= At and < Limb) or Filled or Peak or Zeros or Below or Alike or Told or (>= Short and < Ordinal)) b.AssertBoolean(b.Local(i), "bit", i);
        }
        b.AssertBoolean(fault, "one fault");
        b.AssertZero(fault * (one - real), "fault of a row");
        b.AssertZero(fault * b.Public(Live), "live");
        b.AssertZero(Rows.Transition, next * (one - real), "real rows first");
        b.AssertZero(Rows.Transition, next * fault, "after a fault");
        b.AssertZero(Rows.Transition, open * (one - next), "whole rows");
        b.AssertZero(Rows.Last, real, "padding last");
        b.AssertZero(Rows.First, b.Local(Ordinal), "ordinal", 0);
        b.AssertZero(Rows.Transition, b.Next(Ordinal) - b.Local(Ordinal) - closes, "ordinal", 1);
        b.AssertZero(closes * fault, "closes", 0);
        b.AssertZero(closes * (one - Done(ref b)), "closes", 1);
        b.AssertZero(closes * (Sum(ref b, Left, Left + Groups) - one), "closes", 2);
        b.AssertZero(b.Local(First) * (one - real), "first of a row");
        b.AssertZero(Rows.First, b.Local(First) - real, "first");
        b.AssertZero(Rows.Transition, next * (b.Next(First) - closes), "next first");
        b.AssertZero(Rows.Transition, stays * (b.Next(Transaction) - b.Local(Transaction)), "same transaction");
        b.AssertZero(Rows.Transition, stays * (b.Next(Offset) - b.Local(Offset) - one), "next offset");
        for (int i = Withdraws; i <= Rotates; i++) b.AssertZero(Rows.Transition, stays * (b.Next(i) - b.Local(i)), "same kind", i);
        foreach (int i in (ReadOnlySpan<int>)[Offset, Low, More, Transaction, Withdraws, Sends, Rotates, One, Two, Rest]) b.AssertZero((one - real) * b.Local(i), "unused", i);
        b.AssertZero((one - real) * Sum(ref b, Left, Left + Groups), "unused", Left);
    }

    /// <summary>The field is the first that is left.</summary>
    public static void Fields(ref TBuilder b)
    {
        TValue one = b.Constant(1), next = b.Next(Real), stays = next - b.Next(First), done = Done(ref b), goes = b.Local(Goes) + b.Local(Turns);
        b.AssertZero(Sum(ref b, Kind, Left) - b.Local(Real), "one field");
        TValue before = b.Constant(0);
        for (int group = 0; group < Groups; group++)
        {
            TValue isHere = Sum(ref b, GroupStarts[group], GroupStarts[group + 1]), left = b.Local(Left + group);
            b.AssertZero(isHere * (one - left), "field", group);
            if (group > 0) b.AssertZero(isHere * before, "field", Groups + group);
            b.AssertZero(Rows.Transition, stays * (b.Next(Left + group) - left + isHere * done), "left", group);
            before += left;
        }
        // Within a group: an exponent, then its mantissa; a length, then as many bytes.
        foreach (int i in (ReadOnlySpan<int>)[AmountE, FeeE])
        {
            b.AssertZero(Rows.First, b.Local(i + 1), "mantissa", i);
            b.AssertZero(Rows.Transition, next * b.Local(i) * (b.Next(i + 1) - one), "mantissa", 16 + i);
            b.AssertZero(Rows.Transition, b.Next(i + 1) * (one - b.Local(i) - b.Local(i + 1) * goes), "mantissa", 32 + i);
            b.AssertZero(Rows.Transition, b.Next(i) * goes, "mantissa", 48 + i);
        }
        TValue payload = b.Local(Payload) - b.Local(Payload) * b.Local(Zeros);
        b.AssertZero(Rows.First, b.Local(Payload), "payload", 0);
        b.AssertZero(Rows.Transition, next * b.Local(Filled) * (b.Next(Payload) - one), "payload", 1);
        b.AssertZero(Rows.Transition, b.Next(Payload) * (one - b.Local(Filled) - payload), "payload", 2);
        b.AssertZero(Rows.Transition, b.Next(PayloadLength) * payload, "payload", 3);
    }

    /// <summary>Which fields there are, from mask and kind; and whether these and To go together.</summary>
    public static void Presence(ref TBuilder b)
    {
        TValue one = b.Constant(1), first = b.Local(First), noTo = b.Local(NoTo), withdraws = b.Local(Withdraws), sends = b.Local(Sends), rotates = b.Local(Rotates), other = withdraws + sends + rotates;
        TValue fault = Fault(ref b), form = b.Local(Form), low = b.Local(Low), byKey = b.Local(ByKey), key = b.Local(Left + 1);
        b.AssertBoolean(other, "one kind");
        b.AssertZero(first * (b.Local(Left) - other), "presence", 0);
        b.AssertZero(first * (b.Local(Left + 2) - one + sends + rotates), "presence", 1);
        b.AssertZero(first * (b.Local(Left + 9) - withdraws - sends), "presence", 2);
        b.AssertZero(first * (b.Local(Left + 10) - sends), "presence", 3);
        b.AssertZero(first * (b.Local(Left + 11) - rotates), "presence", 4);
        // A kind that is none counts as a withdrawal, whatever comes of it.
        b.AssertZero(b.Local(Kind) * (one - fault + form) * (low - withdraws - sends * b.Constant(2) - rotates * b.Constant(3)), "kind", 0);
        b.AssertZero(b.Local(Kind) * (fault - form) * (one - withdraws), "kind", 1);
        b.AssertZero(form * b.Local(Kind) * b.Local(More), "kind", 2);
        b.AssertZero((one - first) * noTo, "no to");
        b.AssertZero(byKey - noTo + other * noTo, "by key");
        TValue bad = key + byKey - key * byKey - key * byKey + other * (one - noTo) + b.Local(Left + 4) * (sends + rotates) + b.Local(Left + 8) * (one - b.Local(Left + 6));
        b.AssertZero(b.Local(Bad) - first * bad, "bad");
        b.AssertZero(b.Local(Bad) * (one - fault), "form", 0);
        b.AssertZero(form * (b.Local(Bad) * b.Local(Inverse) - one), "form", 1);
    }

    /// <summary>Places of bytes in parts and words, and the limbs.</summary>
    public static void Parts(ref TBuilder b)
    {
        TValue one = b.Constant(1), real = b.Local(Real), next = b.Next(Real), fresh = b.Next(At), same = next - fresh, goes = b.Local(Goes), turns = b.Local(Turns), more = b.Local(More);
        TValue varint = Varint(ref b), none = one - b.Local(One) - b.Local(Two), inWord = Words(ref b);
        b.AssertZero(Sum(ref b, At, At + 6) - real, "one place");
        b.AssertZero(Rows.First, b.Local(At) - real, "first place");
        for (int i = 0; i < 3; i++) b.AssertZero(Rows.Transition, next * (b.Next(At + i + 1) - (goes + inWord) * b.Local(At + i)), "next place", i);
        for (int i = 3; i < 5; i++) b.AssertZero(Rows.Transition, next * (b.Next(At + i + 1) - goes * b.Local(At + i)), "next place", i);
        b.AssertZero(goes - varint * more * (one - b.Local(At + 5)), "goes");
        b.AssertZero(turns - varint * more * b.Local(At + 5), "turns");
        b.AssertZero(Rows.First, b.Local(One) + b.Local(Two), "first part");
        b.AssertZero(Rows.Transition, same * (b.Next(One) - b.Local(One)), "next part", 0);
        b.AssertZero(Rows.Transition, same * (b.Next(Two) - b.Local(Two)), "next part", 1);
        b.AssertZero(Rows.Transition, fresh * (b.Next(One) - turns * none), "next part", 2);
        b.AssertZero(Rows.Transition, fresh * (b.Next(Two) - turns * b.Local(One)), "next part", 3);
        b.AssertZero(b.Local(Begins) - varint * b.Local(At) * none, "begins");
        b.AssertZero(b.Local(WordEnds) - inWord * b.Local(At + 3), "word ends");

        TValue nextLow = b.Next(Low), nextMore = b.Next(More) * b.Constant(128), nextWords = b.Next(Recipient) + b.Next(Address) + b.Next(NewKey);
        TValue nextVarint = b.Next(AmountM) + b.Next(FeeM) + Sum(ref b, PaidToken, Address, isNext: true) + b.Next(PayloadLength), high = nextLow * b.Constant(128);
        TValue whole = nextLow + nextMore, inPart = nextLow + nextMore * nextWords;
        b.AssertZero(Rows.First, b.Local(Limb) - b.Local(Low) - more * b.Constant(128), "first limb", 0);
        b.AssertZero(Rows.First, b.Local(Limb + 1), "first limb", 1);
        b.AssertZero(Rows.First, b.Local(Limb + 2), "first limb", 2);
        b.AssertZero(Rows.Transition, b.Next(Limb) - same * b.Local(Limb) - fresh * (whole - nextMore * nextVarint)
            - b.Next(At + 1) * (high * nextVarint + whole * nextWords * b.Constant(256)), "limb", 0);
        b.AssertZero(Rows.Transition, b.Next(Limb + 1) - same * b.Local(Limb + 1) - b.Next(At + 2) * inPart - b.Next(At + 3) * high * nextVarint, "limb", 1);
        b.AssertZero(Rows.Transition, b.Next(Limb + 2) - same * b.Local(Limb + 2) - b.Next(At + 3) * inPart + b.Next(At + 3) * nextLow * nextVarint
            - b.Next(At + 4) * nextLow - b.Next(At + 5) * high, "limb", 2);

        // Words and bytes that are left: counted down within a field.
        TValue ends = Ends(ref b), filled = b.Local(Filled), unit = b.Local(WordEnds) + b.Local(Payload);
        TValue words = (b.Next(Recipient) + b.Next(NewKey)) * b.Constant(7) + b.Next(Address) * b.Constant(4);
        b.AssertZero(Rows.First, b.Local(Rest) - (b.Local(Recipient) + b.Local(NewKey)) * b.Constant(7) - b.Local(Address) * b.Constant(4), "first rest");
        b.AssertZero(Rows.Transition, next * (one - ends) * (b.Next(Rest) - b.Local(Rest) + unit), "rest", 0);
        b.AssertZero(Rows.Transition, next * (ends - filled) * (b.Next(Rest) - words), "rest", 1);
        b.AssertZero(Rows.Transition, filled * next * (b.Next(Rest) - b.Local(Limb) + one), "rest", 2);
    }
}
