using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>A commitment to the cells of one row or column, with a proof for each cell.</summary>
/// <remarks>
/// What an implementer owes: the root binds every cell and its position (collision-resistant); exactly one path
/// verifies for a cell; <see cref="Verify"/> takes any bytes and never throws on them, and its cost is bounded by the
/// width and the cell; the line may enter the hash (a namespaced tree needs the quadrant) but the same line
/// and cells always give the same root; <see cref="ComputeRoots"/> gives what <see cref="ComputeRoot"/> gives line by
/// line; safe for concurrent use.
/// </remarks>
public interface IAxisTree
{
    /// <summary>
    /// The number of this tree in wire formats: 0 is <see cref="PlainAxisTree"/>, 1 is <see cref="NamespacedAxisTree"/>, 2 to
    /// 127 are reserved, the rest is free for private use.
    /// </summary>
    byte Scheme { get; }

    /// <summary>Bytes of a root, 1 to 128.</summary>
    int RootSize { get; }

    /// <summary>False if the tree refuses the contents of a line, such as namespaces out of order: it then has no root.</summary>
    bool Accepts(AxisLine line, ReadOnlyShards cells) => true;

    /// <summary>Computes the root over all cells of a line.</summary>
    /// <param name="line">The row or column.</param>
    /// <param name="cells">Its cells in order.</param>
    /// <param name="root">Receives <see cref="RootSize"/> bytes.</param>
    /// <exception cref="ArgumentException">The tree does not accept the line, or a size is not the one expected.</exception>
    void ComputeRoot(AxisLine line, ReadOnlyShards cells, Span<byte> root);

    /// <summary>Computes the roots of all rows, then of all columns, of a square whose lines this tree accepts.</summary>
    /// <param name="cells">The cells, row by row.</param>
    /// <param name="width">Cells along a side.</param>
    /// <param name="roots">Receives <see cref="RootSize"/> bytes for each line.</param>
    /// <param name="threads">Threads to use, at least 1.</param>
    /// <param name="cancellationToken">Looked at now and then.</param>
    void ComputeRoots(ReadOnlyMemory<byte> cells, int width, Memory<byte> roots, int threads = 1, CancellationToken cancellationToken = default)
    {
        int cellSize = cells.Length / (width * width);
        for (int i = 0; i < 2 * width; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var line = new AxisLine(i < width ? Axis.Row : Axis.Column, i % width, width);
            ComputeRoot(line, line.Of(cells.Span, cellSize), roots.Span.Slice(i * RootSize, RootSize));
        }
    }

    /// <summary>Hashes a line and keeps what proofs of its cells need.</summary>
    /// <exception cref="ArgumentException">The tree does not accept the line, or a size is not the one expected.</exception>
    ILineTree Build(AxisLine line, ReadOnlyShards cells);

    /// <summary>True if the path proves that the cell is at that position of the line with that root. Cell and path are untrusted.</summary>
    bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path);
}
