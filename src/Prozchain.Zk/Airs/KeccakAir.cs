using Prozchain.Shared;
using Prozchain.Zk.Air;
using static Prozchain.Zk.Airs.KeccakColumns;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Vouches on <see cref="Buses.Keccak"/> for permutations Keccak-f[1600]. 24 rows each, a round a row, one after the
/// other; the last may be cut off by the end of the trace. Degree 3. The arrangement of Plonky3's keccak-air.
/// </summary>
/// <remarks>
/// Sound in every field of a characteristic above 2^16. Theta is stated backwards: with A' and its parities C' in bits,
/// A = A' ^ C ^ C', and C' is the parity of A' because five bits and it differ by 0, 2 or 4.
/// </remarks>
/// <param name="isAlone">Whether it states the permutations alone, without the bus: then nobody may ask for one.</param>
public readonly struct KeccakAir(bool isAlone = false) : IAir
{
    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "keccak-f", Width = Width };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        Rules<TBuilder, TValue>.Rounds(ref b);
        Rules<TBuilder, TValue>.Theta(ref b);
        Rules<TBuilder, TValue>.Chi(ref b);
        Rules<TBuilder, TValue>.Finish(ref b, isAlone);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        /// <summary>The rounds take turns; the input stays until the permutation ends, and is the state of its first round.</summary>
        public static void Rounds(ref TBuilder b)
        {
            b.AssertZero(Rows.First, b.Local(Round) - b.Constant(1), "round", 0);
            for (int i = 1; i < KeccakColumns.Rounds; i++) b.AssertZero(Rows.First, b.Local(Round + i), "round", i);
            for (int i = 0; i < KeccakColumns.Rounds; i++)
                b.AssertZero(Rows.Transition, b.Next(Round + (i + 1) % KeccakColumns.Rounds) - b.Local(Round + i), "next round", i);
            TValue first = b.Local(Round), goesOn = b.Constant(1) - b.Local(Round + KeccakColumns.Rounds - 1);
            for (int i = 0; i < 100; i++)
            {
                b.AssertZero(Rows.All, first * (b.Local(A + i) - b.Local(Input + i)), "input", i);
                b.AssertZero(Rows.Transition, goesOn * (b.Next(Input + i) - b.Local(Input + i)), "same input", i);
                b.AssertZero(Rows.Transition, goesOn * (b.Next(A + i) - b.Local(After(i))), "next state", i);
            }
        }

        public static void Theta(ref TBuilder b)
        {
            Words<TBuilder, TValue>.AssertBits(ref b, C, 320, "parity bit");
            Words<TBuilder, TValue>.AssertBits(ref b, AfterA, 1600, "state bit");
            for (int x = 0; x < 5; x++)
            {
                for (int z = 0; z < 64; z++)
                {
                    TValue parity = Xor(b.Local(C + 64 * x + z), b.Local(C + 64 * ((x + 4) % 5) + z), b.Local(C + 64 * ((x + 1) % 5) + (z + 63 & 63)));
                    TValue after = b.Local(AfterC + 64 * x + z), difference = -after;
                    for (int y = 0; y < 5; y++) difference += b.Local(AfterA + 64 * (x + 5 * y) + z);
                    TValue two = b.Constant(2);
                    b.AssertZero(Rows.All, after - parity, "parity after theta", 64 * x + z);
                    b.AssertZero(Rows.All, difference * (difference - two) * (difference - two - two), "parity of the state", 64 * x + z);
                }
            }
            for (int limb = 0; limb < 100; limb++)
            {
                (int column, int low) = (64 * (limb / 4 % 5), 16 * (limb & 3));
                TValue sum = b.Constant(0);
                for (int z = low + 15; z >= low; z--)
                    sum = sum + sum + Xor(b.Local(AfterA + 64 * (limb / 4) + z), b.Local(C + column + z), b.Local(AfterC + column + z));
                b.AssertZero(Rows.All, b.Local(A + limb) - sum, "theta", limb);
            }
        }

        /// <summary>Rho, pi and chi, then iota on the bits of lane 0.</summary>
        public static void Chi(ref TBuilder b)
        {
            for (int limb = 0; limb < 100; limb++)
            {
                (int x, int y, int low) = (limb / 4 % 5, limb / 20, 16 * (limb & 3));
                TValue sum = b.Constant(0);
                for (int z = low + 15; z >= low; z--)
                {
                    TValue next = b.Local(Moved(x + 1, y, z)), second = b.Local(Moved(x + 2, y, z));
                    sum = sum + sum + Words<TBuilder, TValue>.Xor(b.Local(Moved(x, y, z)), second - next * second);
                }
                b.AssertZero(Rows.All, b.Local(KeccakColumns.Chi + limb) - sum, "chi", limb);
            }
            Words<TBuilder, TValue>.AssertBits(ref b, Chi0, 64, "lane 0 bit");
            for (int limb = 0; limb < 4; limb++)
            {
                TValue before = b.Constant(0), after = b.Constant(0);
                for (int z = 16 * limb + 15; z >= 16 * limb; z--)
                {
                    TValue bit = b.Local(Chi0 + z), constant = b.Constant(0);
                    for (int round = 0; round < KeccakColumns.Rounds; round++)
                    {
                        if ((KeccakPermutation.RoundConstants[round] >> z & 1) != 0) constant += b.Local(Round + round);
                    }
                    before = before + before + bit;
                    after = after + after + Words<TBuilder, TValue>.Xor(bit, constant);
                }
                b.AssertZero(Rows.All, b.Local(KeccakColumns.Chi + limb) - before, "lane 0", limb);
                b.AssertZero(Rows.All, b.Local(Iota0 + limb) - after, "iota", limb);
            }
        }

        public static void Finish(ref TBuilder b, bool isAlone)
        {
            TValue count = b.Local(Count);
            if (isAlone)
            {
                b.AssertZero(Rows.All, count, "count");
                return;
            }
            b.AssertZero(Rows.All, count - count * b.Local(Round + KeccakColumns.Rounds - 1), "count");
            Fact<TValue> fact = default;
            for (int i = 0; i < 100; i++) (fact[i], fact[100 + i]) = (b.Local(Input + i), b.Local(After(i)));
            b.Receive(Buses.Keccak, count, fact);
        }

        /// <summary>The column of a limb after the round.</summary>
        private static int After(int limb) => limb < 4 ? Iota0 + limb : KeccakColumns.Chi + limb;

        private static TValue Xor(TValue x, TValue y, TValue z) => Words<TBuilder, TValue>.Xor(Words<TBuilder, TValue>.Xor(x, y), z);
    }

    [System.Runtime.CompilerServices.InlineArray(200)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }
}
