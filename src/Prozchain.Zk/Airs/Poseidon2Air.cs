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
/// Columns of a permutation: 16 inputs, then those of <see cref="Poseidon2Cells{TParameters}"/> with 16 outputs. On the bus, last, how often
/// the permutation is asked for. See the note on the cryptanalysis of Poseidon at <see cref="Poseidon2Width16{TParameters}"/>. Use it over the field of <typeparamref name="TParameters"/> only, whose constants it holds.
/// </remarks>
/// <typeparam name="TParameters">The prime: <see cref="KoalaBear"/> or <see cref="BabyBear"/>.</typeparam>
public readonly struct Poseidon2Air<TParameters> : IAir where TParameters : struct, IField31Parameters
{
    private const int Width = Poseidon2Columns<TParameters>.StateWidth;

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
        for (int i = 0; i < Permutations; i++)
        {
            int at = i * Stride;
            Fact<TValue> fact = default;
            Span<TValue> input = ((Span<TValue>)fact)[..Width], output = ((Span<TValue>)fact)[Width..];
            for (int j = 0; j < Width; j++) input[j] = b.Local(at + j);
            Poseidon2Cells<TParameters>.Eval<TBuilder, TValue>(ref b, at + Width, input, 0, output);
            if (_onBus) b.Receive(Buses.Poseidon2, b.Local(at + Stride - 1), fact);
        }
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

    [InlineArray(2 * Width)]
    private struct Fact<TValue>
    {
        private TValue _first;
    }
}
