using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Merkle;

/// <summary>A matrix as it is committed: columns one after the other, rows in bit-reversed order on the coset of the generator.</summary>
internal sealed record CommittedMatrix<TField>(int LogHeight, int Width, TField[] Columns) where TField : unmanaged, IField<TField>
{
    public int Height => 1 << LogHeight;

    public ReadOnlySpan<TField> Column(int column) => Columns.AsSpan(column << LogHeight, Height);

    /// <summary>Copies rows, one after the other, into rows of a wider matrix.</summary>
    public void CopyRows(int first, int count, Span<TField> destination, int stride)
    {
        for (int column = 0; column < Width; column++)
        {
            ReadOnlySpan<TField> values = Column(column).Slice(first, count);
            for (int row = 0; row < count; row++) destination[row * stride + column] = values[row];
        }
    }
}
