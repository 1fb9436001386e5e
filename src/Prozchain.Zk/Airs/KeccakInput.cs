using System.Numerics;
using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using static Prozchain.Zk.Airs.KeccakColumns;

namespace Prozchain.Zk.Airs;

/// <summary>The input of a permutation Keccak-f[1600].</summary>
/// <param name="State">25 lanes, lane (x, y) at x + 5y.</param>
/// <param name="Asked">How often the bus asks for it.</param>
public readonly record struct KeccakInput(ReadOnlyMemory<ulong> State, uint Asked = 1)
{
    // Words of a round: before it; parities before and after theta; after theta; after chi; lane 0 after iota.
    private const int WordsA = 0, WordsC = WordsA + 25, WordsAfterC = WordsC + 5, WordsAfterA = WordsAfterC + 5, WordsChi = WordsAfterA + 25, WordsIota0 = WordsChi + 25, Words = WordsIota0 + 1;

    /// <summary>
    /// The trace of <see cref="KeccakAir"/>; it is filled up, to one at least, with permutations of zeros, for which nobody asks.
    /// </summary>
    /// <exception cref="ArgumentException">A state of a wrong length.</exception>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<KeccakInput> inputs) where TField : struct, IField<TField>
    {
        var source = new KeccakSource<TField>(inputs.ToArray());
        var trace = new Trace<TField>(source.Width, source.Height);
        source.Fill(trace, 1, default);
        return trace;
    }

    /// <summary>
    /// As <see cref="Generate"/>, but made where it is needed: by a prover's device from the inputs alone, by a prover on the processor where it
    /// extends it or, for lookups, beside, and otherwise when a cell is first asked for, which traces that hide always are.
    /// </summary>
    /// <param name="inputs">The permutations, in order of their rows; not to be changed while the trace is used, nor their states.</param>
    /// <param name="threads">How many may work outside a proof, which has threads of its own.</param>
    /// <exception cref="ArgumentException">A state of a wrong length.</exception>
    public static Trace<TField> Describe<TField>(ReadOnlyMemory<KeccakInput> inputs, int threads = 1) where TField : struct, IField<TField> =>
        new(new KeccakSource<TField>(inputs), threads);

    /// <summary>Writes every cell of the rows from a first one on, up to the trace's end.</summary>
    internal void Write<TField>(Trace<TField> trace, int start) where TField : struct, IField<TField>
    {
        ReadOnlySpan<ulong> input = State.Span;
        Span<ulong> a = stackalloc ulong[25], c = stackalloc ulong[5], moved = stackalloc ulong[25], words = stackalloc ulong[Words * Rounds];
        input.CopyTo(a);
        for (int round = 0; round < Rounds; round++)
        {
            Span<ulong> here = words[round..];
            for (int i = 0; i < 25; i++) here[(WordsA + i) * Rounds] = a[i];
            for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            for (int x = 0; x < 5; x++)
            {
                ulong theta = c[(x + 4) % 5] ^ BitOperations.RotateLeft(c[(x + 1) % 5], 1);
                (here[(WordsC + x) * Rounds], here[(WordsAfterC + x) * Rounds]) = (c[x], c[x] ^ theta);
                for (int y = 0; y < 25; y += 5) here[(WordsAfterA + x + y) * Rounds] = a[x + y] ^= theta;
            }
            for (int i = 0; i < 25; i++)
            {
                int from = Source(i % 5, i / 5);
                moved[i] = BitOperations.RotateLeft(a[from], Rotations[from]);
            }
            for (int i = 0; i < 25; i++)
            {
                int y = i / 5 * 5;
                here[(WordsChi + i) * Rounds] = a[i] = moved[i] ^ (~moved[y + (i + 1) % 5] & moved[y + (i + 2) % 5]);
            }
            here[WordsIota0 * Rounds] = a[0] ^= KeccakPermutation.RoundConstants[round];
        }
        WriteColumns(trace, start, words);
    }

    // Column by column: a permutation's rows are neighbours there.
    private void WriteColumns<TField>(Trace<TField> trace, int start, ReadOnlySpan<ulong> words) where TField : struct, IField<TField>
    {
        int rows = Math.Min(Rounds, trace.Height - start);
        for (int i = 0; i < Rounds; i++)
        {
            Span<TField> cells = trace.Column(Round + i).Slice(start, rows);
            cells.Clear();
            if (i < rows) cells[i] = TField.One;
        }
        Span<TField> asked = trace.Column(Count).Slice(start, rows);
        asked.Clear();
        if (rows == Rounds) asked[Rounds - 1] = TField.FromUInt64(Asked);
        for (int limb = 0; limb < 100; limb++) trace.Column(Input + limb).Slice(start, rows).Fill(TField.FromUInt64(State.Span[limb / 4] >> (16 * (limb % 4)) & 0xFFFF));
        WriteLimbs(trace, A, start, rows, words[(WordsA * Rounds)..], 25);
        WriteLimbs(trace, Chi, start, rows, words[(WordsChi * Rounds)..], 25);
        WriteLimbs(trace, Iota0, start, rows, words[(WordsIota0 * Rounds)..], 1);
        WriteBits(trace, C, start, rows, words[(WordsC * Rounds)..], 5);
        WriteBits(trace, AfterC, start, rows, words[(WordsAfterC * Rounds)..], 5);
        WriteBits(trace, AfterA, start, rows, words[(WordsAfterA * Rounds)..], 25);
        WriteBits(trace, Chi0, start, rows, words[(WordsChi * Rounds)..], 1);
    }

    private static void WriteLimbs<TField>(Trace<TField> trace, int column, int start, int rows, ReadOnlySpan<ulong> words, int count) where TField : struct, IField<TField>
    {
        for (int limb = 0; limb < 4 * count; limb++)
        {
            Span<TField> cells = trace.Column(column + limb).Slice(start, rows);
            ReadOnlySpan<ulong> word = words.Slice(limb / 4 * Rounds, rows);
            for (int row = 0; row < cells.Length; row++) cells[row] = TField.FromUInt64(word[row] >> (16 * (limb % 4)) & 0xFFFF);
        }
    }

    private static void WriteBits<TField>(Trace<TField> trace, int column, int start, int rows, ReadOnlySpan<ulong> words, int count) where TField : struct, IField<TField>
    {
        // Looked up, since nobody foresees which way a branch would go.
        ReadOnlySpan<TField> values = [TField.Zero, TField.One];
        for (int bit = 0; bit < 64 * count; bit++)
        {
            Span<TField> cells = trace.Column(column + bit).Slice(start, rows);
            ReadOnlySpan<ulong> word = words.Slice(bit / 64 * Rounds, rows);
            for (int row = 0; row < cells.Length; row++) cells[row] = values[(int)(word[row] >> (bit & 63)) & 1];
        }
    }
}
