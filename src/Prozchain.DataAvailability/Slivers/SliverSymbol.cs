using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// One of n × n symbols with its path to the root of the row or column that it was taken from. Untrusted until <see cref="TryCheck"/>.
/// Format: docs/formats/da-slivers.md.
/// </summary>
public sealed class SliverSymbol
{
    private const byte Version = 0;
    private readonly byte[] _content;
    private readonly Bytes32[] _path;

    internal SliverSymbol(Axis axis, int index, int position, byte[] content, Bytes32[] path) =>
        (Axis, Index, Position, _content, _path) = (axis, index, position, content, path);

    /// <summary>Whether the path leads to the root of its row or of its column.</summary>
    public Axis Axis { get; }

    /// <summary>Which row or column the path belongs to.</summary>
    public int Index { get; }

    /// <summary>The place along it, 0 to n - 1.</summary>
    public int Position { get; }

    /// <summary>The symbol.</summary>
    public ReadOnlyMemory<byte> Content => _content;

    internal int Row => Axis == Axis.Row ? Index : Position;

    internal int Column => Axis == Axis.Row ? Position : Index;

    /// <summary>Checks the symbol against the header; the checked one is not null if and only if the result is <see cref="SliverCheck.Valid"/>.</summary>
    public SliverCheck TryCheck(SliverHeader header, out CheckedSymbol? symbol)
    {
        ArgumentNullException.ThrowIfNull(header);
        symbol = null;
        SliverParameters parameters = header.Parameters;
        if (Index >= parameters.Nodes || Position >= parameters.Nodes) return SliverCheck.OutsideBlob;
        if (_content.Length != parameters.SymbolSize) return SliverCheck.WrongSize;
        if (!SliverTree.Verify(header.RootOf(Axis, Index), parameters.Nodes, Position, _content, _path)) return SliverCheck.BadRoot;
        symbol = new CheckedSymbol(header, this);
        return SliverCheck.Valid;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        WriteBody(writer);
    }

    /// <summary>Reads the wire format from untrusted bytes; the symbol is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One symbol and nothing else.</param>
    /// <param name="parameters">The shape that sizes must have.</param>
    /// <param name="symbol">The symbol.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, SliverParameters parameters, out SliverSymbol? symbol)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        symbol = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        ReadResult result = ReadBody(ref reader, parameters, out SliverSymbol? body);
        if (result == ReadResult.Ok && !reader.IsAtEnd) return ReadResult.TrailingBytes;
        symbol = body;
        return result;
    }

    internal void WriteBody(WireWriter writer)
    {
        writer.WriteByte((byte)Axis);
        writer.WriteUInt16((ushort)Index);
        writer.WriteUInt16((ushort)Position);
        writer.WriteSpan(_content);
        foreach (Bytes32 sibling in _path) writer.WriteBytes32(sibling);
    }

    internal static ReadResult ReadBody(ref WireReader reader, SliverParameters parameters, out SliverSymbol? symbol)
    {
        symbol = null;
        if (!reader.TryReadByte(out byte axis) || !reader.TryReadUInt16(out ushort index) || !reader.TryReadUInt16(out ushort position)) return ReadResult.Truncated;
        if (axis > (byte)Axis.Column || index >= parameters.Nodes || position >= parameters.Nodes) return ReadResult.OutOfRange;
        int siblings = SliverTree.ProofLength(parameters.Nodes, position);
        if (reader.Remaining < parameters.SymbolSize + siblings * Bytes32.Size) return ReadResult.Truncated;
        reader.TryReadSpan(parameters.SymbolSize, out ReadOnlySpan<byte> content);
        var path = new Bytes32[siblings];
        for (int i = 0; i < siblings; i++) reader.TryReadBytes32(out path[i]);
        symbol = new SliverSymbol((Axis)axis, index, position, content.ToArray(), path);
        return ReadResult.Ok;
    }
}
