using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>The rows of a batch's matrices, with their salts, wherever they are.</summary>
internal interface IBatchRows<TField> where TField : unmanaged, IField<TField>
{
    /// <summary>How many rows of the matrices of a height are at hand at once: a power of two, at most the height.</summary>
    int Window(int height);

    /// <summary>All columns of the matrices of a height, in order, on a window of rows; until the next call.</summary>
    ReadOnlyMemory<TField>[] Columns(int height, int window);

    /// <summary>Copies rows of a matrix to their places in an opening.</summary>
    void Open(int matrix, ReadOnlySpan<int> rows, BatchOpening<TField> opening);
}

/// <summary>Matrices that are in memory, by their columns.</summary>
internal sealed class KeptRows<TField>(BatchShape shape, ReadOnlyMemory<TField>[][] matrices) : IBatchRows<TField> where TField : unmanaged, IField<TField>
{
    public int Window(int height) => height;

    public ReadOnlyMemory<TField>[] Columns(int height, int window)
    {
        var columns = new List<ReadOnlyMemory<TField>>();
        for (int i = 0; i < matrices.Length; i++)
            if (shape.Matrices[i].Height == height) columns.AddRange(matrices[i]);
        return [.. columns];
    }

    public void Open(int matrix, ReadOnlySpan<int> rows, BatchOpening<TField> opening)
    {
        // Column by column: reads come from all over the memory either way, and this way the lines written to stay in the cache.
        Span<TField> opened = opening.SaltedRows(matrix);
        ReadOnlyMemory<TField>[] columns = matrices[matrix];
        for (int column = 0; column < columns.Length; column++)
        {
            ReadOnlySpan<TField> values = columns[column].Span;
            for (int place = 0, at = column; place < rows.Length; place++, at += columns.Length) opened[at] = values[rows[place]];
        }
    }
}
