using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>Walks an opening from its rows to the cap. Everything it indexes by comes from the statement's plan.</summary>
internal static class BatchVerifier<TField, THash>
    where TField : unmanaged, IField<TField>
    where THash : struct, IMatrixHash<TField>
{
    public static VerifyResult Verify(BatchOpening<TField> opening, ReadOnlySpan<byte> cap)
    {
        OpeningPlan plan = opening.Plan;
        BatchShape shape = plan.Shape;
        foreach (ref readonly Bytes32 sibling in opening.Siblings.AsSpan())
            if (!THash.IsDigest(sibling.Span)) return VerifyResult.NonCanonicalElement;

        int[] nodes = plan.Leaves;
        Bytes32[] digests = RowDigests(opening, shape.Height, nodes);
        int used = 0;
        for (int height = shape.Height; height > 1 << shape.CapHeight; height /= 2)
        {
            int[] parents = plan.Nodes(height / 2);
            var pairs = new Bytes32[2 * parents.Length];
            for (int i = 0, at = 0; i < parents.Length; i++)
                for (int side = 0; side < 2; side++)
                    pairs[2 * i + side] = at < nodes.Length && nodes[at] == 2 * parents[i] + side ? digests[at++] : opening.Siblings[used++];
            digests = Compress(pairs);
            nodes = parents;
            if (shape.WidthAt(height / 2) == 0) continue;
            Bytes32[] rows = RowDigests(opening, height / 2, nodes);
            for (int i = 0; i < nodes.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (digests[i], rows[i]);
            digests = Compress(pairs);
        }
        for (int i = 0; i < nodes.Length; i++)
            if (!digests[i].Span.SequenceEqual(cap.Slice(nodes[i] * Bytes32.Size, Bytes32.Size))) return VerifyResult.RootMismatch;
        return VerifyResult.Valid;
    }

    // The rows of all matrices of a height, side by side, at each of the nodes; turned into columns, since many rows are hashed at once.
    private static Bytes32[] RowDigests(BatchOpening<TField> opening, int height, int[] nodes)
    {
        BatchShape shape = opening.Plan.Shape;
        int width = (int)shape.WidthAt(height), count = nodes.Length;
        var values = new TField[width * count];
        for (int i = 0; i < count; i++)
        {
            int at = i;
            for (int matrix = 0; matrix < shape.Matrices.Length; matrix++)
            {
                if (shape.Matrices[matrix].Height != height) continue;
                foreach (TField value in opening.SaltedRow(matrix, opening.Plan.Place(matrix, nodes[i])))
                {
                    values[at] = value;
                    at += count;
                }
            }
        }
        var columns = new ReadOnlyMemory<TField>[width];
        for (int i = 0; i < width; i++) columns[i] = values.AsMemory(i * count, count);
        var digests = new Bytes32[count];
        THash.HashRows(columns, 0, MemoryMarshal.AsBytes(digests.AsSpan()));
        return digests;
    }

    private static Bytes32[] Compress(Bytes32[] pairs)
    {
        var digests = new Bytes32[pairs.Length / 2];
        THash.Compress(MemoryMarshal.AsBytes(pairs.AsSpan()), MemoryMarshal.AsBytes(digests.AsSpan()));
        return digests;
    }
}
