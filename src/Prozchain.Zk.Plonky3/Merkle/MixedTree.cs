using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Hashing;

namespace Prozchain.Zk.Plonky3.Merkle;

/// <summary>A tree over matrices of several heights: the rows of a shorter one enter where a level has as many nodes.</summary>
internal sealed class MixedTree<TField> where TField : unmanaged, IField<TField>
{
    private const int RowsAtOnce = 64;
    private readonly Bytes32[][] _levels;

    private MixedTree(CommittedMatrix<TField>[] matrices, Bytes32[][] levels) => (Matrices, _levels) = (matrices, levels);

    public CommittedMatrix<TField>[] Matrices { get; }

    public Bytes32[] Cap => _levels[^1];

    public static MixedTree<TField> Commit(TreeHash<TField> hash, int capHeight, CommittedMatrix<TField>[] matrices)
    {
        int tallest = matrices.Max(matrix => matrix.LogHeight);
        return new(matrices, Build(hash, capHeight, RowDigests(hash, matrices, tallest), level =>
            matrices.Any(matrix => matrix.LogHeight == level) ? RowDigests(hash, matrices, level) : null));
    }

    /// <summary>A tree over the rows of one matrix, given row by row.</summary>
    public static MixedTree<TField> Commit(TreeHash<TField> hash, int capHeight, ReadOnlySpan<TField> rows, int width)
    {
        var digests = new Bytes32[rows.Length / width];
        hash.HashRows(rows, width, digests);
        return new([], Build(hash, capHeight, digests, _ => null));
    }

    /// <summary>The digests that opening some leaves needs.</summary>
    public Bytes32[] Siblings(ReadOnlySpan<int> indices) => Multiproof.Siblings(_levels, indices);

    /// <summary>Opens leaves: for each, the row of every matrix above it.</summary>
    public RowOpening<TField> Open(ReadOnlySpan<int> indices)
    {
        int tallest = Matrices.Max(matrix => matrix.LogHeight);
        var rows = new TField[indices.Length][][];
        for (int query = 0; query < rows.Length; query++)
        {
            rows[query] = new TField[Matrices.Length][];
            for (int m = 0; m < Matrices.Length; m++)
            {
                rows[query][m] = new TField[Matrices[m].Width];
                Matrices[m].CopyRows(indices[query] >> (tallest - Matrices[m].LogHeight), 1, rows[query][m], 0);
            }
        }
        return new() { Rows = rows, Salts = [], Siblings = Siblings(indices) };
    }

    private static Bytes32[][] Build(TreeHash<TField> hash, int capHeight, Bytes32[] leaves, Func<int, Bytes32[]?> rowDigests)
    {
        List<Bytes32[]> levels = [leaves];
        while (levels[^1].Length > 1 << capHeight)
        {
            Bytes32[] below = levels[^1];
            var nodes = new Bytes32[below.Length / 2];
            for (int i = 0; i < nodes.Length; i++) nodes[i] = hash.Compress(in below[2 * i], in below[2 * i + 1]);
            if (rowDigests(System.Numerics.BitOperations.Log2((uint)nodes.Length)) is { } rows)
                for (int i = 0; i < nodes.Length; i++) nodes[i] = hash.Compress(in nodes[i], in rows[i]);
            levels.Add(nodes);
        }
        return [.. levels];
    }

    private static Bytes32[] RowDigests(TreeHash<TField> hash, CommittedMatrix<TField>[] matrices, int level)
    {
        CommittedMatrix<TField>[] here = [.. matrices.Where(matrix => matrix.LogHeight == level)];
        int width = here.Sum(matrix => matrix.Width);
        var digests = new Bytes32[1 << level];
        var rows = new TField[Math.Min(RowsAtOnce, digests.Length) * width];
        for (int first = 0; first < digests.Length; first += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, digests.Length - first), at = 0;
            foreach (CommittedMatrix<TField> matrix in here)
            {
                matrix.CopyRows(first, count, rows.AsSpan(at), width);
                at += matrix.Width;
            }
            hash.HashRows(rows.AsSpan(0, count * width), width, digests.AsSpan(first, count));
        }
        return digests;
    }
}
