using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>Permutations that make a trace of <see cref="Poseidon2Air{TParameters}"/>.</summary>
internal sealed class Poseidon2Source<TParameters> : TraceSource<Field31<TParameters>> where TParameters : struct, IField31Parameters
{
    private const int StateWidth = Poseidon2Columns<TParameters>.StateWidth;

    /// <param name="permutations">Permutations of a row.</param>
    /// <param name="onBus">Whether each has a counter.</param>
    /// <param name="inputs">States.</param>
    /// <param name="asked">A counter for each, or none for ones.</param>
    /// <exception cref="ArgumentException">The inputs are not whole states, or the counters not as many.</exception>
    public Poseidon2Source(int permutations, bool onBus, ReadOnlyMemory<Field31<TParameters>> inputs, ReadOnlyMemory<uint> asked)
        : base(permutations * StrideOf(onBus), TraceTools.Height((inputs.Length / StateWidth + permutations - 1) / permutations))
    {
        if (inputs.Length % StateWidth != 0) throw new ArgumentException($"Expected states of {StateWidth} elements, got {inputs.Length} elements.", nameof(inputs));
        if (asked.Length != 0 && (!onBus || asked.Length != inputs.Length / StateWidth))
            throw new ArgumentException($"Expected {(onBus ? inputs.Length / StateWidth : 0)} counters, got {asked.Length}.", nameof(asked));
        (Permutations, OnBus, Inputs, Asked) = (permutations, onBus, inputs, asked);
    }

    public int Permutations { get; }

    public bool OnBus { get; }

    /// <summary>States; permutation i lies in row i / <see cref="Permutations"/>, and all others are of zeros.</summary>
    public ReadOnlyMemory<Field31<TParameters>> Inputs { get; }

    /// <summary>How often each is asked for; empty for once each.</summary>
    public ReadOnlyMemory<uint> Asked { get; }

    /// <summary>Permutations that are given.</summary>
    public int Count => Inputs.Length / StateWidth;

    /// <summary>Columns of a permutation.</summary>
    public int Stride => StrideOf(OnBus);

    /// <summary>Writes every cell, of a trace that may be higher too.</summary>
    public override void Fill(Trace<Field31<TParameters>> trace, int threads, CancellationToken cancellation)
    {
        Poseidon2Writer<TParameters>.Fill(trace, Permutations, Stride, Inputs, threads, cancellation);
        if (!OnBus) return;
        ReadOnlySpan<uint> asked = Asked.Span;
        for (int permutation = 0; permutation < Permutations; permutation++)
        {
            Span<Field31<TParameters>> counts = trace.Column((permutation + 1) * Stride - 1);
            for (int row = 0; row < counts.Length; row++)
            {
                int i = row * Permutations + permutation;
                counts[row] = i >= Count ? default : asked.IsEmpty ? Field31<TParameters>.One : Field31<TParameters>.FromUInt64(asked[i]);
            }
        }
    }

    private static int StrideOf(bool onBus) => Poseidon2Columns<TParameters>.Width + (onBus ? 1 : 0);
}
