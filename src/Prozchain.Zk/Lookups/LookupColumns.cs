using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Lookups;

/// <summary>The columns of the lookup argument, from a trace: see <see cref="TableLookups"/>.</summary>
internal static class LookupColumns
{
    /// <summary>Computes the columns on the trace's rows, in natural order.</summary>
    /// <param name="tape">The table, with at least one interaction.</param>
    /// <param name="main">Its trace.</param>
    /// <param name="preprocessed">Its preprocessed columns, or null if there are none.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="alpha">The challenge that messages start from.</param>
    /// <param name="beta">The challenge that their elements are told apart by.</param>
    /// <param name="destination">Degree base columns for each of <see cref="TableLookups.Columns"/>.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="terminal">The sum of all fractions.</param>
    /// <param name="threads">Workers: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="cancellation">Checked between ranges of rows.</param>
    /// <returns>False if the value of a message is zero: other challenges are needed. The probability is negligible.</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static bool TryGenerate<TField, TParameters>(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, Memory<TField> destination, ColumnLayout layout,
        out Extension<TField, TParameters> terminal, int threads = 1, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        return NaiveLookupColumns.TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, destination.Span, layout, out terminal);
    }
}
