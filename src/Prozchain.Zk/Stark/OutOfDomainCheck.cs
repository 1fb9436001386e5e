using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>The challenges of a proof that constraints are evaluated with.</summary>
internal record struct StarkChallenges<TExtension>(TExtension Alpha, TExtension Beta, TExtension Gamma, TExtension Zeta) where TExtension : struct
{
    /// <summary>Alpha of the shared buses.</summary>
    public TExtension SharedAlpha { get; set; }

    /// <summary>Beta of the shared buses.</summary>
    public TExtension SharedBeta { get; set; }

    /// <summary>Those of a table, with the sum of its fractions.</summary>
    public readonly TableChallenges<TExtension> Of(bool isShared, TExtension terminal) =>
        isShared ? new(Gamma, SharedAlpha, SharedBeta, terminal) : new(Gamma, Alpha, Beta, terminal);
}

/// <summary>
/// The identity at the out-of-domain point: a table's constraints, combined, equal its quotient times the vanishing polynomial of
/// its rows. The verifier's check, and the prover's of itself.
/// </summary>
internal sealed class OutOfDomainCheck<TField, TParameters>(
    StarkKey<TField> key, ProofLayout<TField> layout, TField[][] publicValues, StarkChallenges<Extension<TField, TParameters>> challenges,
    Extension<TField, TParameters>[] terminals, Extension<TField, TParameters>[][] values)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>Whether the identity holds for a table.</summary>
    public bool Holds(int table)
    {
        StarkTable<TField> facts = key.Tables[table];
        int logRows = layout.LogRows[table];
        int degree = TParameters.Degree;
        OpenedRow<Extension<TField, TParameters>> row = new()
        {
            Local = Values(layout.FindMain(table, isNext: false), facts.Shape.Width),
            Next = Values(layout.FindMain(table, isNext: true), facts.Shape.Width),
            Preprocessed = Values(layout.FindPreprocessed(table, isNext: false), facts.Shape.PreprocessedWidth),
            PreprocessedNext = Values(layout.FindPreprocessed(table, isNext: true), facts.Shape.PreprocessedWidth),
            Lookup = Values(layout.Find(ProofBatch.Lookup, table, isNext: false), facts.Lookups.Columns * degree),
            LookupNext = Values(layout.Find(ProofBatch.Lookup, table, isNext: true), facts.Lookups.Columns * degree),
        };
        if (!PointConstraints.TryEvaluate(
            facts.Air, facts.Lookups, logRows, challenges.Zeta, row, publicValues[facts.Place],
            challenges.Of(facts.IsShared, terminals[table]), out Extension<TField, TParameters> constraints)) return false;
        Extension<TField, TParameters> vanishing = FieldMath.Power(challenges.Zeta, 1UL << logRows) - Extension<TField, TParameters>.One;
        return constraints == vanishing * Quotient(table, logRows);
    }

    private Extension<TField, TParameters> Quotient(int table, int logRows)
    {
        Extension<TField, TParameters>[] factors = QuotientChunks<TField>.Factors(logRows, layout.LogChunks(table), challenges.Zeta);
        Extension<TField, TParameters> sum = default;
        for (int chunk = 0; chunk < factors.Length; chunk++)
            sum += factors[chunk] * ExtensionTools<TField, TParameters>.Recombine(values[layout.Find(ProofBatch.Quotient, table, isNext: false, chunk)]);
        return sum;
    }

    // A column whose next row no constraint reads is not opened there; nothing looks at the zeros that stand for it.
    private Extension<TField, TParameters>[] Values(int slot, int width) => slot < 0 ? new Extension<TField, TParameters>[width] : values[slot];
}

/// <summary>What an extension lacks for being generic.</summary>
internal static class ExtensionTools<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    /// <summary>x.</summary>
    public static Extension<TField, TParameters> Generator { get; } = Extension<TField, TParameters>.FromCoefficients(
        [TField.Zero, TField.One, .. Enumerable.Repeat(TField.Zero, TParameters.Degree - 2)]);

    /// <summary>The value of a column over the extension from those of its coordinates: Σ x^k v_k.</summary>
    public static Extension<TField, TParameters> Recombine(ReadOnlySpan<Extension<TField, TParameters>> coordinates)
    {
        Extension<TField, TParameters> sum = default;
        for (int k = coordinates.Length - 1; k >= 0; k--) sum = sum * Generator + coordinates[k];
        return sum;
    }
}
