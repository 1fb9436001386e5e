using Prozchain.Shared;
using Prozchain.Zk.Air;
using static Prozchain.Zk.Airs.Blake3Columns;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Vouches on <see cref="Buses.Blake3"/> for compressions of BLAKE3 (specification section 2.2, output truncated to 32
/// bytes). Eight rows each, a round a row; degree 3.
/// </summary>
/// <remarks>
/// Sound in fields of a characteristic above 2^20. Only d and b are held as bits throughout: a is the xor of two d and c
/// the xor of two b, so that their limbs are in range without bits of their own. Limbs of the message are summands
/// only: who asks keeps them in range.
/// </remarks>
public readonly struct Blake3CompressionAir : IAir
{
    private const int First = 0, Last = 1;

    /// <summary>Rows of a compression.</summary>
    public const int RowsPerCompression = 8;

    /// <inheritdoc/>
    public AirShape Shape => new()
    {
        Name = "blake3 compression",
        Width = Width,
        Periodic = [new ulong[] { 1, 0, 0, 0, 0, 0, 0, 0 }, new ulong[] { 0, 0, 0, 0, 0, 0, 0, 1 }],
    };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Start(ref b);
        Rules<TBuilder, TValue>.Mix(ref b);
        Rules<TBuilder, TValue>.Step(ref b);
        Rules<TBuilder, TValue>.Finish(ref b);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>The state is in bits; on the first row it is the chaining value, the initial vector, and the tail.</summary>
        public static void Start(ref TBuilder b)
        {
            Words<TBuilder, TValue>.AssertBits(ref b, A, 3 * 128, "state bit");
            TValue first = b.Periodic(First);
            for (int i = 0; i < 4; i++)
            {
                Words<TBuilder, TValue>.AssertEqual(ref b, first, WordA(i), WordCells.Limbs(Chaining + 2 * i), "initial a", i);
                Words<TBuilder, TValue>.AssertEqual(ref b, first, WordB(i), WordCells.Limbs(Chaining + 8 + 2 * i), "initial b", i);
                Words<TBuilder, TValue>.AssertEqual(ref b, first, WordD(i), WordCells.Limbs(Tail + 2 * i), "initial d", i);
                uint vector = Blake3Core.InitialVector[i];
                b.AssertZero(Rows.All, first * (b.Local(C + 2 * i) - b.Constant(vector & 0xFFFF)), "initial c", 2 * i);
                b.AssertZero(Rows.All, first * (b.Local(C + 2 * i + 1) - b.Constant(vector >> 16)), "initial c", 2 * i + 1);
            }
        }

        /// <summary>What of the round is computed within the row.</summary>
        public static void Mix(ref TBuilder b)
        {
            for (int i = 0; i < 4; i++)
            {
                int half = Column + 2 * i * HalfWidth;
                Half(ref b, WordA(i), WordB(i), WordC(i), WordD(i), WordM(2 * i), half, 16, 12, "column, first half", i);
                Half(ref b, ColumnA(i), ColumnHalfB(i), ColumnHalfC(i), ColumnHalfD(i), WordM(2 * i + 1), half + HalfWidth, 8, 7, "column, second half", i);
            }
            for (int i = 0; i < 4; i++)
            {
                int half = Diagonal + i * HalfWidth;
                Half(ref b, Mixed(i, MixedA), Mixed(i + 1, MixedB), Mixed(i + 2, MixedC), Mixed(i + 3, MixedD), WordM(8 + 2 * i), half, 16, 12, "diagonal, first half", i);
                Words<TBuilder, TValue>.AssertSum(ref b, WordCells.Limbs(half + MixedA), WordCells.Bits(half + MixedB), WordM(9 + 2 * i), WordCells.Limbs(LastA + 2 * i),
                    "diagonal, last a", i);
            }
        }

        /// <summary>The rest of the round, whose results are the next row's state; and what stays or moves from row to row.</summary>
        public static void Step(ref TBuilder b)
        {
            TValue gate = b.Constant(1) - b.Periodic(Last);
            for (int i = 0; i < 4; i++)
            {
                int half = Diagonal + i * HalfWidth;
                WordCells a = WordCells.Limbs(LastA + 2 * i), c = WordC(i + 2).InNext, d = WordD(i + 3).InNext, mixedB = WordCells.Bits(half + MixedB);
                Words<TBuilder, TValue>.AssertEqual(ref b, gate, WordA(i).InNext, a, "next a", i);
                Words<TBuilder, TValue>.AssertXor(ref b, gate, a, WordCells.Bits(half + MixedD), d, 8, "next d", i);
                Words<TBuilder, TValue>.AssertSum(ref b, gate, WordCells.Limbs(half + MixedC), d, c, "next c", i);
                Words<TBuilder, TValue>.AssertXor(ref b, gate, c, mixedB, WordB(i + 1).InNext, 7, "next b", i);
            }
            for (int i = 0; i < 16; i++) Words<TBuilder, TValue>.AssertEqual(ref b, gate, WordM(i).InNext, WordM(Permutation[i]), "message", i);
            for (int i = 0; i < 24; i++) b.AssertZero(Rows.All, gate * (b.Next(Chaining + i) - b.Local(Chaining + i)), "input", i);
        }

        /// <summary>
        /// The output. Bits of c are needed for its first half, and known as an xor over two rows: so the next row's
        /// output is computed, in every row but the trace's first, though only that of the last of eight counts.
        /// </summary>
        public static void Finish(ref TBuilder b)
        {
            for (int i = 0; i < 4; i++)
            {
                WordCells a = WordA(i).InNext, b0 = WordCells.Bits(Diagonal + ((i + 2) & 3) * HalfWidth + MixedB), b1 = WordB(i + 3).InNext;
                for (int half = 0; half < 2; half++)
                {
                    TValue sum = b.Constant(0);
                    for (int j = 16 * half + 15; j >= 16 * half; j--)
                    {
                        TValue c = Words<TBuilder, TValue>.Xor(Words<TBuilder, TValue>.Bit(ref b, b0, j), Words<TBuilder, TValue>.Bit(ref b, b1, j + 25));
                        sum = sum + sum + Words<TBuilder, TValue>.Xor(Words<TBuilder, TValue>.Bit(ref b, a, j), c);
                    }
                    b.AssertZero(Rows.Transition, b.Next(Output + 2 * i + half) - sum, "output", 2 * i + half);
                    b.AssertZero(Rows.First, b.Local(Output + 2 * i + half), "no output", 2 * i + half);
                }
            }
            TValue count = b.Local(Count);
            b.AssertZero(Rows.All, count - count * b.Periodic(Last), "count");
            Blake3Fact<TValue> fact = default;
            for (int i = 0; i < 16; i++) fact[i] = b.Local(Chaining + i);
            for (int i = 0; i < 32; i++) fact[16 + i] = b.Local(Message + 2 * LastPlaces[i >> 1] + (i & 1));
            for (int i = 0; i < 8; i++) fact[48 + i] = b.Local(Tail + i);
            for (int i = 0; i < 8; i++) fact[56 + i] = b.Local(Output + i);
            for (int i = 0; i < 8; i++) fact[64 + i] = Words<TBuilder, TValue>.XorLimb(ref b, WordB(i >> 1), WordD(i >> 1), 0, i & 1);
            b.Receive(Buses.Blake3, count, fact);
        }

        private static WordCells ColumnA(int i) => WordCells.Limbs(Column + 2 * i * HalfWidth + MixedA);

        private static WordCells ColumnHalfB(int i) => WordCells.Bits(Column + 2 * i * HalfWidth + MixedB);

        private static WordCells ColumnHalfC(int i) => WordCells.Limbs(Column + 2 * i * HalfWidth + MixedC);

        private static WordCells ColumnHalfD(int i) => WordCells.Bits(Column + 2 * i * HalfWidth + MixedD);

        /// <summary>A word after the mixing of the columns.</summary>
        private static WordCells Mixed(int i, int part) => new(Column + (2 * (i & 3) + 1) * HalfWidth + part, IsBits: part is MixedB or MixedD);

        /// <summary>Half of the mixing function, its results at <paramref name="to"/>: a += b + x; d = (d ^ a) >>> r; c += d; b = (b ^ c) >>> s.</summary>
        private static void Half(ref TBuilder b, WordCells a, WordCells oldB, WordCells c, WordCells d, WordCells x, int to, int r, int s, string label, int index)
        {
            TValue always = b.Constant(1);
            WordCells newA = WordCells.Limbs(to + MixedA), newD = WordCells.Bits(to + MixedD), newC = WordCells.Limbs(to + MixedC), newB = WordCells.Bits(to + MixedB);
            Words<TBuilder, TValue>.AssertBits(ref b, to + MixedD, 32, label);
            Words<TBuilder, TValue>.AssertBits(ref b, to + MixedB, 32, label);
            Words<TBuilder, TValue>.AssertSum(ref b, a, oldB, x, newA, label, index);
            Words<TBuilder, TValue>.AssertXor(ref b, always, newA, d, newD, r, label, index);
            Words<TBuilder, TValue>.AssertSum(ref b, always, c, newD, newC, label, index);
            Words<TBuilder, TValue>.AssertXor(ref b, always, newC, oldB, newB, s, label, index);
        }
    }
}
