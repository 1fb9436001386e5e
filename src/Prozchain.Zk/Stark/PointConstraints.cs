using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>The verifier's side of the quotient: all constraints of a table at a point, from opened values.</summary>
internal static class PointConstraints
{
    /// <summary>Sums the constraints of the AIR and of its lookups, with their selectors: what equals quotient times x^N - 1.</summary>
    /// <param name="air">The AIR.</param>
    /// <param name="lookups">Its lookups.</param>
    /// <param name="logRows">log2 of the rows N.</param>
    /// <param name="point">The point x.</param>
    /// <param name="row">What was opened, in the lengths of the AIR's shape.</param>
    /// <param name="publicValues">As many as the AIR has.</param>
    /// <param name="challenges">The table's challenges.</param>
    /// <param name="value">The sum.</param>
    /// <returns>False, with zero, if the point is one of the trace's rows, where selectors are not defined.</returns>
    /// <exception cref="ArgumentException">Lengths that the caller should have checked.</exception>
    public static bool TryEvaluate<TAir, TField, TParameters>(
        TAir air, TableLookups lookups, int logRows, Extension<TField, TParameters> point, OpenedRow<Extension<TField, TParameters>> row,
        ReadOnlySpan<TField> publicValues, TableChallenges<Extension<TField, TParameters>> challenges, out Extension<TField, TParameters> value)
        where TAir : IAir
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        value = default;
        AirShape shape = lookups.Graph.Shape;
        Require(row.Local.Length, shape.Width, nameof(row));
        Require(row.Next.Length, shape.Width, nameof(row));
        Require(row.Preprocessed.Length, shape.PreprocessedWidth, nameof(row));
        Require(row.PreprocessedNext.Length, shape.PreprocessedWidth, nameof(row));
        Require(row.Lookup.Length, lookups.Columns * TParameters.Degree, nameof(row));
        Require(row.LookupNext.Length, lookups.Columns * TParameters.Degree, nameof(row));
        Require(publicValues.Length, shape.PublicValues, nameof(publicValues));
        Extension<TField, TParameters> one = Extension<TField, TParameters>.One, vanishing = FieldMath.Power(point, 1UL << logRows) - one;
        if (vanishing == default) return false;
        Extension<TField, TParameters> transition = point - Extension<TField, TParameters>.FromBase(TField.TwoAdicGenerator(logRows).Inverse());
        Extension<TField, TParameters> first = vanishing * (point - one).Inverse(), last = vanishing * transition.Inverse();

        var publics = new Extension<TField, TParameters>[publicValues.Length];
        for (int i = 0; i < publics.Length; i++) publics[i] = Extension<TField, TParameters>.FromBase(publicValues[i]);
        var periodic = new Extension<TField, TParameters>[shape.Periodic.Count];
        for (int i = 0; i < periodic.Length; i++) periodic[i] = PeriodicColumns.AtPoint<TField, Extension<TField, TParameters>>(shape.Periodic[i].Span, logRows, point);
        AirPoint<Extension<TField, TParameters>> values = new()
        {
            Local = row.Local,
            Next = row.Next,
            Preprocessed = row.Preprocessed,
            PreprocessedNext = row.PreprocessedNext,
            Periodic = periodic,
            Public = publics,
        };
        PointBuilder<Extension<TField, TParameters>, LookupFolder<TField, TParameters>> builder =
            new(values, new(lookups, new(challenges.Gamma, first, last, transition), new(challenges.Alpha, challenges.Beta, lookups.MessageLength)));
        air.Eval<PointBuilder<Extension<TField, TParameters>, LookupFolder<TField, TParameters>>, FieldValue<Extension<TField, TParameters>>>(ref builder);
        value = builder.Sink.Finish(row.Lookup, row.LookupNext, challenges.Gamma, challenges.Terminal, first, last, transition);
        return true;
    }

    private static void Require(int length, int expected, string name)
    {
        if (length != expected) throw new ArgumentException($"Expected {expected} values, got {length}.", name);
    }
}
