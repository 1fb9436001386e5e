using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>Evaluates a table's constraints, lookups included, row by row on a domain that the commitments hold.</summary>
internal sealed class QuotientRows<TField, TExt>(
    TableFacts table, ReadOnlyMemory<TField> publicValues, LookupChallenges<TExt> challenges, TExt terminal, TExt alpha)
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private readonly TField[] _local = new TField[table.Shape.Width], _next = new TField[table.Shape.Width];
    private readonly TField[] _fixedLocal = new TField[table.Shape.PreprocessedWidth], _fixedNext = new TField[table.Shape.PreprocessedWidth];
    private readonly TExt[] _sums = new TExt[table.LookupColumns], _sumsNext = new TExt[table.LookupColumns];
    private readonly LookupRow<TExt>? _lookups = table.HasLookups ? new(table, challenges) : null;

    /// <summary>log2 of the trace's rows.</summary>
    public required int LogRows { get; init; }

    public required CommittedMatrix<TField> Main { get; init; }

    public CommittedMatrix<TField>? Preprocessed { get; init; }

    public CommittedMatrix<TField>? Lookups { get; init; }

    /// <summary>Chunks of the quotient.</summary>
    public int Chunks => table.Chunks(hiding: false);

    /// <summary>The same over other columns.</summary>
    public QuotientRows<TField, TExt> WithColumns(Func<CommittedMatrix<TField>?, CommittedMatrix<TField>?> change) => new(table, publicValues, challenges, terminal, alpha)
    {
        LogRows = LogRows,
        Main = change(Main)!,
        Preprocessed = change(Preprocessed),
        Lookups = change(Lookups),
    };

    /// <summary>The constraints' sum by powers of alpha.</summary>
    /// <param name="row">A committed row.</param>
    /// <param name="next">The committed row of the next point.</param>
    /// <param name="selectors">The selectors there.</param>
    public TExt Evaluate(int row, int next, Selectors<TField> selectors)
    {
        Main.CopyRows(row, 1, _local, 0);
        Main.CopyRows(next, 1, _next, 0);
        Preprocessed?.CopyRows(row, 1, _fixedLocal, 0);
        Preprocessed?.CopyRows(next, 1, _fixedNext, 0);
        var point = new AirPoint<TField> { Local = _local, Next = _next, Preprocessed = _fixedLocal, PreprocessedNext = _fixedNext, Public = publicValues.Span };
        _lookups?.Restart();
        var builder = new PointBuilder<TField, Folder<TField, TExt, LiftBase<TField, TExt>>>(point, new(alpha, selectors, _lookups));
        table.Air.Eval<PointBuilder<TField, Folder<TField, TExt, LiftBase<TField, TExt>>>, FieldValue<TField>>(ref builder);
        if (_lookups is null) return builder.Sink.Sum;
        Join(row, _sums);
        Join(next, _sumsNext);
        return _lookups.Fold<TField, LiftBase<TField, TExt>>(builder.Sink.Sum, alpha, _sums, _sumsNext, terminal, selectors);
    }

    private void Join(int row, TExt[] values)
    {
        Span<TField> coefficients = stackalloc TField[TExt.Degree];
        for (int i = 0; i < values.Length; i++)
        {
            for (int k = 0; k < TExt.Degree; k++) coefficients[k] = Lookups!.Column(i * TExt.Degree + k)[row];
            values[i] = TExt.FromCoefficients(coefficients);
        }
    }
}
