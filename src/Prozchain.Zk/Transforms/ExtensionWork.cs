using System.Numerics;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// A group of columns through <see cref="CosetExtension{TField}"/>: interpolation by way of the last coset's place into
/// the first's, then the cosets from the last to the first, which overwrites the coefficients.
/// </summary>
internal readonly unsafe struct ExtensionWork<TField>(
    NttTable<TField> inverse, NttTable<TField>[] cosets, TField* source, nint sourceStride, TField* destination, nint stride) : IColumnWork
    where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly TField* _source = source;
    private readonly TField* _destination = destination;

    public void Run(int firstColumn, int columns)
    {
        nint size = (nint)1 << inverse.LogSize;
        TField* from = _source + firstColumn * sourceStride, coefficients = _destination + firstColumn * stride;
        var interpolation = new NttColumns<TField>(inverse, columns, from, sourceStride, coefficients + (cosets.Length - 1) * size, stride, coefficients, stride);
        TField.Dispatch(ref interpolation);
        for (int coset = cosets.Length - 1; coset >= 0; coset--)
        {
            TField* values = coefficients + coset * size;
            var evaluation = new NttColumns<TField>(cosets[coset], columns, coefficients, stride, values, stride, values, stride);
            TField.Dispatch(ref evaluation);
        }
    }

    /// <summary>The same for one column whose parts many threads share.</summary>
    public void RunShared(int column, int workers, CancellationToken cancellation)
    {
        nint size = (nint)1 << inverse.LogSize;
        TField* coefficients = _destination + column * stride;
        int parts = Math.Min(NttRunner<ScalarPacked<TField>, TField>.MostParts, (int)BitOperations.RoundUpToPowerOf2((uint)workers));
        var options = new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation };
        Phases(inverse, parts, options, (nint)(_source + column * sourceStride), (nint)(coefficients + (cosets.Length - 1) * size), (nint)coefficients);
        for (int coset = cosets.Length - 1; coset >= 0; coset--)
            Phases(cosets[coset], parts, options, (nint)coefficients, (nint)(coefficients + coset * size), 0);
    }

    private static void Phases(NttTable<TField> table, int parts, ParallelOptions options, nint source, nint work, nint destination)
    {
        for (int phase = 0; phase < (table.NaturalOrder ? 4 : 3); phase++)
        {
            int current = phase;
            Parallel.For(0, parts, options, part =>
            {
                var kernel = new NttPart<TField>(table, current, part, parts, (TField*)source, (TField*)work, (TField*)(destination == 0 ? work : destination));
                TField.Dispatch(ref kernel);
            });
        }
    }
}
