namespace Prozchain.DataAvailability.Squares;

/// <summary>Where a blob stands in a square: what a proof of it alone has to cover.</summary>
/// <param name="Namespace">Whom it belongs to.</param>
/// <param name="Start">Index of its first share, counted row by row in the k × k shares.</param>
/// <param name="ShareCount">How many shares it fills.</param>
/// <param name="ShareVersion">How they are laid out: 0 to 2.</param>
/// <param name="Length">Bytes of the blob.</param>
public readonly record struct BlobRange(Namespace Namespace, int Start, int ShareCount, byte ShareVersion, int Length)
{
    /// <summary>Index after the last share.</summary>
    public int End => Start + ShareCount;

    /// <summary>The part of the blob in each row that it touches, top to bottom.</summary>
    /// <param name="dataWidth">k of the square.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    public IEnumerable<RowRange> Rows(int dataWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataWidth, 1);
        return Split(Start, End, dataWidth);
    }

    private static IEnumerable<RowRange> Split(int start, int end, int width)
    {
        for (int at = start; at < end;)
        {
            (int row, int column) = Math.DivRem(at, width);
            int count = Math.Min(width - column, end - at);
            yield return new RowRange(row, column, count);
            at += count;
        }
    }
}
