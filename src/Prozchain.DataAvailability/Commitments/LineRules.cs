using System.Numerics;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>What both trees ask of their callers.</summary>
internal static class LineRules
{
    public static void CheckWidth(AxisLine line, ReadOnlyShards cells)
    {
        if (cells.Count != line.Width) throw new ArgumentException($"Expected {line.Width} cells, got {cells.Count}.", nameof(cells));
        if (!BitOperations.IsPow2(line.Width)) throw new ArgumentException($"Expected a power of two of cells, got {line.Width}.", nameof(line));
    }

    public static void CheckRoot(int expected, ReadOnlySpan<byte> root)
    {
        if (root.Length != expected) throw new ArgumentException($"Expected {expected} bytes for the root, got {root.Length}.", nameof(root));
    }

    /// <summary>The size of a cell of a whole square.</summary>
    public static int CellSize(ReadOnlyMemory<byte> cells, int width, ReadOnlyMemory<byte> roots, int rootSize, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (width < 2 || !BitOperations.IsPow2(width)) throw new ArgumentException($"Expected a width that is a power of two from 2, got {width}.", nameof(width));
        if (cells.IsEmpty || cells.Length % (width * width) != 0 || cells.Length / (width * width) % SquareParameters.CellAlignment != 0)
            throw new ArgumentException($"Expected {width * width} cells of a multiple of {SquareParameters.CellAlignment} bytes, got {cells.Length} bytes.", nameof(cells));
        if (roots.Length != 2 * width * rootSize) throw new ArgumentException($"Expected {2 * width * rootSize} bytes for the roots, got {roots.Length}.", nameof(roots));
        return cells.Length / (width * width);
    }
}
