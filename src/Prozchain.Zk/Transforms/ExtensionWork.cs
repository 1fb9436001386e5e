using Prozchain.Zk.Fields;

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
}
