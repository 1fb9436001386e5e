using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.ParserColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The posted rows of payments (docs/formats/rollups-rows.md), a row a byte: sender, to and code; the fields behind the code of a
/// full row are read by whoever receives <see cref="RollupBuses.FullRow"/>. Receives <see cref="RollupBuses.Byte"/>, tells
/// <see cref="RollupBuses.Field"/>, asks <see cref="Buses.Range"/> of 15 bits. Segments are cut between rows. Rows behind the last byte
/// keep place, transaction and the number of full rows; all else there is 0.
/// </summary>
/// <remarks>
/// Public values are in <see cref="ParserColumns"/>. Live is the verdict over the batch, the same in all segments. Live = 1: there is no
/// fault, and everything is told. Live = 0: reading goes on to the first fault that is shown; what is told before it is the prover's
/// choice, since only tables that show a fault listen. That a fault before the shown one may go unseen does no harm: the
/// verdict is the same. Who verifies a list sees to it that: the ends of segments meet; the first one starts behind the head with
/// transaction 0, Failed = 0 (or 1 if the head has a fault); and with N of the head, Live = 1 exactly if the last one ends with Failed = 0,
/// transaction N and Length; Live = 0 if it ends with Failed = 1, with transaction N before Length, or at Length before transaction N.
/// Nothing else is taken.
/// <list type="table">
/// <listheader><term>a lie</term><description>is refused by</description></listheader>
/// <item><term>a byte left out or read twice, another one</term><description>"offset", and the bus</description></item>
/// <item><term>a varint longer than its bound, or not in its fewest bytes</term><description>"edge", "asked", "last byte"; each has its fault</description></item>
/// <item><term>a full row read as plain, or the reverse</term><description>"form", "full": the low bits of the code's first byte</description></item>
/// <item><term>a fault where there is none</term><description>each of the seven has its own constraints, or its table; a row that begins behind the last byte is none ("short")</description></item>
/// <item><term>full rows in another order than the bytes'</term><description>"called": they are counted, here and where they are read</description></item>
/// <item><term>a field told of another transaction, another field or part</term><description>"next" of states, places, parts; "transaction"</description></item>
/// </list>
/// </remarks>
internal readonly struct ParserAir : IAir
{
    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "parser", Width = Width, PublicValues = PublicValues };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Order(ref b);
        Rules<TBuilder, TValue>.Varints(ref b);
        Rules<TBuilder, TValue>.Forms(ref b);
        Rules<TBuilder, TValue>.Faults(ref b);
        Rules<TBuilder, TValue>.Messages(ref b);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>Where rows are, and what follows what.</summary>
        public static void Order(ref TBuilder b)
        {
            TValue one = b.Constant(1), real = b.Local(Real), next = b.Next(Real), more = b.Local(More), fault = Fault(ref b), last = b.Local(CodeEnds);
            foreach (int i in (ReadOnlySpan<int>)[Real, More, Sender, To, Code, One, Two, Full, NoTo, Told, Failed])
                b.AssertBoolean(b.Local(i), "bit", i);
            for (int i = 0; i < 6; i++) b.AssertBoolean(b.Local(At + i), "bit", At + i);
            for (int i = 0; i < 3; i++) b.AssertBoolean(b.Local(Form + i), "bit", Form + i);
            for (int i = Short; i <= Broken; i++) b.AssertBoolean(b.Local(i), "bit", i);
            b.AssertBoolean(fault, "one fault");
            b.AssertZero(fault * (one - real), "fault of a row");
            b.AssertZero(fault * b.Public(Live), "live");
            b.AssertZero(Rows.Transition, next * (one - real), "real rows first");
            b.AssertZero(Rows.Transition, next * fault, "after a fault");
            b.AssertZero(real * b.Local(Failed), "failed before");

            // A row of bytes ends within the segment or in a fault.
            TValue open = real - last - fault + last * fault;
            b.AssertZero(Rows.Transition, open * (one - next), "whole rows", 0);
            b.AssertZero(Rows.Last, open, "whole rows", 1);

            TValue offset = b.Local(Offset) + real - b.Local(Short) + b.Local(Skip), transaction = b.Local(Transaction) + last - last * fault, failed = b.Local(Failed) + fault;
            b.AssertZero(Rows.First, b.Local(Offset) - b.Public(First), "first", 0);
            b.AssertZero(Rows.First, b.Local(Transaction) - b.Public(First + 1), "first", 1);
            b.AssertZero(Rows.First, b.Local(Failed) - b.Public(First + 2), "first", 2);
            b.AssertZero(Rows.Transition, b.Next(Offset) - offset, "offset");
            b.AssertZero(Rows.Transition, b.Next(Transaction) - transaction, "transaction");
            b.AssertZero(Rows.Transition, b.Next(Failed) - failed, "failed");
            b.AssertZero(Rows.First, b.Local(Called), "called", 0);
            b.AssertZero(Rows.Transition, b.Next(Called) - b.Local(Called) - b.Local(Calls), "called", 1);
            b.AssertZero(Rows.Last, offset - b.Public(Last), "last", 0);
            b.AssertZero(Rows.Last, transaction - b.Public(Last + 1), "last", 1);
            b.AssertZero(Rows.Last, failed - b.Public(Last + 2), "last", 2);

            b.AssertZero(b.Local(Sender) + b.Local(To) + b.Local(Code) - real, "one varint");
            b.AssertZero(Rows.First, real - b.Local(Sender), "starts with the sender");
            b.AssertZero(Rows.Transition, next * (b.Next(To) - more * b.Local(To) - (one - more) * b.Local(Sender)), "next varint", 0);
            b.AssertZero(Rows.Transition, next * (b.Next(Code) - more * b.Local(Code) - (one - more) * b.Local(To)), "next varint", 1);
            b.AssertZero((one - real) * b.Local(Low), "unused", 0);
            b.AssertZero((one - real) * more, "unused", 1);
        }

        /// <summary>Places in a varint and its limbs.</summary>
        public static void Varints(ref TBuilder b)
        {
            TValue one = b.Constant(1), real = b.Local(Real), next = b.Next(Real), more = b.Local(More), sum = b.Constant(0);
            for (int i = 0; i < 6; i++) sum += b.Local(At + i);
            b.AssertZero(sum - real, "one place");
            b.AssertZero(Rows.First, real - b.Local(At), "first place");
            for (int i = 0; i < 5; i++) b.AssertZero(Rows.Transition, next * (b.Next(At + i + 1) - more * b.Local(At + i)), "next place", i);
            TValue none = one - b.Local(One) - b.Local(Two), fresh = b.Next(At), same = next - fresh;
            b.AssertZero(Rows.First, b.Local(One), "first part", 0);
            b.AssertZero(Rows.First, b.Local(Two), "first part", 1);
            b.AssertZero(Rows.Transition, same * (b.Next(One) - b.Local(One)), "next part", 0);
            b.AssertZero(Rows.Transition, same * (b.Next(Two) - b.Local(Two)), "next part", 1);
            b.AssertZero(Rows.Transition, fresh * (b.Next(One) - more * none), "next part", 2);
            b.AssertZero(Rows.Transition, fresh * (b.Next(Two) - more * b.Local(One)), "next part", 3);
            b.AssertZero((one - real) * (b.Local(One) + b.Local(Two)), "unused", 2);
            b.AssertZero(b.Local(Begins) - b.Local(At) * none, "begins");
            b.AssertZero(Rows.First, b.Local(Limb) - b.Local(Low), "first limb", 0);
            b.AssertZero(Rows.First, b.Local(Limb + 1), "first limb", 1);
            b.AssertZero(Rows.First, b.Local(Limb + 2), "first limb", 2);
            for (int i = 0; i < 3; i++)
            {
                TValue place = b.Next(At + 2 * i) + b.Next(At + 2 * i + 1) * b.Constant(128);
                b.AssertZero(Rows.Transition, b.Next(Limb + i) - same * b.Local(Limb + i) - place * b.Next(Low), "limb", i);
            }
        }

        /// <summary>Plain or full, with or without To.</summary>
        public static void Forms(ref TBuilder b)
        {
            TValue one = b.Constant(1), code = b.Local(Code), opens = b.Local(Opens), full = b.Local(Full), noTo = b.Local(NoTo), single = b.Local(Alone), to = b.Local(To);
            b.AssertZero(opens - code * b.Local(Begins), "opens");
            for (int i = 0; i < 3; i++) b.AssertZero((one - opens) * b.Local(Form + i), "form", i);
            b.AssertZero(opens * full - b.Local(Form) * b.Local(Form + 1) * b.Local(Form + 2), "full", 0);
            b.AssertZero(Rows.Transition, (b.Next(Code) - b.Next(Opens)) * (b.Next(Full) - full), "full", 1);
            b.AssertZero((one - code) * full, "full", 2);
            b.AssertZero(single - to * b.Local(Begins) * (one - b.Local(More)), "single");
            b.AssertZero(single * (b.Local(Low) * b.Local(Inverse) + noTo - one), "no to", 0);
            b.AssertZero(single * noTo * b.Local(Inverse), "no to", 1);
            b.AssertZero(single * noTo * b.Local(Low), "no to", 2);
            b.AssertZero((one - single - code) * noTo, "no to", 3);
            b.AssertZero(Rows.Transition, b.Next(Code) * (b.Next(NoTo) - noTo), "no to", 4);
            b.AssertZero(b.Local(CodeEnds) - code * (one - b.Local(More)) * (one - b.Local(Short)), "code ends");
            b.AssertZero(b.Local(Calls) - b.Local(CodeEnds) * full * (one - Fault(ref b) + b.Local(Broken)), "calls");
            b.AssertZero((one - b.Local(Calls)) * b.Local(Skip), "skip");
        }

        /// <summary>What must hold without a fault, and what each fault must show.</summary>
        public static void Faults(ref TBuilder b)
        {
            TValue one = b.Constant(1), low = b.Local(Low), more = b.Local(More), fault = Fault(ref b), ends = b.Local(Ends), codeEnds = b.Local(CodeEnds);
            TValue edge4 = b.Local(Edge4), edge16 = b.Local(Edge16), edge = edge4 + edge16, large = b.Local(Large), isLong = b.Local(Long);
            b.AssertZero(edge4 - (b.Local(Sender) + b.Local(To)) * b.Local(At + 4), "edge", 0);
            b.AssertZero(edge16 - b.Local(At + 5) * b.Local(Two) - b.Local(Full) * b.Local(At + 1), "edge", 1);
            b.AssertZero(edge * more * (one - fault), "edge", 2);
            TValue within = one - fault;
            TValue form = b.Local(Form) + b.Local(Form + 1) * b.Constant(2) + b.Local(Form + 2) * b.Constant(4), eight = b.Constant(8);
            TValue bound = edge4 * (within * low * b.Constant(1 << 13) + large * (low - b.Constant(4))) + edge16 * (within * low * b.Constant(1 << 11) + large * (low - b.Constant(16)));
            b.AssertZero(eight * b.Local(Asked) - b.Local(Opens) * (low - form) - eight * bound, "asked");
            b.AssertZero(large * (one - edge), "large");
            b.AssertZero(isLong * (one - edge), "long", 0);
            b.AssertZero(isLong * (one - more), "long", 1);

            b.AssertZero(ends - (b.Local(Real) - b.Local(Short)) * (one - more) * (one - b.Local(Begins)), "ends");
            b.AssertZero(ends * (low * b.Local(Inverse) - one + fault), "last byte");
            b.AssertZero((one - ends - b.Local(Alone)) * b.Local(Inverse), "inverse", 0);
            b.AssertZero(fault * b.Local(Inverse), "inverse", 1);
            b.AssertZero(b.Local(Zero) * (one - ends), "zero", 0);
            b.AssertZero(b.Local(Zero) * low, "zero", 1);

            b.AssertZero(b.Local(Orphan) - codeEnds * b.Local(NoTo) * (one - b.Local(Full)), "plain without to");
            b.AssertZero(b.Local(Amount) * b.Local(Full), "amount", 0);
            b.AssertZero(b.Local(Amount) * (one - codeEnds), "amount", 1);
            b.AssertZero(b.Local(Broken) * (one - b.Local(Calls)), "broken");
            b.AssertZero(b.Local(Short) * (b.Local(Offset) - b.Public(Length)), "short", 0);
            b.AssertZero(b.Local(Short) * low, "short", 1);
            b.AssertZero(b.Local(Short) * more, "short", 2);
            // Behind the last byte no row begins: what is missing there, the number of rows says.
            b.AssertZero(b.Local(Short) * b.Local(Sender) * b.Local(Begins), "short", 3);
        }

        public static void Messages(ref TBuilder b)
        {
            TValue one = b.Constant(1), read = b.Local(Real) - b.Local(Short), more = b.Local(More), told = b.Local(Told), whole = read - more + more * b.Local(At + 5);
            TValue part = b.Local(One) + b.Local(Two) * b.Constant(2);
            b.AssertZero(told * (one - whole), "told", 0);
            b.AssertZero(b.Public(Live) * (whole - told), "told", 1);
            b.Receive(RollupBuses.Byte, read, [b.Local(Offset), b.Local(Low), more], bound: 1);
            b.Send(RollupBuses.Field, told,
            [
                b.Local(Transaction), b.Local(To) + b.Local(Code) * b.Constant((ulong)RowField.Code), part,
                b.Local(Limb), b.Local(Limb + 1), b.Local(Limb + 2),
            ]);
            b.Send(Buses.Range(15), b.Local(Opens) + b.Local(Edge4) + b.Local(Edge16), [b.Local(Asked)]);
            TValue start = b.Local(Offset) + one;
            b.Send(RollupBuses.FullRow, b.Local(Calls), [b.Local(Transaction), start, b.Local(Limb), b.Local(NoTo), b.Local(Called)]);
            b.Receive(RollupBuses.FullRowEnd, b.Local(Calls), [b.Local(Transaction), start + b.Local(Skip), b.Local(Broken)], bound: 1);
            b.Receive(RollupBuses.AmountFault, b.Local(Amount), [b.Local(Transaction), b.Constant((ulong)RowField.Code), part], bound: 1);
        }

        private static TValue Fault(ref TBuilder b)
        {
            TValue sum = b.Local(Short);
            for (int i = Short + 1; i <= Broken; i++) sum += b.Local(i);
            return sum;
        }
    }
}
