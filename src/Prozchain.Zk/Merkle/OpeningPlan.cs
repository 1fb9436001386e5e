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
        Leaves = Distinct(indices.ToArray());
        _rows = new int[shape.Matrices.Length][];
        for (int matrix = 0; matrix < _rows.Length; matrix++) _rows[matrix] = Distinct([.. Leaves.Select(leaf => shape.RowOf(matrix, leaf))]);
        for (int height = shape.Height, root = 1 << shape.CapHeight; height > root; height /= 2) SiblingCount += Siblings(height).Count();
    }

    public BatchShape Shape { get; }

    /// <summary>The indices, each once, ascending.</summary>
    public int[] Leaves { get; }

    public int SiblingCount { get; }

    /// <summary>The rows of a matrix that are opened, each once, ascending.</summary>
    public ReadOnlySpan<int> Rows(int matrix) => _rows[matrix];

    /// <summary>The place of a leaf's row among a matrix's opened rows.</summary>
    public int Place(int matrix, int row) => Array.BinarySearch(_rows[matrix], row);

    /// <summary>The nodes of a level of <paramref name="height"/> that lie on a path, ascending.</summary>
    public int[] Nodes(int height)
    {
        int shift = System.Numerics.BitOperations.Log2((uint)(Shape.Height / height));
        return Distinct([.. Leaves.Select(leaf => leaf >> shift)]);
    }

    /// <summary>The siblings that a level contributes, in their order: those of nodes on a path that lie on none.</summary>
    public IEnumerable<int> Siblings(int height)
    {
        int[] nodes = Nodes(height);
        return nodes.Select(node => node ^ 1).Where(sibling => Array.BinarySearch(nodes, sibling) < 0);
    }

    /// <summary>Bytes of the encoding.</summary>
    public long EncodedSize(int elementSize)
    {
        long size = 1 + 32L * SiblingCount;
        for (int matrix = 0; matrix < _rows.Length; matrix++) size += (long)_rows[matrix].Length * Shape.SaltedWidth(matrix) * elementSize;
        return size;
    }

    // Sorted input or not: sorted and without repeats.
    private static int[] Distinct(int[] values)
    {
        Array.Sort(values);
        int count = 0;
        foreach (int value in values)
            if (count == 0 || values[count - 1] != value) values[count++] = value;
        return values[..count];
    }
}
