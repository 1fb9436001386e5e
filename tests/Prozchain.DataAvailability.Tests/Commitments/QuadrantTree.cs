using System.Buffers;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Tests.Commitments;

/// <summary>
/// A tree of another kind: its root names the line and covers, flat, a digest of each cell with its quadrant; a path is
/// all digests. Shows that squares know nothing of the plain tree.
/// </summary>
internal sealed class QuadrantTree : IAxisTree
{
    public byte Scheme => 200;

    public int RootSize => 34;

    public void ComputeRoot(AxisLine line, ReadOnlyShards cells, Span<byte> root) => Build(line, cells).Root.CopyTo(root);

    public ILineTree Build(AxisLine line, ReadOnlyShards cells)
    {
        var path = new ArrayBufferWriter<byte>();
        for (int i = 0; i < cells.Count; i++) path.Write(Digest(line, i, cells[i]));
        return new FlatLine([(byte)line.Axis, (byte)line.Index, .. SHA256.HashData(path.WrittenSpan)], path.WrittenSpan.ToArray());
    }

    public bool Verify(AxisLine line, ReadOnlySpan<byte> root, int position, ReadOnlySpan<byte> cell, ReadOnlySpan<byte> path) =>
        path.Length == 32 * line.Width && root[0] == (byte)line.Axis && root[1] == line.Index
        && SHA256.HashData(path).AsSpan().SequenceEqual(root[2..])
        && Digest(line, position, cell).AsSpan().SequenceEqual(path.Slice(32 * position, 32));

    private static byte[] Digest(AxisLine line, int position, ReadOnlySpan<byte> cell)
    {
        CellCoordinate at = line.Coordinate(position);
        return SHA256.HashData([(byte)(at.Row * 2 / line.Width), (byte)(at.Column * 2 / line.Width), .. cell]);
    }

    private sealed class FlatLine(byte[] root, byte[] digests) : ILineTree
    {
        public ReadOnlySpan<byte> Root => root;

        public void Prove(int position, IBufferWriter<byte> path) => path.Write(digests);
    }
}
