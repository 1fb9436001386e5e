using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>Compressions that make a trace of <see cref="Sha256CompressionAir"/>.</summary>
internal sealed class Sha256Source<TField> : TraceSource<TField> where TField : struct, IField<TField>
{
    private const int Period = Sha256CompressionAir.RowsPerCompression;

    /// <exception cref="ArgumentException">A state or message of a wrong length.</exception>
    public Sha256Source(ReadOnlyMemory<Sha256Compression> inputs) : base(Sha256Columns.Width, Period * TraceTools.Height(inputs.Length))
    {
        foreach (ref readonly Sha256Compression input in inputs.Span)
        {
            if (input.Chaining.Length != 8) throw new ArgumentException($"Expected a state of 8 words, got {input.Chaining.Length}.", nameof(inputs));
            if (input.Message.Length != 16) throw new ArgumentException($"Expected a message of 16 words, got {input.Message.Length}.", nameof(inputs));
        }
        Inputs = inputs;
    }

    /// <summary>Compressions in order; those after them are of zeros, and nobody asks for them.</summary>
    public ReadOnlyMemory<Sha256Compression> Inputs { get; }

    public override void Fill(Trace<TField> trace, int threads, CancellationToken cancellation)
    {
        var padding = new Sha256Compression(new uint[8], new uint[16], 0);
        for (int column = Sha256Columns.CarryWindow; column < Width; column++) trace.Column(column).Clear();
        WorkRanges.Run(trace.Height / Period, 1, threads, (i, _) => (i < Inputs.Length ? Inputs.Span[i] : padding).Write(trace, Period * i), cancellation);
    }
}
