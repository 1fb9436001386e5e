using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability;

/// <summary>
/// The shape of an extended square: k × k data cells, extended to 2k × 2k, and the code and the tree that make it.
/// </summary>
public sealed class SquareParameters
{
    /// <summary>Largest k.</summary>
    public const int MaxDataWidth = 512;

    /// <summary>Largest cell, in bytes.</summary>
    public const int MaxCellSize = 65536;

    /// <summary>Bytes of a cell unless told otherwise.</summary>
    public const int DefaultCellSize = 512;

    /// <summary>Every cell size is a multiple of this many bytes.</summary>
    public const int CellAlignment = 64;

    /// <summary>Checks and holds the shape.</summary>
    /// <param name="dataWidth">k: a power of two, 1 to 512.</param>
    /// <param name="cellSize">Bytes of a cell: a multiple of 64, at most 65536; the extended square fits into one array (2 GiB).</param>
    /// <param name="code">An implementation of the code in docs/formats/da-square.md; <see cref="NaiveReedSolomon"/> if null.</param>
    /// <param name="tree">The tree over each axis; <see cref="PlainAxisTree"/> if null.</param>
    /// <exception cref="ArgumentException">A size is not in its range.</exception>
    public SquareParameters(int dataWidth, int cellSize = DefaultCellSize, IErasureCode? code = null, IAxisTree? tree = null)
    {
        Code = code ?? NaiveReedSolomon.Instance;
        Tree = tree ?? PlainAxisTree.Instance;
        if (dataWidth is < 1 or > MaxDataWidth || !BitOperations.IsPow2(dataWidth))
            throw new ArgumentException($"Expected a power of two from 1 to {MaxDataWidth}, got {dataWidth}.", nameof(dataWidth));
        if (cellSize is < CellAlignment or > MaxCellSize || cellSize % CellAlignment != 0)
            throw new ArgumentException($"Expected a multiple of {CellAlignment} up to {MaxCellSize}, got {cellSize}.", nameof(cellSize));
        if (!Fits(dataWidth, cellSize))
        {
            throw new ArgumentException(
                $"Expected a square of at most {Array.MaxLength} bytes, got {4L * dataWidth * dataWidth * cellSize}.", nameof(cellSize));
        }
        if (cellSize % Code.ShardAlignment != 0 || !Code.Supports(dataWidth, dataWidth))
            throw new ArgumentException($"Expected a code for {dataWidth} + {dataWidth} shards of {cellSize} bytes.", nameof(code));
        if (Tree.RootSize is < 1 or > SquareHeader.MaxRootSize)
            throw new ArgumentException($"Expected roots of 1 to {SquareHeader.MaxRootSize} bytes, got {Tree.RootSize}.", nameof(tree));
        DataWidth = dataWidth;
        CellSize = cellSize;
    }

    /// <summary>k: cells along a side before extension.</summary>
    public int DataWidth { get; }

    /// <summary>2k: cells along a side after extension.</summary>
    public int Width => 2 * DataWidth;

    /// <summary>Bytes of a cell.</summary>
    public int CellSize { get; }

    /// <summary>Cells of the extended square: (2k)².</summary>
    public int CellCount => Width * Width;

    /// <summary>Bytes of payload that <see cref="ExtendedSquare.Encode"/> can put into the square.</summary>
    public int Capacity => DataWidth * DataWidth * CellSize - Squares.PayloadFormat.PrefixSize;

    /// <summary>The code of every row and column: k data and k recovery shards.</summary>
    public IErasureCode Code { get; }

    /// <summary>The tree over every row and column.</summary>
    public IAxisTree Tree { get; }

    /// <summary>The smallest square that holds <paramref name="length"/> bytes of payload.</summary>
    /// <exception cref="ArgumentException">No square with cells of that size is large enough, or an argument is out of its range.</exception>
    public static SquareParameters ForPayload(
        long length, int cellSize = DefaultCellSize, IErasureCode? code = null, IAxisTree? tree = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Squares.PayloadFormat.CheckTree(tree);
        for (int width = 1; width <= MaxDataWidth && Fits(width, cellSize); width *= 2)
        {
            if (length <= (long)width * width * cellSize - Squares.PayloadFormat.PrefixSize)
                return new SquareParameters(width, cellSize, code, tree);
        }
        throw new ArgumentException($"Expected a payload that fits into a square with cells of {cellSize} bytes, got {length} bytes.", nameof(length));
    }

    internal static bool Fits(int dataWidth, int cellSize) => 4L * dataWidth * dataWidth * cellSize <= Array.MaxLength;
}
