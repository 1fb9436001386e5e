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
        var source = new Blake3Source<TField>(inputs.ToArray(), leastLogRows);
        var trace = new Trace<TField>(source.Width, source.Height);
        source.Fill(trace, 1, default);
        return trace;
    }

    /// <summary>
    /// As <see cref="Generate"/>, but made where it is needed: by a prover's device from the inputs alone, and otherwise when a cell is first asked
    /// for, which traces that hide always are.
    /// </summary>
    /// <param name="inputs">The compressions, in order of their rows; not to be changed while the trace is used, nor what they refer to.</param>
    /// <param name="leastLogRows">log2 of the fewest rows, 0 to 24.</param>
    /// <exception cref="ArgumentException">A chaining value or message of a wrong length.</exception>
    public static Trace<TField> Describe<TField>(ReadOnlyMemory<Blake3Compression> inputs, int leastLogRows = 0) where TField : struct, IField<TField> =>
        new(new Blake3Source<TField>(inputs, leastLogRows), 1);
}
