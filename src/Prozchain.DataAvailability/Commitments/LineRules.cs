using System.Numerics;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>What both trees ask of their callers.</summary>
internal static class LineRules
{
    private const int MaxWidth = 2 * SquareParameters.MaxDataWidth;

    /// <summary>Whether lines of a square can be as long.</summary>
    public static bool IsWidth(int width) => width is >= 1 and <= MaxWidth && BitOperations.IsPow2(width);

    public static void CheckLine(AxisLine line, ReadOnlyShards cells)
    {
        if (!IsWidth(line.Width)) throw new ArgumentException($"Expected a power of two of cells up to {MaxWidth}, got {line.Width}.", nameof(line));
        if ((uint)line.Index >= (uint)line.Width) throw new ArgumentException($"Expected a line of 0 to {line.Width - 1}, got {line.Index}.", nameof(line));
        if (cells.Count != line.Width) throw new ArgumentException($"Expected {line.Width} cells, got {cells.Count}.", nameof(cells));
    }

    public static void CheckRoot(int expected, ReadOnlySpan<byte> root)
    {
        if (root.Length != expected) throw new ArgumentException($"Expected {expected} bytes for the root, got {root.Length}.", nameof(root));
    }

    /// <summary>The size of a cell of a whole square.</summary>
    public static int CellSize(ReadOnlyMemory<byte> cells, int width, ReadOnlyMemory<byte> roots, int rootSize, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (width < 2 || !IsWidth(width)) throw new ArgumentException($"Expected a width that is a power of two from 2 to {MaxWidth}, got {width}.", nameof(width));
        if (cells.IsEmpty || cells.Length % (width * width) != 0 || cells.Length / (width * width) % SquareParameters.CellAlignment != 0)
            throw new ArgumentException($"Expected {width * width} cells of a multiple of {SquareParameters.CellAlignment} bytes, got {cells.Length} bytes.", nameof(cells));
        if (roots.Length != 2 * width * rootSize) throw new ArgumentException($"Expected {2 * width * rootSize} bytes for the roots, got {roots.Length}.", nameof(roots));
        return cells.Length / (width * width);
    }
}
