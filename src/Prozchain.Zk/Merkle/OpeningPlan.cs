namespace Prozchain.Zk.Merkle;

/// <summary>
/// What an opening at some indices holds, and where: the same for the prover, the reader and the verifier, from the
/// statement alone. Rows and siblings that several indices share appear once.
/// </summary>
internal sealed class OpeningPlan
{
    private readonly int[][] _rows;

    public OpeningPlan(BatchShape shape, ReadOnlySpan<int> indices)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (indices.IsEmpty) throw new ArgumentException("Expected at least one index, got none.", nameof(indices));
        foreach (int index in indices)
            if ((uint)index >= (uint)shape.Height) throw new ArgumentOutOfRangeException(nameof(indices), index, $"Expected an index below {shape.Height}.");
        Shape = shape;
        int[] sorted = indices.ToArray();
        Array.Sort(sorted);
        Leaves = Distinct(sorted);
        _rows = new int[shape.Matrices.Length][];
        Dictionary<int, int[]> rows = [];
        for (int matrix = 0; matrix < _rows.Length; matrix++)
        {
            int height = shape.Matrices[matrix].Height;
            if (!rows.TryGetValue(height, out int[]? known)) rows[height] = known = Nodes(height);
            _rows[matrix] = known;
        }
        for (int height = shape.Height, root = 1 << shape.CapHeight; height > root; height /= 2) SiblingCount += Siblings(height).Count();
    }

    public BatchShape Shape { get; }

    /// <summary>The indices, each once, ascending.</summary>
    public int[] Leaves { get; }

    public int SiblingCount { get; }

    /// <summary>The rows of a matrix that are opened, each once, ascending: the <see cref="Nodes"/> of its height.</summary>
    public ReadOnlySpan<int> Rows(int matrix) => _rows[matrix];

    /// <summary>The place of a leaf's row among a matrix's opened rows.</summary>
    public int Place(int matrix, int row) => Array.BinarySearch(_rows[matrix], row);

    /// <summary>The nodes of a level of <paramref name="height"/> that lie on a path, ascending.</summary>
    public int[] Nodes(int height)
    {
        int shift = System.Numerics.BitOperations.Log2((uint)(Shape.Height / height));
        int[] nodes = new int[Leaves.Length];
        for (int i = 0; i < nodes.Length; i++) nodes[i] = Leaves[i] >> shift;
        return Distinct(nodes);
    }

    /// <summary>The siblings that a level contributes, in their order: those of nodes on a path that lie on none.</summary>
    public IEnumerable<int> Siblings(int height)
    {
        int[] nodes = Nodes(height);
        for (int i = 0; i < nodes.Length; i++)
        {
            // One that is on a path is the node's neighbour here.
            int sibling = nodes[i] ^ 1;
            if ((i == 0 || nodes[i - 1] != sibling) && (i + 1 == nodes.Length || nodes[i + 1] != sibling)) yield return sibling;
        }
    }

    /// <summary>Bytes of the encoding.</summary>
    public long EncodedSize(int elementSize)
    {
        long size = 1 + 32L * SiblingCount;
        for (int matrix = 0; matrix < _rows.Length; matrix++) size += (long)_rows[matrix].Length * Shape.SaltedWidth(matrix) * elementSize;
        return size;
    }

    // Ascending, without repeats.
    private static int[] Distinct(int[] values)
    {
        int count = 0;
        foreach (int value in values)
            if (count == 0 || values[count - 1] != value) values[count++] = value;
        return values[..count];
    }
}
