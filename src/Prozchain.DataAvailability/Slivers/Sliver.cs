using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// A row or column as a node keeps it, before its extension to n symbols. Untrusted until <see cref="TryCheck"/>. Format:
/// docs/formats/da-slivers.md.
/// </summary>
public sealed class Sliver
{
    private const byte Version = 0;
    private readonly byte[] _content;

    internal Sliver(Axis axis, int index, byte[] content) => (Axis, Index, _content) = (axis, index, content);

    /// <summary>Whether it is a row or a column.</summary>
    public Axis Axis { get; }

    /// <summary>Which one, and the number of its node.</summary>
    public int Index { get; }

    /// <summary>Its symbols without gaps: n - f of a row, n - 2f of a column.</summary>
    public ReadOnlyMemory<byte> Content => _content;

    /// <summary>Extends the sliver and compares its root with the header's; the checked one is not null if and only if the result is <see cref="SliverCheck.Valid"/>.</summary>
    public SliverCheck TryCheck(SliverHeader header, out CheckedSliver? sliver)
    {
        ArgumentNullException.ThrowIfNull(header);
        sliver = null;
        SliverParameters parameters = header.Parameters;
        if (Index >= parameters.Nodes) return SliverCheck.OutsideBlob;
        if (_content.Length != parameters.SymbolsOf(Axis) * parameters.SymbolSize) return SliverCheck.WrongSize;
        var symbols = new byte[parameters.Nodes * parameters.SymbolSize];
        _content.CopyTo(symbols, 0);
        parameters.Extend(Axis, symbols);
        Bytes32[] leaves = SliverTree.Leaves(symbols, parameters.SymbolSize);
        if (!SliverTree.Root(leaves).Equals(header.RootOf(Axis, Index))) return SliverCheck.BadRoot;
        sliver = new CheckedSliver(header, this, symbols, leaves);
        return SliverCheck.Valid;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)Axis);
        writer.WriteUInt16((ushort)Index);
        writer.WriteSpan(_content);
    }

    /// <summary>Reads the wire format from untrusted bytes; the sliver is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One sliver and nothing else.</param>
    /// <param name="parameters">The shape that its length must have.</param>
    /// <param name="sliver">The sliver.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, SliverParameters parameters, out Sliver? sliver)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        sliver = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte axis) || !reader.TryReadUInt16(out ushort index)) return ReadResult.Truncated;
        if (axis > (byte)Axis.Column || index >= parameters.Nodes) return ReadResult.OutOfRange;
        if (!reader.TryReadSpan(parameters.SymbolsOf((Axis)axis) * parameters.SymbolSize, out ReadOnlySpan<byte> content)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        sliver = new Sliver((Axis)axis, index, content.ToArray());
        return ReadResult.Ok;
    }
}
