using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>Fills the nodes of a batch's tree, level by level from the leaves to the cap, in pieces that threads may share.</summary>
internal sealed class BatchTreeBuilder<TField, THash>(
    BatchShape shape, IBatchRows<TField> rows, Bytes32[] nodes, int threads, IProgress<int>? progress, CancellationToken cancellation)
    where TField : unmanaged, IField<TField>
    where THash : struct, IMatrixHash<TField>
{
    // A piece of leaves is a few groups of tiles; a piece of nodes lies in the cache.
    private const int LeafPiece = 256, NodePiece = 1024;

    private int _made;

    public void Run()
    {
        int window = rows.Window(shape.Height);
        for (int start = 0; start < shape.Height; start += window)
        {
            ReadOnlyMemory<TField>[] leaves = rows.Columns(shape.Height, start / window);
            int at = shape.Height + start;
            Each(window, LeafPiece, (first, count) => THash.HashRows(leaves, first, Digests(at + first, count)));
        }
        for (int height = shape.Height / 2; height >= 1 << shape.CapHeight; height /= 2)
        {
            window = rows.Window(height);
            for (int start = 0; start < height; start += window)
            {
                ReadOnlyMemory<TField>[] columns = rows.Columns(height, start / window);
                int at = height + start;
                Each(window, NodePiece, (first, count) => Fill(at + first, columns, first, count));
            }
        }
    }

    private void Fill(int node, ReadOnlyMemory<TField>[] columns, int first, int count)
    {
        Span<byte> parents = Digests(node, count);
        THash.Compress(Digests(2 * node, 2 * count), parents);
        if (columns.Length == 0) return;
        // A shorter matrix stands here: the node is hashed once more, with the digest of the matrices' row.
        Bytes32[] pairs = new Bytes32[2 * count], digests = new Bytes32[count];
        THash.HashRows(columns, first, MemoryMarshal.AsBytes(digests.AsSpan()));
        for (int i = 0; i < count; i++) (pairs[2 * i], pairs[2 * i + 1]) = (nodes[node + i], digests[i]);
        THash.Compress(MemoryMarshal.AsBytes(pairs.AsSpan()), parents);
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
