using System.Buffers;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>A commitment to the cells of one row or column, with a proof for each cell.</summary>
/// <remarks>
/// What an implementer owes: the root binds every cell and its position (collision-resistant); exactly one path
/// verifies for a cell; <see cref="Verify"/> takes any bytes and never throws on them, and its cost is bounded by the
/// width and the cell; the line may enter the hash (a namespaced tree needs the quadrant) but the same line
/// and cells always give the same root; safe for concurrent use.
/// </remarks>
public interface IAxisTree
{
    /// <summary>
    /// The number of this tree in wire formats: 0 is <see cref="PlainAxisTree"/>, 1 to 127 are reserved, the rest is
    /// free for private use.
    /// </summary>
    byte Scheme { get; }

    /// <summary>Bytes of a root, 1 to 128.</summary>
    int RootSize { get; }

    /// <summary>Computes the root over all cells of a line.</summary>
    /// <param name="line">The row or column.</param>
    /// <param name="cells">Its cells in order.</param>
    /// <param name="root">Receives <see cref="RootSize"/> bytes.</param>
    void ComputeRoot(AxisLine line, ReadOnlyShards cells, Span<byte> root);

    /// <summary>Writes the path that proves the cell at a position of the line: at most 4096 bytes.</summary>
    void Prove(AxisLine line, ReadOnlyShards cells, int position, IBufferWriter<byte> path);

    /// <summary>True if the path proves that the cell is at that position of the line with that root. Cell and path are untrusted.</summary>
    bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path);
}
