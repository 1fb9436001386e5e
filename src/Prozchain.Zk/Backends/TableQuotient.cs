using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Backends;

/// <summary>What the quotient of a table is computed from, and how it is committed to (docs/formats/zk-stark.md, Identity).</summary>
/// <remarks>
/// With N = 2^LogRows and K = 2^LogDegree: the quotient lives on the coset of 2^LogChunks * N points that starts at the field's generator,
/// bit-reversed; a run of N values is a chunk, on the coset of <see cref="QuotientChunks{TField}.Shift"/>.
/// </remarks>
internal sealed class TableQuotient<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>The constraints, compiled.</summary>
    public required AirTape<TField> Tape { get; init; }

    /// <summary>log2 of the rows of the trace.</summary>
    public required int LogRows { get; init; }

    /// <summary>log2 of the degree bound of every committed column: LogRows, or one more when hiding.</summary>
    public required int LogDegree { get; init; }

    /// <summary>log2 of the number of chunks.</summary>
    public required int LogChunks { get; init; }

    /// <summary>The columns of the trace.</summary>
    public required MatrixHandle<TField> Main { get; init; }

    /// <summary>The preprocessed columns, if there are any.</summary>
    public MatrixHandle<TField> Preprocessed { get; init; }

    /// <summary>The lookup columns, if there are any.</summary>
    public MatrixHandle<TField> Lookup { get; init; }

    /// <summary>The public values.</summary>
    public ReadOnlyMemory<TField> PublicValues { get; init; }

    /// <summary>By whose powers constraints are summed.</summary>
    public required Extension<TField, TParameters> Gamma { get; init; }

    /// <summary>The lookups' challenge alpha.</summary>
    public Extension<TField, TParameters> Alpha { get; init; }

    /// <summary>The lookups' challenge beta.</summary>
    public Extension<TField, TParameters> Beta { get; init; }

    /// <summary>The sum of the table's fractions.</summary>
    public Extension<TField, TParameters> Terminal { get; init; }

    /// <summary>
    /// When hiding, of each chunk in turn Degree polynomials t by N coefficients, to be added as (x^N / s^N - 1) t(x), s the chunk's
    /// shift; the chunk is then committed to as K values. Else null, and it is committed to as N values.
    /// </summary>
    public TField[][]? Masks { get; init; }
}
