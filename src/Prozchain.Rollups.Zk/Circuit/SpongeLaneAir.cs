using Prozchain.Zk.Air;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The lanes of <see cref="SpongeAir"/>'s blocks, 17 rows a block, in order: which of their 8 bytes are the prefix, data, padding;
/// the exclusive or with the state; and the data as <see cref="RollupBuses.Byte"/>, for those bytes that this segment reads.
/// Padding rows are zero.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>a lie</term><description>is refused by</description></listheader>
/// <item><term>another byte</term><description>its bits are those absorbed, and the boundary's block</description></item>
/// <item><term>padding that starts elsewhere, has another form or takes blocks of its own</term><description>"stop", "padding", "ends" and "whole"</description></item>
/// <item><term>the prefix read as data, or another one</term><description>"prefix", "told"</description></item>
/// <item><term>a byte told twice, not at all, or at another place</term><description>places in the data are the sponge's, and whoever receives counts them</description></item>
/// </list>
/// Which bytes are told is left to the prover: the parser receives exactly those from its segment's start to its end.
/// </remarks>
internal readonly struct SpongeLaneAir : IAir
{
    // Bits of the state and of the block, the lowest first; whether a byte belongs to the message, prefix included; whether it is told.
    internal const int State = 0, Message = 64, In = 128, Told = In + 8;

    // As in the message of the bus; whether the byte before the row's first belongs to the message; whether the row is one.
    internal const int Number = Told + 8, Head = Number + 1, End = Head + 1, Tail = End + 1, Offset = Tail + 1, Stop = Offset + 1, Before = Stop + 1, Real = Before + 1;

    internal const int Width = Real + 1;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "sponge lane", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Order(ref b);
        Rules<TBuilder, TValue>.Bytes(ref b);
        Rules<TBuilder, TValue>.Messages(ref b);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        public static void Order(ref TBuilder b)
        {
            TValue one = b.Constant(1), real = b.Local(Real), next = b.Next(Real);
            for (int i = 0; i < Told + 8; i++) b.AssertBoolean(b.Local(i), "bit", i);
            b.AssertBoolean(real, "real");
            b.AssertZero(Rows.Transition, next * (one - real), "real rows first");
            b.AssertZero(Rows.First, b.Local(Number), "first number");
            b.AssertZero(Rows.Transition, next * (b.Next(Number) - b.Local(Number) - one), "number");
            b.AssertZero(Rows.First, b.Local(Before) - real, "first before");
            b.AssertZero(Rows.Transition, next * (b.Next(Before) - b.Local(In + 7) - b.Local(Tail)), "before");
            for (int i = Number; i < Real; i++) b.AssertZero((one - real) * b.Local(i), "unused", i);
            for (int i = 0; i < 4; i++) b.AssertZero((one - real) * Limb(ref b, State, 16 * i, 16), "no state", i);
        }

        /// <summary>The message goes on from row to row until it stops within the last block of its chunk; padding follows to its end.</summary>
        public static void Bytes(ref TBuilder b)
        {
            TValue one = b.Constant(1), head = b.Local(Head), tail = b.Local(Tail), before = b.Local(Before);
            for (int i = 0; i < 8; i++)
            {
                TValue isIn = b.Local(In + i), told = b.Local(Told + i), padding = before - isIn;
                if (i == 7) padding += tail * b.Constant(128);
                b.AssertZero(isIn * (one - before), "falls once", i);
                b.AssertZero((before - isIn) * (b.Local(Offset) + b.Constant((ulong)i) - head - b.Local(Stop)), "stop", i);
                b.AssertZero((one - isIn) * (Limb(ref b, Message, 8 * i, 8) - padding), "padding", i);
                b.AssertZero(told * (one - isIn), "told", i);
                before = isIn;
            }
            b.AssertZero(b.Local(Told) * head, "told", 8);
            b.AssertZero(head * (one - b.Local(In)), "prefix", 0);
            b.AssertZero(head * (Limb(ref b, Message, 0, 8) - b.Constant(SpongeColumns.Prefix)), "prefix", 1);
            b.AssertZero((b.Local(Real) - b.Local(End)) * (one - b.Local(In + 7)), "whole");
            b.AssertZero(tail * b.Local(In + 7), "ends");
        }

        public static void Messages(ref TBuilder b)
        {
            b.Receive(RollupBuses.Lane, b.Local(Real),
            [
                b.Local(Number), b.Local(Head), b.Local(End), b.Local(Tail), b.Local(Offset), b.Local(Stop),
                Limb(ref b, State, 0, 16), Limb(ref b, State, 16, 16), Limb(ref b, State, 32, 16), Limb(ref b, State, 48, 16),
                Absorbed(ref b, 0), Absorbed(ref b, 1), Absorbed(ref b, 2), Absorbed(ref b, 3),
            ], bound: 1);
            for (int i = 0; i < 8; i++)
            {
                TValue offset = b.Local(Offset) + b.Constant((ulong)i);
                b.Send(RollupBuses.Byte, b.Local(Told + i), [i == 0 ? offset : offset - b.Local(Head), Limb(ref b, Message, 8 * i, 7), b.Local(Message + 8 * i + 7)]);
            }
        }

        private static TValue Limb(ref TBuilder b, int column, int first, int bits)
        {
            TValue sum = b.Local(column + first + bits - 1);
            for (int i = first + bits - 2; i >= first; i--) sum = sum + sum + b.Local(column + i);
            return sum;
        }

        private static TValue Absorbed(ref TBuilder b, int limb)
        {
            TValue sum = b.Constant(0);
            for (int i = 16 * limb + 15; i >= 16 * limb; i--)
            {
                TValue x = b.Local(State + i), y = b.Local(Message + i), both = x * y;
                sum = sum + sum + (x + y - both - both);
            }
            return sum;
        }
    }
}
