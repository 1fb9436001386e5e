using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Airs;

/// <summary>The input of a compression of BLAKE3.</summary>
/// <param name="Chaining">The chaining value, 8 words.</param>
/// <param name="Message">The block, 16 words.</param>
/// <param name="Counter">The counter t.</param>
/// <param name="Length">Bytes of the block that count.</param>
/// <param name="Flags">The domain flags d.</param>
/// <param name="Asked">How often the bus asks for it.</param>
public readonly record struct Blake3Compression(
    ReadOnlyMemory<uint> Chaining, ReadOnlyMemory<uint> Message, ulong Counter, uint Length, uint Flags, uint Asked = 1)
{
    /// <summary>
    /// The trace of <see cref="Blake3CompressionAir"/>; it is filled up with compressions of zeros, for which nobody asks.
    /// </summary>
    /// <param name="inputs">The compressions, in order of their rows.</param>
    /// <param name="leastLogRows">log2 of the fewest rows, 0 to 24.</param>
    /// <exception cref="ArgumentException">A chaining value or message of a wrong length.</exception>
    public static Trace<TField> Generate<TField>(ReadOnlySpan<Blake3Compression> inputs, int leastLogRows = 0) where TField : struct, IField<TField>
    {
        const int Period = Blake3CompressionAir.RowsPerCompression;
        var trace = new Trace<TField>(Blake3Columns.Width, TraceTools.Height(Period * Math.Max(inputs.Length, 1), TraceTools.CheckLeastLogRows(leastLogRows)));
        var padding = new Blake3Compression(new uint[8], new uint[16], 0, 0, 0, 0);
        var writer = new Blake3Writer<TField>(trace);
        for (int i = 0; i < trace.Height / Period; i++) writer.Write(i < inputs.Length ? inputs[i] : padding);
        return trace;
    }
}
