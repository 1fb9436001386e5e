using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Commits to columns whose extensions do not stay: pieces of columns go through the states of all rows' hashes.</summary>
internal sealed class PieceCommitter<TField, TTree>(DeviceSession session, DevicePieces<TField> pieces, DevicePlan plan, int logBlowup, CancellationToken cancellation)
    where TField : unmanaged, ITwoAdicField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    /// <summary>Commits.</summary>
    /// <param name="sets">The columns, which stay as they are until the end of the proof.</param>
    /// <param name="shape">Of the extended columns.</param>
    /// <param name="salts">Of each matrix; empty without.</param>
    public DeviceBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> sets, BatchShape shape, IReadOnlyList<DeviceMatrix> salts)
    {
        using DeviceTreeBuilder<TField, TTree> builder = new(session, shape);
        for (int height = shape.Height; height > 0; height /= 2)
        {
            int[] matrices = [.. Enumerable.Range(0, sets.Count).Where(i => shape.Matrices[i].Height == height)];
            if (matrices.Length > 0) Absorb(builder, height, matrices);
        }
        BatchMatrix<TField>[] columns = [.. sets.Select(set => BatchMatrix<TField>.Of(set, logBlowup))];
        return new(columns, new Opener(pieces, columns, salts, builder.Finish()));

        void Absorb(DeviceTreeBuilder<TField, TTree> builder, int height, int[] matrices)
        {
            int most = plan.HashedColumns(shape.WidthAt(height), builder.Step), filled = 0;
            using DeviceMatrix room = DeviceMatrix.Allocate(session, sets[matrices[0]].LogRows, logBlowup, most, "columns to hash");
            foreach (int matrix in matrices)
            {
                Fill(sets[matrix].Width, (first, target) => pieces.Extend(sets[matrix], first, target));
                if (shape.SaltLength == 0) continue;
                DeviceMatrix ofRows = salts[matrix];
                Fill(ofRows.Width, (first, target) =>
                    session.Copy(ofRows.Values, ofRows.At(first), target.Values, target.At(0), (long)target.Width * DeviceMatrix.ElementSize << ofRows.LogSize));
            }
            if (filled > 0) Hash();

            void Fill(int width, Action<int, DeviceMatrix> fill)
            {
                for (int first = 0, count; first < width; first += count)
                {
                    cancellation.ThrowIfCancellationRequested();
                    count = Math.Min(most - filled, width - first);
                    fill(first, room.Columns(filled, count));
                    filled += count;
                    if (filled == most) Hash();
                }
            }

            void Hash()
            {
                builder.Absorb(height, [DeviceColumns.Of(room.Columns(0, filled))]);
                filled = 0;
            }
        }
    }

    private sealed class Opener(DevicePieces<TField> pieces, BatchMatrix<TField>[] columns, IReadOnlyList<DeviceMatrix> salts, DeviceTree<TField, TTree> tree) : ICommittedBatch<TField>
    {
        public BatchShape Shape => tree.Shape;

        public ReadOnlySpan<byte> Cap => tree.Cap;

        public BatchOpening<TField> Open(ReadOnlySpan<int> indices)
        {
            BatchOpening<TField> opening = tree.OpenNodes(indices);
            for (int i = 0; i < columns.Length; i++)
            {
                int matrix = i;
                pieces.ForEach(columns[i], columns[i].LogBlowup, (piece, first) => tree.FillRows(opening, matrix, first, [DeviceColumns.Of(piece)]));
                if (salts.Count > 0) tree.FillRows(opening, matrix, columns[i].Width, [DeviceColumns.Of(salts[i])]);
            }
            return opening;
        }
    }
}
