using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// Shows that a blob's writer committed to something that is no codeword: symbols that the header commits to, enough to fix a row or
/// column, whose codeword has another root than the header's. Such a blob has no content, for anyone. Format: docs/formats/da-slivers.md.
/// </summary>
public sealed class InconsistencyProof
{
    private const byte Version = 0;
    private readonly SliverSymbol[] _symbols;

    internal InconsistencyProof(Axis axis, int index, SliverSymbol[] symbols) => (Axis, Index, _symbols) = (axis, index, symbols);

    /// <summary>Whether it is about a row or a column.</summary>
    public Axis Axis { get; }

    /// <summary>Which one.</summary>
    public int Index { get; }

    /// <summary>Checks the proof. It is untrusted; the header is trusted by its identity.</summary>
    /// <returns>True if the blob is inconsistent; false if the proof shows nothing.</returns>
    /// <remarks>If every root commits to the extension of one blob, then so do the symbols, their codeword is that of the line, and this is false.</remarks>
    public bool Verify(SliverHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        SliverParameters parameters = header.Parameters;
        if (Index >= parameters.Nodes || _symbols.Length != parameters.SymbolsOf(Axis)) return false;
        int last = -1;
        foreach (SliverSymbol symbol in _symbols)
        {
            (int line, int position) = Axis == Axis.Row ? (symbol.Row, symbol.Column) : (symbol.Column, symbol.Row);
            if (line != Index || position <= last || symbol.TryCheck(header, out _) != SliverCheck.Valid) return false;
            last = position;
        }
        return SliverRepair.Decode(parameters, Axis, Index, _symbols).TryCheck(header, out _) == SliverCheck.BadRoot;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)Axis);
        writer.WriteUInt16((ushort)Index);
        foreach (SliverSymbol symbol in _symbols) symbol.WriteBody(writer);
    }

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One proof and nothing else.</param>
    /// <param name="parameters">The shape of the blob, which sizes and counts must have.</param>
    /// <param name="proof">The proof.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, SliverParameters parameters, out InconsistencyProof? proof)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte axis) || !reader.TryReadUInt16(out ushort index)) return ReadResult.Truncated;
        if (axis > (byte)Axis.Column || index >= parameters.Nodes) return ReadResult.OutOfRange;
        var symbols = new SliverSymbol[parameters.SymbolsOf((Axis)axis)];
        for (int i = 0; i < symbols.Length; i++)
        {
            ReadResult result = SliverSymbol.ReadBody(ref reader, parameters, out SliverSymbol? symbol);
            if (result != ReadResult.Ok) return result;
            symbols[i] = symbol!;
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new((Axis)axis, index, symbols);
        return ReadResult.Ok;
    }
}
