using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>Compressions that make a trace of <see cref="Blake3CompressionAir"/>.</summary>
internal sealed class Blake3Source<TField> : TraceSource<TField> where TField : struct, IField<TField>
{
    private const int Period = Blake3CompressionAir.RowsPerCompression;

    /// <exception cref="ArgumentException">A chaining value or message of a wrong length.</exception>
    public Blake3Source(ReadOnlyMemory<Blake3Compression> inputs, int leastLogRows)
        : base(Blake3Columns.Width, TraceTools.Height(Period * Math.Max(inputs.Length, 1), TraceTools.CheckLeastLogRows(leastLogRows)))
    {
        foreach (ref readonly Blake3Compression input in inputs.Span)
        {
            if (input.Chaining.Length != 8) throw new ArgumentException($"Expected a chaining value of 8 words, got {input.Chaining.Length}.", nameof(inputs));
            if (input.Message.Length != 16) throw new ArgumentException($"Expected a message of 16 words, got {input.Message.Length}.", nameof(inputs));
        }
        Inputs = inputs;
    }

    /// <summary>Compressions in order; those after them are of zeros, and nobody asks for them.</summary>
    public ReadOnlyMemory<Blake3Compression> Inputs { get; }

    /// <summary>On one thread, whatever is asked: each compression tells the next one's first row its output.</summary>
    public override void Fill(Trace<TField> trace, int threads, CancellationToken cancellation)
    {
        var padding = new Blake3Compression(new uint[8], new uint[16], 0, 0, 0, 0);
        var writer = new Blake3Writer<TField>(trace);
        for (int i = 0; i < trace.Height / Period; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            writer.Write(i < Inputs.Length ? Inputs.Span[i] : padding);
        }
    }
}
