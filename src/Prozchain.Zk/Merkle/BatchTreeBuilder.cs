using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>Fills the nodes of a batch's tree, level by level from the leaves to the cap, in pieces that threads may share.</summary>
internal sealed class BatchTreeBuilder<TField, THash>(
    BatchShape shape, ReadOnlyMemory<TField>[][] matrices, Bytes32[] nodes, int threads, IProgress<int>? progress, CancellationToken cancellation)
    where TField : unmanaged, IField<TField>
    where THash : struct, IMatrixHash<TField>
{
    // A piece of leaves is a few groups of tiles; a piece of nodes lies in the cache.
    private const int LeafPiece = 256, NodePiece = 1024;

    private int _made;

    public void Run()
    {
        ReadOnlyMemory<TField>[] leaves = Columns(shape.Height);
        Each(shape.Height, LeafPiece, (first, count) => THash.HashRows(leaves, first, Digests(shape.Height + first, count)));
        for (int height = shape.Height / 2; height >= 1 << shape.CapHeight; height /= 2)
        {
            int level = height;
            ReadOnlyMemory<TField>[] columns = Columns(level);
            Each(level, NodePiece, (first, count) => Fill(level, columns, first, count));
        }
    }

    private void Fill(int level, ReadOnlyMemory<TField>[] columns, int first, int count)
    {
        Span<byte> parents = Digests(level + first, count);
        THash.Compress(Digests(2 * (level + first), 2 * count), parents);
        if (columns.Length == 0) return;
        // A shorter matrix stands here: the node is hashed once more, with the digest of the matrices' row.
        Bytes32[] pairs = new Bytes32[2 * count], rows = new Bytes32[count];
        THash.HashRows(columns, first, MemoryMarshal.AsBytes(rows.AsSpan()));
        for (int i = 0; i < count; i++) (pairs[2 * i], pairs[2 * i + 1]) = (nodes[level + first + i], rows[i]);
        THash.Compress(MemoryMarshal.AsBytes(pairs.AsSpan()), parents);
    }

    private ReadOnlyMemory<TField>[] Columns(int height)
    {
        var columns = new List<ReadOnlyMemory<TField>>();
        for (int i = 0; i < matrices.Length; i++)
            if (shape.Matrices[i].Height == height) columns.AddRange(matrices[i]);
        return [.. columns];
    }

    private Span<byte> Digests(int first, int count) => MemoryMarshal.AsBytes(nodes.AsSpan(first, count));

    private void Each(int total, int piece, Action<int, int> body)
    {
        int pieces = (total + piece - 1) / piece;
        if (threads == 1 || pieces == 1)
        {
            for (int i = 0; i < pieces; i++) One(i);
            return;
        }
        Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, One);

        void One(int i)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = i * piece, count = Math.Min(piece, total - first);
            body(first, count);
            if (progress is null) return;
            progress.Report(Interlocked.Add(ref _made, count));
        }
    }
}
