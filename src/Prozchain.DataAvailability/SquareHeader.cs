using System.Buffers;
using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability;

/// <summary>
/// What a light client knows of a square: its shape, the root of every row and column, and the data root over
/// them, which this type always computes itself. Compare <see cref="DataRoot"/> with a trusted one before use. It
/// binds the contents and places of all cells; a cell size that is not theirs lets no share pass. Format: docs/formats/da-square-header.md.
/// </summary>
public sealed class SquareHeader
{
    /// <summary>Longest axis root, in bytes.</summary>
    public const int MaxRootSize = 128;

    private const byte Version = 0;
    private readonly byte[] _roots;
    private readonly TreeLevels _levels;

    /// <summary>Takes ownership of the roots: rows, then columns.</summary>
    internal SquareHeader(SquareParameters parameters, byte[] roots)
    {
        (Parameters, _roots) = (parameters, roots);
        _levels = new TreeLevels(false, 2 * parameters.Width);
        Sha256MerkleHash.Leaves(new ReadOnlyShards(roots, 2 * parameters.Width, parameters.Tree.RootSize), _levels.Leaves);
        _levels.Reduce();
    }

    /// <summary>The shape of the square.</summary>
    public SquareParameters Parameters { get; }

    /// <summary>RFC 6962 SHA-256 root over the row roots, then the column roots: 32 bytes.</summary>
    public ReadOnlySpan<byte> DataRoot => _levels.Root;

    /// <summary>All row roots, top to bottom, without gaps.</summary>
    public ReadOnlyMemory<byte> RowRoots => _roots.AsMemory(0, _roots.Length / 2);

    /// <summary>All column roots, left to right, without gaps.</summary>
    public ReadOnlyMemory<byte> ColumnRoots => _roots.AsMemory(_roots.Length / 2);

    /// <summary>The root of one row or column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below the width.</exception>
    public ReadOnlySpan<byte> Root(Axis axis, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Parameters.Width);
        int size = Parameters.Tree.RootSize;
        return (axis == Axis.Row ? RowRoots : ColumnRoots).Span.Slice(index * size, size);
    }

    /// <summary>Proves the root of a row or column to whoever knows the data root alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below the width.</exception>
    public RootProof ProveRoot(Axis axis, int index)
    {
        byte[] root = Root(axis, index).ToArray();
        var path = new ArrayBufferWriter<byte>();
        _levels.Prove(axis == Axis.Row ? index : Parameters.Width + index, path);
        return new RootProof(new AxisLine(axis, index, Parameters.Width), root, path.WrittenSpan.ToArray());
    }

    /// <summary>True if both headers commit to the same square in the same shape.</summary>
    public bool IsSame(SquareHeader other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other)
            || (DataRoot.SequenceEqual(other.DataRoot) && Parameters.Width == other.Parameters.Width
                && Parameters.CellSize == other.Parameters.CellSize && Parameters.Tree.Scheme == other.Parameters.Tree.Scheme);
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte(Parameters.Tree.Scheme);
        writer.WriteByte((byte)BitOperations.Log2((uint)Parameters.DataWidth));
        writer.WriteVarint((ulong)(Parameters.CellSize / SquareParameters.CellAlignment));
        writer.WriteSpan(_roots);
    }

    /// <summary>Reads the header of a square with <see cref="PlainAxisTree"/> and the default code from untrusted bytes.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out SquareHeader? header) =>
        TryRead(source, NaiveReedSolomon.Instance, PlainAxisTree.Instance, out header);

    /// <summary>Reads the wire format from untrusted bytes; the header is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One header and nothing else.</param>
    /// <param name="code">The code to use with the square.</param>
    /// <param name="tree">The tree to use with the square; one of another scheme is refused.</param>
    /// <param name="header">The header.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, IErasureCode code, IAxisTree tree, out SquareHeader? header)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(tree);
        header = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte scheme)) return ReadResult.Truncated;
        if (scheme != tree.Scheme) return ReadResult.UnknownTree;
        if (!reader.TryReadByte(out byte log)) return ReadResult.Truncated;
        if (log > BitOperations.Log2(SquareParameters.MaxDataWidth)) return ReadResult.OutOfRange;
        const int maxUnits = SquareParameters.MaxCellSize / SquareParameters.CellAlignment;
        ReadResult counted = WireCount.Read(ref reader, source, 1, maxUnits, out int units);
        if (counted != ReadResult.Ok) return counted;
        int width = 1 << log, cellSize = units * SquareParameters.CellAlignment;
        if (!SquareParameters.Fits(width, cellSize) || cellSize % code.ShardAlignment != 0 || !code.Supports(width, width))
            return ReadResult.OutOfRange;
        if (!reader.TryReadSpan(4 * width * tree.RootSize, out ReadOnlySpan<byte> roots)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        header = new SquareHeader(new SquareParameters(width, cellSize, code, tree), roots.ToArray());
        return ReadResult.Ok;
    }
}
