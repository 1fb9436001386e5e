using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Poseidon2 of width 16, some permutations a row, all alike and independent of each other. Degree 3. With
/// <c>onBus</c> it vouches on <see cref="Buses.Poseidon2"/> for (input, output); without, it states the permutations alone.
/// </summary>
/// <remarks>
/// Columns of a permutation, the arrangement of Plonky3's poseidon2-air: 16 inputs; for each of 4 full rounds the 16
/// elements after it; for each partial round its S-box's output; for each of 4 full rounds the 16 elements after it. Over
/// BabyBear (x^7) each S-box has its cube, in a column before: 16 before a full round's elements, 1 before a partial round's
/// output. On the bus, last, how often the permutation is asked for. See the note on the cryptanalysis of Poseidon at
/// <see cref="Poseidon2Width16{TParameters}"/>. Use it over the field of <typeparamref name="TParameters"/> only, whose constants it holds.
/// </remarks>
/// <typeparam name="TParameters">The prime: <see cref="KoalaBear"/> or <see cref="BabyBear"/>.</typeparam>
public readonly struct Poseidon2Air<TParameters> : IAir where TParameters : struct, IField31Parameters
{
    private const int Width = Poseidon2Columns<TParameters>.StateWidth, HalfFull = Poseidon2Columns<TParameters>.HalfFull;

    private readonly int _permutations;
    private readonly bool _onBus;

    /// <summary>The AIR of a number of permutations a row.</summary>
    /// <param name="permutations">1 to 64.</param>
    /// <param name="onBus">Whether it vouches for them on a bus.</param>
    public Poseidon2Air(int permutations = 8, bool onBus = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permutations, 64);
        (_permutations, _onBus) = (permutations, onBus);
    }

    /// <summary>Permutations in a row; 8 in the default value.</summary>
    public int Permutations => _permutations == 0 ? 8 : _permutations;

    /// <summary>Columns of one permutation: 164 for KoalaBear and 298 for BabyBear, and 1 more on the bus.</summary>
    public int Stride => Poseidon2Columns<TParameters>.Width + (_onBus ? 1 : 0);

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "poseidon2", Width = Stride * Permutations };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int i = 0; i < Permutations; i++) Rules<TBuilder, TValue>.Permutation(ref b, i * Stride, _onBus);
    }

    /// <summary>The trace of permutations; it is filled up with those of zeros, for which nobody asks.</summary>
    /// <param name="inputs">16 elements each; permutation i lies in row i / <see cref="Permutations"/>.</param>
    /// <param name="threads">How many may work.</param>
    /// <param name="asked">On the bus, how often each is asked for; empty for once each.</param>
    /// <exception cref="ArgumentException">The inputs are not whole states, or the counters not as many.</exception>
    public Trace<Field31<TParameters>> Generate(ReadOnlyMemory<Field31<TParameters>> inputs, int threads = 1, ReadOnlyMemory<uint> asked = default)
    {
        Poseidon2Source<TParameters> source = new(Permutations, _onBus, inputs, asked);
        var trace = new Trace<Field31<TParameters>>(source.Width, source.Height);
        source.Fill(trace, threads, default);
        return trace;
    }

    /// <summary>
    /// As <see cref="Generate"/>, but made where it is needed: by a prover's device from the inputs alone, by a prover on the processor where it
    /// extends it, and otherwise when a cell is first asked for, which traces that hide always are.
    /// </summary>
    /// <param name="inputs">As for <see cref="Generate"/>; not to be changed while the trace is used.</param>
    /// <param name="threads">How many may work outside a proof, which has threads of its own.</param>
    /// <param name="asked">As for <see cref="Generate"/>; not to be changed either.</param>
    /// <exception cref="ArgumentException">As for <see cref="Generate"/>.</exception>
    public Trace<Field31<TParameters>> Describe(ReadOnlyMemory<Field31<TParameters>> inputs, int threads = 1, ReadOnlyMemory<uint> asked = default) =>
        new(new Poseidon2Source<TParameters>(Permutations, _onBus, inputs, asked), threads);

    /// <summary>As <see cref="Generate"/>, into a trace whose memory is the caller's.</summary>
    /// <exception cref="ArgumentException">The trace is too narrow, too wide or too low; or as for <see cref="Generate"/>.</exception>
    public void Fill(Trace<Field31<TParameters>> trace, ReadOnlyMemory<Field31<TParameters>> inputs, int threads = 1, ReadOnlyMemory<uint> asked = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Poseidon2Source<TParameters> source = new(Permutations, _onBus, inputs, asked);
        if (trace.Width != source.Width || trace.Height < source.Height)
            throw new ArgumentException($"Expected {source.Width} columns and room for {source.Count} permutations, got {trace.Width} x {trace.Height}.", nameof(trace));
        source.Fill(trace, threads, default);
    }

    private static class Rules<TBuilder, TValue>
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        public static void Permutation(ref TBuilder b, int at, bool onBus)
        {
            ReadOnlySpan<ulong> constants = Poseidon2Columns<TParameters>.Constants;
            int start = at;
            State<TValue> state = default;
            for (int i = 0; i < Width; i++) state[i] = b.Local(at++);
            External(ref b, ref state);
            for (int round = 0; round < HalfFull; round++, constants = constants[Width..]) Full(ref b, ref state, ref at, constants);
            for (int round = 0; round < Poseidon2Columns<TParameters>.PartialRounds; round++, constants = constants[1..])
            {
                TValue box = SBox(ref b, state[0] + b.Constant(constants[0]), at);
                at += Poseidon2Columns<TParameters>.Registers;
                state[0] = b.Local(at++);
                b.AssertZero(Rows.All, box - state[0], "partial round");
                Internal(ref b, ref state);
            }
            for (int round = 0; round < HalfFull; round++, constants = constants[Width..]) Full(ref b, ref state, ref at, constants);
            if (!onBus) return;
            Fact<TValue> fact = default;
            for (int i = 0; i < Width; i++) (fact[i], fact[Width + i]) = (b.Local(start + i), b.Local(at - Width + i));
            b.Receive(Buses.Poseidon2, b.Local(at), fact);
        }

        // Leaves the state as cells, so that no degree grows from round to round.
        private static void Full(ref TBuilder b, ref State<TValue> state, ref int at, ReadOnlySpan<ulong> constants)
        {
            for (int i = 0; i < Width; i++) state[i] = SBox(ref b, state[i] + b.Constant(constants[i]), at + i);
            at += Poseidon2Columns<TParameters>.Registers * Width;
            External(ref b, ref state);
            for (int i = 0; i < Width; i++)
            {
                TValue cell = b.Local(at++);
                b.AssertZero(Rows.All, state[i] - cell, "full round", i);
                state[i] = cell;
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

        private static void External(ref TBuilder b, ref State<TValue> state)
        {
            for (int i = 0; i < Width; i += 4)
            {
                TValue ab = state[i] + state[i + 1], cd = state[i + 2] + state[i + 3], all = ab + cd, allB = all + state[i + 1], allD = all + state[i + 3];
                (state[i], state[i + 1], state[i + 2], state[i + 3]) =
                    (allB + ab, allB + (state[i + 2] + state[i + 2]), allD + cd, allD + (state[i] + state[i]));
            }
            for (int i = 0; i < 4; i++)
            {
                TValue sum = state[i] + state[i + 4] + (state[i + 8] + state[i + 12]);
                for (int j = i; j < Width; j += 4) state[j] += sum;
            }
        }

        // The diagonal: -2, 1, 2, 1/2, 3, 4, -1/2, -3, -4, then others that are multiplied by.
        private static void Internal(ref TBuilder b, ref State<TValue> state)
        {
            ReadOnlySpan<ulong> diagonal = Poseidon2Columns<TParameters>.Diagonal;
            TValue sum = state[0];
            for (int i = 1; i < Width; i++) sum += state[i];
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
            for (int i = 9; i < Width; i++) state[i] = sum + state[i] * b.Constant(diagonal[i]);
        }

        private static TValue Four(TValue x)
        {
            TValue twice = x + x;
            return twice + twice;
        }
    }

    [InlineArray(Width)]
    private struct State<TValue>
    {
        private TValue _first;
    }

    [InlineArray(2 * Width)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }
}
