using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Airs;

/// <summary>Poseidon2 of width 16 as cells: see <see cref="Poseidon2Width16{TParameters}"/>, also on the cryptanalysis of Poseidon.</summary>
/// <remarks>
/// Columns, the arrangement of Plonky3's poseidon2-air: for each of 4 full rounds the 16 elements after it; for each partial round
/// its S-box's output; for each of 4 full rounds the 16 elements after it, of the last one those that are wanted. Over BabyBear (x^7) each
/// S-box has its cube, in a column before: 16 before a full round's elements, 1 before a partial round's output. 132 and the
/// outputs for KoalaBear, 266 and the outputs for BabyBear.
/// </remarks>
/// <typeparam name="TParameters">The prime: <see cref="KoalaBear"/> or <see cref="BabyBear"/>. For tables over its field only.</typeparam>
public readonly struct Poseidon2Cells<TParameters> : IPermutationCells<Field31<TParameters>> where TParameters : struct, IField31Parameters
{
    private const int StateWidth = Poseidon2Columns<TParameters>.StateWidth, HalfFull = Poseidon2Columns<TParameters>.HalfFull;

    /// <inheritdoc/>
    public static int Width => StateWidth;

    /// <inheritdoc/>
    public static int Columns(int outputs) => Poseidon2Columns<TParameters>.Width - 2 * StateWidth + outputs;

    /// <inheritdoc/>
    public static void Permute(Span<Field31<TParameters>> state) => Poseidon2Width16<TParameters>.Permute(state);

    /// <inheritdoc/>
    public static void PermuteTile(Span<Field31<TParameters>> tile) => Poseidon2Width16<TParameters>.PermuteTile(tile);

    /// <inheritdoc/>
    public static void Fill(Trace<Field31<TParameters>> trace, int at, int row, int rows, int first, int outputs, Span<Field31<TParameters>> tile) =>
        Poseidon2Writer<TParameters>.Fill(trace, at, row, rows, first, outputs, tile);

    /// <inheritdoc/>
    public static void Eval<TBuilder, TValue>(ref TBuilder builder, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> =>
        Rules<TBuilder, TValue>.Permutation(ref builder, at, input, first, output);

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        public static void Permutation(ref TBuilder b, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        {
            ReadOnlySpan<ulong> constants = Poseidon2Columns<TParameters>.Constants;
            InlineArray16<TValue> state = default;
            input.CopyTo(state);
            External(ref state);
            for (int round = 0; round < HalfFull; round++, constants = constants[StateWidth..]) Full(ref b, ref state, ref at, constants, 0, state);
            for (int round = 0; round < Poseidon2Columns<TParameters>.PartialRounds; round++, constants = constants[1..])
            {
                TValue box = SBox(ref b, state[0] + b.Constant(constants[0]), at);
                at += Poseidon2Columns<TParameters>.Registers;
                state[0] = b.Local(at++);
                b.AssertZero(Rows.All, box - state[0], "partial round");
                Internal(ref b, ref state);
            }
            for (int round = 1; round < HalfFull; round++, constants = constants[StateWidth..]) Full(ref b, ref state, ref at, constants, 0, state);
            Full(ref b, ref state, ref at, constants, first, output);
        }

        // Leaves the elements that are kept as cells, so that no degree grows from round to round.
        private static void Full(ref TBuilder b, ref InlineArray16<TValue> state, ref int at, ReadOnlySpan<ulong> constants, int first, scoped Span<TValue> kept)
        {
            for (int i = 0; i < StateWidth; i++) state[i] = SBox(ref b, state[i] + b.Constant(constants[i]), at + i);
            at += Poseidon2Columns<TParameters>.Registers * StateWidth;
            External(ref state);
            for (int i = 0; i < kept.Length; i++)
            {
                TValue cell = b.Local(at++);
                b.AssertZero(Rows.All, state[first + i] - cell, "full round", first + i);
                kept[i] = cell;
            }
        }

        private static TValue SBox(ref TBuilder b, TValue x, int register)
        {
            TValue cube = x * x * x;
            if (Poseidon2Columns<TParameters>.Registers == 0) return cube;
            TValue kept = b.Local(register);
            b.AssertZero(Rows.All, cube - kept, "cube");
            return kept * kept * x;
        }

        private static void External(ref InlineArray16<TValue> state)
        {
            for (int i = 0; i < StateWidth; i += 4)
            {
                TValue ab = state[i] + state[i + 1], cd = state[i + 2] + state[i + 3], all = ab + cd, allB = all + state[i + 1], allD = all + state[i + 3];
                (state[i], state[i + 1], state[i + 2], state[i + 3]) =
                    (allB + ab, allB + (state[i + 2] + state[i + 2]), allD + cd, allD + (state[i] + state[i]));
            }
            for (int i = 0; i < 4; i++)
            {
                TValue sum = state[i] + state[i + 4] + (state[i + 8] + state[i + 12]);
                for (int j = i; j < StateWidth; j += 4) state[j] += sum;
            }
        }

        // The diagonal: -2, 1, 2, 1/2, 3, 4, -1/2, -3, -4, then others that are multiplied by.
        private static void Internal(ref TBuilder b, ref InlineArray16<TValue> state)
        {
            ReadOnlySpan<ulong> diagonal = Poseidon2Columns<TParameters>.Diagonal;
            TValue sum = state[0];
            for (int i = 1; i < StateWidth; i++) sum += state[i];
            TValue half = b.Constant(diagonal[3]);
            state[0] = sum - (state[0] + state[0]);
            state[1] = sum + state[1];
            state[2] = sum + (state[2] + state[2]);
            state[3] = sum + state[3] * half;
            state[4] = sum + (state[4] + state[4] + state[4]);
            state[5] = sum + Four(state[5]);
            state[6] = sum - state[6] * half;
            state[7] = sum - (state[7] + state[7] + state[7]);
            state[8] = sum - Four(state[8]);
            for (int i = 9; i < StateWidth; i++) state[i] = sum + state[i] * b.Constant(diagonal[i]);
        }

        private static TValue Four(TValue x)
        {
            TValue twice = x + x;
            return twice + twice;
        }
    }
}
