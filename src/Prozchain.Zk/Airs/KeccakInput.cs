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
    /// <summary>
    /// The trace of <see cref="KeccakAir"/>; it is filled up with permutations of zeros, for which nobody asks.
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
        Span<ulong> a = stackalloc ulong[25];
        Span<ulong> c = stackalloc ulong[5];
        Span<ulong> moved = stackalloc ulong[25];
        input.CopyTo(a);
        for (int round = 0; round < Rounds && start + round < trace.Height; round++)
        {
            int row = start + round;
            for (int i = 0; i < Rounds; i++) trace[Round + i, row] = i == round ? TField.One : TField.Zero;
            for (int i = 0; i < 25; i++)
            {
                trace.WriteLimbs(Input + 4 * i, row, input[i], 4);
                trace.WriteLimbs(A + 4 * i, row, a[i], 4);
            }
            for (int x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
            for (int x = 0; x < 5; x++)
            {
                ulong theta = c[(x + 4) % 5] ^ BitOperations.RotateLeft(c[(x + 1) % 5], 1);
                trace.WriteBits(C + 64 * x, row, c[x], 64);
                trace.WriteBits(AfterC + 64 * x, row, c[x] ^ theta, 64);
                for (int y = 0; y < 25; y += 5)
                {
                    a[x + y] ^= theta;
                    trace.WriteBits(AfterA + 64 * (x + y), row, a[x + y], 64);
                }
            }
            for (int i = 0; i < 25; i++)
            {
                int from = Source(i % 5, i / 5);
                moved[i] = BitOperations.RotateLeft(a[from], Rotations[from]);
            }
            for (int i = 0; i < 25; i++)
            {
                int y = i / 5 * 5;
                a[i] = moved[i] ^ (~moved[y + (i + 1) % 5] & moved[y + (i + 2) % 5]);
                trace.WriteLimbs(Chi + 4 * i, row, a[i], 4);
            }
            trace.WriteBits(Chi0, row, a[0], 64);
            a[0] ^= KeccakPermutation.RoundConstants[round];
            trace.WriteLimbs(Iota0, row, a[0], 4);
            trace[Count, row] = round == Rounds - 1 ? TField.FromUInt64(Asked) : TField.Zero;
        }
    }
}
