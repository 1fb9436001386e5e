using Prozchain.Zk.Air;
using static Prozchain.Zk.Airs.Sha256BlocksColumns;

namespace Prozchain.Zk.Airs;

/// <summary>The constraints of <see cref="Sha256BlocksAir"/> that make eight rows a compression.</summary>
internal static class Sha256Rounding<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    /// <summary>Bits are bits. The upper cell of a carry of e is 0, 1 or 2, the lower a bit, so that it is 0 to 5.</summary>
    public static void Cells(ref TBuilder b)
    {
        Words<TBuilder, TValue>.AssertBits(ref b, A, 3 * 32 * Rounds, "bit");
        Words<TBuilder, TValue>.AssertBits(ref b, BeforeA, 2 * 96, "bit before");
        Words<TBuilder, TValue>.AssertBits(ref b, CarryA, 8 * Rounds + 16, "carry");
        for (int i = 0; i < 2 * Rounds; i++)
        {
            TValue low = b.Local(CarryE + 2 * i), high = b.Local(CarryE + 2 * i + 1);
            b.AssertZero(Rows.All, low * low - low, "carry of e", 2 * i);
            b.AssertZero(Rows.All, high * (high - b.Constant(1)) * (high - b.Constant(2)), "carry of e", 2 * i + 1);
        }
    }

    /// <summary>
    /// On every row: e = d + h + Sigma1(e) + choice + K + w, six summands; and a = e - d + Sigma0(a) + majority, whose carry is
    /// -1 to 2. Both are written as limbs, whose sums are too small to wrap.
    /// </summary>
    /// <param name="b">The builder.</param>
    /// <param name="constants">The periodic column of the first round's constant, low limb first.</param>
    public static void Row(ref TBuilder b, int constants)
    {
        TValue radix = b.Constant(1 << 16), one = b.Constant(1);
        for (int j = 0; j < Rounds; j++)
        {
            WordCells a = Made(false, j), e = Made(true, j), d = Made(false, j - 4), h = Made(true, j - 4);
            TValue carryA = b.Constant(0), carryE = b.Constant(0);
            for (int half = 0; half < 2; half++)
            {
                TValue limbD = Words<TBuilder, TValue>.Limb(ref b, d, half), limbE = Words<TBuilder, TValue>.Limb(ref b, e, half);
                TValue sumE = carryE + limbD + Words<TBuilder, TValue>.Limb(ref b, h, half) + b.Periodic(constants + 2 * j + half) + Words<TBuilder, TValue>.Limb(ref b, WordW(j), half)
                    + Sha256Expressions<TBuilder, TValue>.BigSigma1(ref b, Made(true, j - 1), half)
                    + Sha256Expressions<TBuilder, TValue>.Choice(ref b, Made(true, j - 1), Made(true, j - 2), Made(true, j - 3), half);
                TValue sumA = carryA + limbE - limbD + Sha256Expressions<TBuilder, TValue>.BigSigma0(ref b, Made(false, j - 1), half)
                    + Sha256Expressions<TBuilder, TValue>.Majority(ref b, Made(false, j - 1), Made(false, j - 2), Made(false, j - 3), half);
                carryE = Carry(ref b, CarryE, j, half);
                carryA = Carry(ref b, CarryA, j, half) - one;
                b.AssertZero(Rows.All, sumE - limbE - carryE * radix, "new e", 2 * j + half);
                b.AssertZero(Rows.All, sumA - Words<TBuilder, TValue>.Limb(ref b, a, half) - carryA * radix, "new a", 2 * j + half);
            }
        }
    }

    /// <summary>
    /// w(t) = sigma1(w(t - 2)) + w(t - 7) + sigma0(w(t - 15)) + w(t - 16). What two rows give to the words of the row after them is
    /// summed in the second of the two, on every row, the first of a block and of the table too; the words are held to it where they
    /// are not the message.
    /// </summary>
    /// <param name="b">The builder.</param>
    /// <param name="gate">1 where the next row's words are made of earlier ones.</param>
    public static void Schedule(ref TBuilder b, TValue gate)
    {
        TValue radix = b.Constant(1 << 16);
        for (int j = 0; j < Rounds; j++)
        {
            bool isLast = j == Rounds - 1;
            TValue carry = b.Constant(0);
            for (int half = 0; half < 2; half++)
            {
                int limb = 2 * j + half;
                b.AssertZero(Rows.All, b.Local(Sigma1 + limb) - Sha256Expressions<TBuilder, TValue>.Sigma1(ref b, WordW(j), half), "sigma 1", limb);
                TValue partial = Words<TBuilder, TValue>.Limb(ref b, WordW(j), half)
                    + Sha256Expressions<TBuilder, TValue>.Sigma0(ref b, isLast ? WordW(0).InNext : WordW(j + 1), half);
                if (!isLast) partial += Words<TBuilder, TValue>.Limb(ref b, WordW(j + 1).InNext, half);
                b.AssertZero(Rows.All, b.Next(Partial + limb) - partial, "partial sum", limb);

                TValue sum = carry + b.Local(Partial + limb) + (j < 2 ? b.Local(Sigma1 + limb + 2 * Rounds - 4) : b.Next(Sigma1 + limb - 4));
                if (isLast) sum += Words<TBuilder, TValue>.Limb(ref b, WordW(0).InNext, half);
                carry = Carry(ref b, CarryW, j, half, isNext: true);
                b.AssertZero(Rows.All, gate * (sum - Words<TBuilder, TValue>.Limb(ref b, WordW(j).InNext, half) - carry * radix), "new word", limb);
            }
        }
    }

    /// <summary>From row to row of a block: the state goes on, the input stays.</summary>
    public static void Step(ref TBuilder b, TValue gate)
    {
        for (int i = 0; i < 8; i++)
        {
            WordCells from = After(i), to = Before(i);
            if (to.IsBits)
            {
                for (int bit = 0; bit < 32; bit++) b.AssertZero(Rows.All, gate * (b.Next(to.Column + bit) - b.Local(from.Column + bit)), "next state", 32 * i + bit);
            }
            else
            {
                Words<TBuilder, TValue>.AssertEqual(ref b, gate, to.InNext, from, "next d and h", i);
            }
        }
        for (int i = 0; i < 16; i++) b.AssertZero(Rows.All, gate * (b.Next(Input + i) - b.Local(Input + i)), "input", i);
    }

    /// <summary>A block's first state is its input, whose limbs are in range: six words are bits at once, the other two in cells of carries.</summary>
    public static void Begin(ref TBuilder b, TValue first, TValue second)
    {
        for (int i = 0; i < 8; i++) Words<TBuilder, TValue>.AssertEqual(ref b, first, Before(i), WordInput(i), "first state", i);
        Words<TBuilder, TValue>.AssertEqual(ref b, first, WordInput(3), WordCells.Bits(CarryW), "bits of d", 0);
        Words<TBuilder, TValue>.AssertEqual(ref b, second, WordInput(7), WordCells.Bits(CarryW), "bits of h", 0);
    }

    private static TValue Carry(ref TBuilder b, int column, int round, int half, bool isNext = false)
    {
        int low = column + 4 * round + 2 * half;
        TValue high = Words<TBuilder, TValue>.Cell(ref b, low + 1, isNext);
        return Words<TBuilder, TValue>.Cell(ref b, low, isNext) + high + high;
    }
}
