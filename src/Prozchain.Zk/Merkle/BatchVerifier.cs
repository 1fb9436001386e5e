using System.Buffers;
using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>Walks an opening from its rows to the cap. Everything it indexes by comes from the statement's plan.</summary>
internal static class BatchVerifier<TField, THash>
    where TField : unmanaged, IField<TField>
    where THash : struct, IMatrixHash<TField>
{
    // Rows that are hashed at a time, in lanes of sixteen.
    private const int Piece = 64, Lanes = 16;

    public static VerifyResult Verify(BatchOpening<TField> opening, ReadOnlySpan<byte> cap)
    {
        OpeningPlan plan = opening.Plan;
        BatchShape shape = plan.Shape;
        foreach (ref readonly Bytes32 sibling in opening.Siblings.AsSpan())
            if (!THash.IsDigest(sibling.Span)) return VerifyResult.NonCanonicalElement;

        int[] nodes = plan.Leaves;
        Bytes32[] digests = RowDigests(opening, shape.Height, nodes.Length);
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
            Bytes32[] rows = RowDigests(opening, height / 2, nodes.Length);
            for (int i = 0; i < nodes.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (digests[i], rows[i]);
            digests = Compress(pairs);
        }
        for (int i = 0; i < nodes.Length; i++)
            if (!digests[i].Span.SequenceEqual(cap.Slice(nodes[i] * Bytes32.Size, Bytes32.Size))) return VerifyResult.RootMismatch;
        return VerifyResult.Valid;
    }

    // The rows of all matrices of a height that are opened, side by side; turned into columns, since many rows are hashed at once. There may be more digests than rows.
    private static Bytes32[] RowDigests(BatchOpening<TField> opening, int height, int count)
    {
        int width = (int)opening.Plan.Shape.WidthAt(height), whole = count < Lanes / 4 ? count : (count + Lanes - 1) / Lanes * Lanes, piece = Math.Min(whole, Piece);
        TField[] values = ArrayPool<TField>.Shared.Rent(width * piece);
        var columns = new ReadOnlyMemory<TField>[width];
        for (int i = 0; i < width; i++) columns[i] = values.AsMemory(i * piece, piece);
        var digests = new Bytes32[whole];
        for (int first = 0; first < whole; first += piece)
        {
            // Lanes without a row are not looked at.
            if (count - first < piece) Array.Clear(values, 0, width * piece);
            for (int row = 0; row < Math.Min(piece, count - first); row++) Spread(opening, height, first + row, values.AsSpan(row), piece);
            THash.HashRows(columns, 0, MemoryMarshal.AsBytes(digests.AsSpan(first, Math.Min(piece, whole - first))));
        }
        ArrayPool<TField>.Shared.Return(values);
        return digests;
    }

    private static void Spread(BatchOpening<TField> opening, int height, int place, Span<TField> values, int stride)
    {
        int at = 0;
        for (int matrix = 0; matrix < opening.Plan.Shape.Matrices.Length; matrix++)
        {
            if (opening.Plan.Shape.Matrices[matrix].Height != height) continue;
            foreach (TField value in opening.SaltedRow(matrix, place))
            {
                values[at] = value;
                at += stride;
            }
        }
    }

    private static Bytes32[] Compress(Bytes32[] pairs)
    {
        var digests = new Bytes32[pairs.Length / 2];
        THash.Compress(MemoryMarshal.AsBytes(pairs.AsSpan()), MemoryMarshal.AsBytes(digests.AsSpan()));
        return digests;
    }
}
