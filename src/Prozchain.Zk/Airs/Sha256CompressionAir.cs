using Prozchain.Shared;
using Prozchain.Zk.Air;
using static Prozchain.Zk.Airs.Sha256Columns;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Vouches on <see cref="Buses.Sha256"/> for compressions of SHA-256 (FIPS 180-4, section 6.2.2). 64 rows each, a round a
/// row; degree 3.
/// </summary>
/// <remarks>
/// Sound in fields of a characteristic above 2^20. The schedule runs on beyond word 63; what it gives there is not used.
/// The output is formed on rows 60 to 63, where its words come into being two by two, and is the same on all 64. On row 0
/// its bits are those of input words 3 and 7, which are summands only, so that all of the input state is in
/// range. The limbs of message word 0 are summands only: who asks keeps them in range.
/// </remarks>
public readonly struct Sha256CompressionAir : IAir
{
    /// <summary>Rows of a compression.</summary>
    public const int RowsPerCompression = 64;

    private const int KLow = 0, KHigh = 1, OnFirst = 2, OnOutput = 3;

    private static readonly ReadOnlyMemory<ulong>[] Periods = MakePeriods();

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "sha-256 compression", Width = Width, Periodic = Periods };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Functions(ref b);
        Rules<TBuilder, TValue>.Round(ref b);
        Rules<TBuilder, TValue>.Step(ref b);
        Rules<TBuilder, TValue>.Finish(ref b);
    }

    private static ReadOnlyMemory<ulong>[] MakePeriods()
    {
        var periods = new ulong[7][];
        for (int i = 0; i < periods.Length; i++) periods[i] = new ulong[RowsPerCompression];
        for (int t = 0; t < RowsPerCompression; t++) (periods[KLow][t], periods[KHigh][t]) = (Sha256Rounds.Constants[t] & 0xFFFF, Sha256Rounds.Constants[t] >> 16);
        periods[OnFirst][0] = 1;
        for (int i = 0; i < 4; i++) periods[OnOutput + i][60 + i] = 1;
        return [.. periods.Select(period => (ReadOnlyMemory<ulong>)period)];
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>Bits are bits; the bitwise functions as limbs.</summary>
        public static void Functions(ref TBuilder b)
        {
            Words<TBuilder, TValue>.AssertBits(ref b, A, 6 * 32, "state bit");
            Words<TBuilder, TValue>.AssertBits(ref b, Window1, 64, "schedule bit");
            Words<TBuilder, TValue>.AssertBits(ref b, CarryA, 16, "carry");
            Words<TBuilder, TValue>.AssertBits(ref b, First, 64 + 4, "output bit");
            AssertRotations(ref b, Sigma0, Window1, 7, 18, 3, isShift: true, "sigma 0");
            AssertRotations(ref b, Sigma1, Window14, 17, 19, 10, isShift: true, "sigma 1");
            AssertRotations(ref b, BigSigma0, A, 2, 13, 22, isShift: false, "big sigma 0");
            AssertRotations(ref b, BigSigma1, E, 6, 11, 25, isShift: false, "big sigma 1");
            for (int half = 0; half < 2; half++)
            {
                TValue choice = b.Constant(0), majority = b.Constant(0);
                for (int i = 16 * half + 15; i >= 16 * half; i--)
                {
                    TValue x = b.Local(A + i), y = b.Local(B + i), product = x * y;
                    choice = choice + choice + b.Local(G + i) + b.Local(E + i) * (b.Local(F + i) - b.Local(G + i));
                    majority = majority + majority + product + b.Local(C + i) * (x + y - product - product);
                }
                b.AssertZero(Rows.All, b.Local(Choice + half) - choice, "choice", half);
                b.AssertZero(Rows.All, b.Local(Majority + half) - majority, "majority", half);
            }
        }

        /// <summary>The new a and e as limbs, each sum with its carry to the next limb and out of the word.</summary>
        public static void Round(ref TBuilder b)
        {
            TValue radix = b.Constant(1 << 16), carryA = b.Constant(0), carryE = b.Constant(0);
            for (int half = 0; half < 2; half++)
            {
                TValue common = b.Local(H + half) + b.Local(BigSigma1 + half) + b.Local(Choice + half) + b.Periodic(KLow + half) + b.Local(Window + half);
                TValue a = common + b.Local(BigSigma0 + half) + b.Local(Majority + half) + carryA, e = common + b.Local(D + half) + carryE;
                carryA = Carry(ref b, CarryA + 3 * half, 3);
                carryE = Carry(ref b, CarryE + 3 * half, 3);
                b.AssertZero(Rows.All, a - b.Local(NewA + half) - carryA * radix, "new a", half);
                b.AssertZero(Rows.All, e - b.Local(NewE + half) - carryE * radix, "new e", half);
            }
        }

        /// <summary>From row to row, but not from one compression to the next: the state and the schedule move, input and output stay.</summary>
        public static void Step(ref TBuilder b)
        {
            TValue gate = b.Constant(1) - b.Periodic(OnOutput + 3);
            Words<TBuilder, TValue>.AssertEqual(ref b, gate, State(0).InNext, WordCells.Limbs(NewA), "next state", 0);
            for (int i = 1; i < 8; i++)
                Words<TBuilder, TValue>.AssertEqual(ref b, gate, State(i).InNext, i == 4 ? WordCells.Limbs(NewE) : State(i - 1), "next state", i);
            for (int i = 0; i < 15; i++) Words<TBuilder, TValue>.AssertEqual(ref b, gate, WordW(i).InNext, WordW(i + 1), "schedule", i);
            TValue radix = b.Constant(1 << 16), carry = b.Constant(0);
            for (int half = 0; half < 2; half++)
            {
                TValue sum = b.Local(Sigma1 + half) + Words<TBuilder, TValue>.Limb(ref b, WordW(9), half) + b.Local(Sigma0 + half) + b.Local(Window + half) + carry;
                carry = Carry(ref b, CarryWindow + 2 * half, 2);
                TValue difference = sum - Words<TBuilder, TValue>.Cell(ref b, WordW(15).Column + half, next: true) - carry * radix;
                b.AssertZero(Rows.All, gate * difference, "new word", half);
                // The last row makes no word, so that its carries have no meaning.
                b.AssertZero(Rows.All, b.Periodic(OnOutput + 3) * carry, "no carry", half);
            }
            for (int i = 0; i < 32; i++) b.AssertZero(Rows.All, gate * (b.Next(Input + i) - b.Local(Input + i)), "input and output", i);
        }

        /// <summary>The input is the state of row 0; output word 3 - j is input 3 - j plus the a that row 60 + j makes, word 7 - j likewise of e.</summary>
        public static void Finish(ref TBuilder b)
        {
            TValue first = b.Periodic(OnFirst);
            for (int i = 0; i < 8; i++) Words<TBuilder, TValue>.AssertEqual(ref b, first, State(i), WordCells.Limbs(Input + 2 * i), "initial state", i);
            Output(ref b, 0, First, CarryFirst, NewA, "output of a");
            Output(ref b, 4, Second, CarrySecond, NewE, "output of e");
            TValue count = b.Local(Count);
            b.AssertZero(Rows.All, count - count * first, "count");
            Fact<TValue> fact = default;
            for (int i = 0; i < 16; i++) fact[i] = b.Local(Input + i);
            for (int i = 0; i < 32; i++) fact[16 + i] = Words<TBuilder, TValue>.Limb(ref b, WordW(i >> 1), i & 1);
            for (int i = 0; i < 16; i++) fact[48 + i] = b.Local(Sha256Columns.Output + i);
            b.Receive(Buses.Sha256, count, fact);
        }

        private static void Output(ref TBuilder b, int firstWord, int bits, int carries, int made, string label)
        {
            TValue radix = b.Constant(1 << 16), carry = b.Constant(0);
            for (int half = 0; half < 2; half++)
            {
                TValue sum = carry, claimed = b.Constant(0);
                for (int j = 0; j < 4; j++)
                {
                    int word = 2 * (firstWord + 3 - j) + half;
                    TValue isHere = b.Periodic(OnOutput + j);
                    sum += isHere * (b.Local(Input + word) + b.Local(made + half));
                    claimed += isHere * b.Local(Sha256Columns.Output + word);
                }
                TValue summand = b.Periodic(OnFirst) * b.Local(Input + 2 * (firstWord + 3) + half);
                sum += summand;
                claimed += summand;
                carry = b.Local(carries + half);
                TValue result = Words<TBuilder, TValue>.Limb(ref b, WordCells.Bits(bits), half);
                b.AssertZero(Rows.All, result - claimed, label, half);
                b.AssertZero(Rows.All, sum - result - carry * radix, label, 2 + half);
            }
        }

        private static TValue Carry(ref TBuilder b, int column, int bits)
        {
            TValue sum = b.Local(column + bits - 1);
            for (int i = bits - 2; i >= 0; i--) sum = sum + sum + b.Local(column + i);
            return sum;
        }

        private static void AssertRotations(ref TBuilder b, int limbs, int word, int r, int s, int u, bool isShift, string label)
        {
            for (int half = 0; half < 2; half++)
            {
                TValue sum = Sha256Expressions<TBuilder, TValue>.Rotations(ref b, WordCells.Bits(word), r, s, u, isShift, half);
                b.AssertZero(Rows.All, b.Local(limbs + half) - sum, label, half);
            }
        }
    }

    [System.Runtime.CompilerServices.InlineArray(64)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }
}
