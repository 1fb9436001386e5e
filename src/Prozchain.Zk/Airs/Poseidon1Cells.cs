using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Airs;

/// <summary>Poseidon1 of width 16 over KoalaBear as cells: see <see cref="Poseidon1Width16{TParameters}"/>, also on the cryptanalysis of Poseidon.</summary>
/// <remarks>
/// Columns, as many as for Poseidon2: for each of 4 full rounds the 16 elements after it; for each partial round its S-box's output; for
/// each of 4 full rounds the 16 elements after it, of the last one those that are wanted. 132 and the outputs. Constraints take about three
/// times the work of Poseidon2's, because every full round has a full matrix.
/// </remarks>
public readonly struct Poseidon1Cells : IPermutationCells<Field31<KoalaBear>>
{
    private const int StateWidth = Poseidon1Forms.Width, HalfFull = Poseidon1Forms.HalfFull, States = 16;

    /// <inheritdoc/>
    public static int Width => StateWidth;

    /// <inheritdoc/>
    public static int Columns(int outputs) => (2 * HalfFull - 1) * StateWidth + Poseidon1Forms.PartialRounds + outputs;

    /// <inheritdoc/>
    public static void Permute(Span<Field31<KoalaBear>> state) => Poseidon1Width16<KoalaBear>.Permute(state);

    /// <inheritdoc/>
    public static void PermuteTile(Span<Field31<KoalaBear>> tile) => Poseidon1Width16<KoalaBear>.PermuteTile(tile);

    /// <inheritdoc/>
    public static void Eval<TBuilder, TValue>(ref TBuilder builder, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue> =>
        Rules<TBuilder, TValue>.Permutation(ref builder, at, input, first, output);

    /// <inheritdoc/>
    public static void Fill(Trace<Field31<KoalaBear>> trace, int at, int row, int rows, int first, int outputs, Span<Field31<KoalaBear>> tile)
    {
        PermutationCells.CheckFill(trace, tile, rows, first, outputs);
        Poseidon1Core<KoalaBear> core = Poseidon1Core<KoalaBear>.Width16;
        Span<Field31<KoalaBear>> boxes = stackalloc Field31<KoalaBear>[States];
        int partialEnd = HalfFull + Poseidon1Forms.PartialRounds, last = partialEnd + HalfFull - 1;
        for (int round = 0; round <= last; round++)
        {
            bool isPartial = round >= HalfFull && round < partialEnd;
            if (isPartial)
            {
                for (int i = 0; i < rows; i++) boxes[i] = PoseidonInstance<KoalaBear>.SBox(tile[i] + core.Constants[round * StateWidth]);
                boxes[..rows].CopyTo(trace.Column(at++)[row..]);
            }
            Poseidon1Tile<KoalaBear>.Permute(core, tile, round, round + 1);
            if (isPartial) continue;
            int start = round == last ? first : 0, end = round == last ? first + outputs : StateWidth;
            for (int i = start; i < end; i++) tile.Slice(States * i, rows).CopyTo(trace.Column(at++)[row..]);
        }
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        public static void Permutation(ref TBuilder b, int at, scoped ReadOnlySpan<TValue> input, int first, scoped Span<TValue> output)
        {
            int partial = Poseidon1Forms.PartialRounds, round = 0;
            InlineArray16<TValue> state = default;
            input.CopyTo(state);
            for (; round < HalfFull; round++) Full(ref b, ref state, ref at, round, 0, state);

            int cells = at - StateWidth;
            for (int i = 0; i < partial; i++)
            {
                TValue x = Form(ref b, cells, Poseidon1Forms.Inputs[i], StateWidth + i);
                b.AssertZero(Rows.All, x * x * x - b.Local(at++), "partial round");
            }
            for (int i = 0; i < StateWidth; i++) state[i] = Form(ref b, cells, Poseidon1Forms.Outputs[i], StateWidth + partial);

            for (round += partial; round < partial + 2 * HalfFull - 1; round++) Full(ref b, ref state, ref at, round, 0, state);
            Full(ref b, ref state, ref at, round, first, output);
        }

        // Leaves the elements that are kept as cells, so that no degree grows from round to round.
        private static void Full(ref TBuilder b, ref InlineArray16<TValue> state, ref int at, int round, int first, scoped Span<TValue> kept)
        {
            InlineArray16<TValue> boxes = default;
            for (int i = 0; i < StateWidth; i++)
            {
                TValue x = state[i] + b.Constant(Poseidon1Forms.Constants[StateWidth * round + i]);
                boxes[i] = x * x * x;
            }
            for (int i = 0; i < kept.Length; i++)
            {
                TValue sum = b.Constant(0), cell = b.Local(at++);
                for (int j = 0; j < StateWidth; j++) sum += boxes[j] * b.Constant(Poseidon1Forms.Circulant[(j - first - i + StateWidth) % StateWidth]);
                b.AssertZero(Rows.All, sum - cell, "full round", first + i);
                kept[i] = cell;
            }
        }

        private static TValue Form(ref TBuilder b, int cells, ulong[] form, int count)
        {
            TValue sum = b.Constant(form[^1]);
            for (int i = 0; i < count; i++) sum += b.Local(cells + i) * b.Constant(form[i]);
            return sum;
        }
    }
}
