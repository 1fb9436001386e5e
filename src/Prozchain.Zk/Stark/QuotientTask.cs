using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>What the quotient of a table on one block is computed from. A view of the caller's memory.</summary>
/// <remarks>
/// The block is the coset shift * H of K = 2^LogBlock points in bit-reversed order, K being 2^LogRows or twice that; or a window of
/// one, which is such a coset too. The next row of x is at x * w, w of order 2^LogRows.
/// </remarks>
internal sealed class QuotientTask<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    /// <summary>The constraints, compiled.</summary>
    public required AirTape<TField> Tape { get; init; }

    /// <summary>log2 of the rows of the trace.</summary>
    public required int LogRows { get; init; }

    /// <summary>log2 of the points of the block: LogRows, or one more; or fewer, if the next rows are apart.</summary>
    public required int LogBlock { get; init; }

    /// <summary>The block's first point; no point of it is of order 2^LogRows.</summary>
    public required TField Shift { get; init; }

    /// <summary>The columns of the trace.</summary>
    public required ColumnBlock<TField> Main { get; init; }

    /// <summary>The preprocessed columns.</summary>
    public ColumnBlock<TField> Preprocessed { get; init; }

    /// <summary>The columns of the lookups: Degree base columns for each of <see cref="TableLookups.Columns"/>.</summary>
    public ColumnBlock<TField> Lookup { get; init; }

    /// <summary>The next rows, if they are not those of the same block.</summary>
    public NextRows<TField>? Next { get; init; }

    /// <summary>The public values.</summary>
    public ReadOnlyMemory<TField> PublicValues { get; init; }

    /// <summary>By whose powers constraints are summed, the first with the highest.</summary>
    public required Extension<TField, TParameters> Gamma { get; init; }

    /// <summary>The lookups' challenge alpha.</summary>
    public Extension<TField, TParameters> Alpha { get; init; }

    /// <summary>The lookups' challenge beta.</summary>
    public Extension<TField, TParameters> Beta { get; init; }

    /// <summary>The sum of the table's fractions.</summary>
    public Extension<TField, TParameters> Terminal { get; init; }

    /// <summary>Refuses what does not fit together.</summary>
    public void Check()
    {
        TableLookups lookups = Tape.Lookups;
        if (LogBlock - LogRows > 1 || (LogBlock < LogRows && Next is null) || LogRows < 0 || LogBlock < 0 || LogBlock > TField.TwoAdicity)
            throw new ArgumentException($"Expected a block of 2^{LogRows} points or twice that, got 2^{LogBlock}.", nameof(LogBlock));
        foreach (ReadOnlyMemory<ulong> column in lookups.Graph.Shape.Periodic)
        {
            if (column.Length > 1 << LogRows) throw new ArgumentException($"Expected at least the {column.Length} rows of a period, got 2^{LogRows}.", nameof(LogRows));
        }
        int length = 1 << LogBlock;
        Require(Main, lookups.Graph.Shape.Width, length, nameof(Main));
        Require(Preprocessed, lookups.Graph.Shape.PreprocessedWidth, length, nameof(Preprocessed));
        Require(Lookup, lookups.Columns * TParameters.Degree, length, nameof(Lookup));
        if (Next is { } next)
        {
            Require(next.Main, next.MainColumns.Length, length, nameof(Next));
            Require(next.Preprocessed, next.PreprocessedColumns.Length, length, nameof(Next));
            Require(next.Lookup, lookups.HasAny ? TParameters.Degree : 0, length, nameof(Next));
        }
        if (PublicValues.Length != lookups.Graph.Shape.PublicValues)
            throw new ArgumentException($"Expected {lookups.Graph.Shape.PublicValues} public values, got {PublicValues.Length}.", nameof(PublicValues));
        if (FieldMath.Power(Shift, 1UL << LogBlock) == TField.One) throw new ArgumentException("Expected a block apart from the subgroup.", nameof(Shift));
    }

    private static void Require(ColumnBlock<TField> block, int columns, int length, string name)
    {
        if (block.Width != columns) throw new ArgumentException($"Expected {columns} columns, got {block.Width}.", name);
        block.Check(length, name);
    }
}

/// <summary>The columns whose next rows the constraints speak of, on the points of the next rows.</summary>
/// <param name="Main">Columns of the trace.</param>
/// <param name="MainColumns">Their numbers.</param>
/// <param name="Preprocessed">Preprocessed columns.</param>
/// <param name="PreprocessedColumns">Their numbers.</param>
/// <param name="Lookup">The coordinates of the first column of the lookups, if there are any.</param>
internal sealed record NextRows<TField>(ColumnBlock<TField> Main, int[] MainColumns, ColumnBlock<TField> Preprocessed, int[] PreprocessedColumns, ColumnBlock<TField> Lookup)
    where TField : struct;
