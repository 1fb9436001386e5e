using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>Adds a few columns, each times a factor for each coordinate, to sums in progress of as many coordinates.</summary>
/// <param name="columns">From the first row of the first column.</param>
/// <param name="stride">Elements between columns.</param>
/// <param name="factors">Coordinate by coordinate, one for each column: an even number.</param>
/// <param name="coordinates">Coordinates.</param>
/// <param name="sums">2 * <paramref name="rows"/> elements for each coordinate.</param>
/// <param name="rows">Rows.</param>
internal readonly ref struct ColumnSumKernel<TField>(ref TField columns, nint stride, ReadOnlySpan<TField> factors, int coordinates, Span<TField> sums, int rows)
    : IPackedKernel<TField>
    where TField : struct, IField<TField>
{
    private readonly ref TField _columns = ref columns;
    private readonly ref TField _factors = ref MemoryMarshal.GetReference(factors);
    private readonly ref TField _sums = ref MemoryMarshal.GetReference(sums);
    private readonly int _count = factors.Length / coordinates;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        if (rows % TPacked.Count == 0) TPacked.AddToSums(ref _columns, stride, _count, ref _factors, _count, coordinates, ref _sums, rows);
        else ScalarPacked<TField>.AddToSums(ref _columns, stride, _count, ref _factors, _count, coordinates, ref _sums, rows);
    }
}

/// <summary>Finishes the sums that <see cref="ColumnSumKernel{TField}"/> has made of as many rows.</summary>
internal readonly ref struct FinishSumsKernel<TField>(Span<TField> sums, int coordinates, Span<TField> destination, int rows) : IPackedKernel<TField>
    where TField : struct, IField<TField>
{
    private readonly Span<TField> _sums = sums, _destination = destination;

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        for (int coordinate = 0; coordinate < coordinates; coordinate++)
        {
            ref TField sum = ref _sums[2 * coordinate * rows];
            if (rows % TPacked.Count == 0) TPacked.FinishSums(ref sum, ref _destination[coordinate * rows], rows);
            else ScalarPacked<TField>.FinishSums(ref sum, ref _destination[coordinate * rows], rows);
        }
    }
}
