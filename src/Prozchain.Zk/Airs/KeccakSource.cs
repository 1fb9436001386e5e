using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>Permutations that make a trace of <see cref="KeccakAir"/>.</summary>
internal sealed class KeccakSource<TField> : TraceSource<TField> where TField : struct, IField<TField>
{
    // Permutations that a thread takes at once: their rows fill several cache lines of each column.
    private const int Piece = 8;

    public const int Lanes = 25;

    private static readonly KeccakInput Padding = new(new ulong[Lanes], 0);

    /// <exception cref="ArgumentException">A state of a wrong length.</exception>
    public KeccakSource(ReadOnlyMemory<KeccakInput> inputs) : base(KeccakColumns.Width, TraceTools.Height(KeccakColumns.Rounds * Math.Max(1, inputs.Length)))
    {
        foreach (KeccakInput input in inputs.Span)
            if (input.State.Length != Lanes) throw new ArgumentException($"Expected a state of {Lanes} lanes, got {input.State.Length}.", nameof(inputs));
        Inputs = inputs.IsEmpty ? new[] { Padding } : inputs;
    }

    /// <summary>Permutations in order, at least one; those after them are of zeros, and nobody asks for them.</summary>
    public ReadOnlyMemory<KeccakInput> Inputs { get; }

    public override void Fill(Trace<TField> trace, int threads, CancellationToken cancellation)
    {
        int count = (trace.Height + KeccakColumns.Rounds - 1) / KeccakColumns.Rounds;
        WorkRanges.Run(count, Piece, threads, (first, length) =>
        {
            for (int i = first; i < first + length; i++) (i < Inputs.Length ? Inputs.Span[i] : Padding).Write(trace, KeccakColumns.Rounds * i);
        }, cancellation);
    }
}
