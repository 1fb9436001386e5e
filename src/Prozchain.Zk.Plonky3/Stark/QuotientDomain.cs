using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;
using Prozchain.Zk.Plonky3.Merkle;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>Evaluates the quotient of a table's constraints on the generator's coset, from the committed columns.</summary>
internal sealed class QuotientDomain<TField, TExt>(TableFacts table, int logRows, CommittedMatrix<TField> main)
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    private readonly int _logChunks = System.Numerics.BitOperations.Log2((uint)table.Chunks(hiding: false));

    public CommittedMatrix<TField>? Preprocessed { get; init; }

    public CommittedMatrix<TField>? Lookups { get; init; }

    /// <summary>For each chunk, a column for each coefficient of the quotient, one after the other.</summary>
    public TField[][] Evaluate(ReadOnlySpan<TField> publicValues, LookupChallenges<TExt> challenges, TExt terminal, TExt alpha)
    {
        int logSize = logRows + _logChunks, size = 1 << logSize, chunkCount = 1 << _logChunks;
        var chunks = new TField[chunkCount][];
        for (int k = 0; k < chunkCount; k++) chunks[k] = new TField[TExt.Degree << logRows];
        TField[] vanishing = Vanishing(), inverseVanishing = new TField[chunkCount];
        FieldSpans.Invert<TField>(vanishing, inverseVanishing);
        (TField[] points, TField[] inverseFirst, TField[] inverseLast, TField last) = Points(logSize);

        LookupRow<TExt>? lookups = Lookups is null ? null : new(table, challenges);
        TField[] local = new TField[main.Width], next = new TField[main.Width];
        TField[] fixedLocal = new TField[table.Shape.PreprocessedWidth], fixedNext = new TField[table.Shape.PreprocessedWidth];
        TExt[] sums = new TExt[table.LookupColumns], sumsNext = new TExt[table.LookupColumns];
        for (int i = 0; i < size; i++)
        {
            // The quotient's domain is the start of the committed one, both bit-reversed.
            int row = Bits.Reverse(i, logSize), after = Bits.Reverse((i + chunkCount) & (size - 1), logSize), chunk = i & (chunkCount - 1);
            main.CopyRows(row, 1, local, 0);
            main.CopyRows(after, 1, next, 0);
            Preprocessed?.CopyRows(row, 1, fixedLocal, 0);
            Preprocessed?.CopyRows(after, 1, fixedNext, 0);
            var selectors = new Selectors<TField>(vanishing[chunk], vanishing[chunk] * inverseFirst[i], vanishing[chunk] * inverseLast[i], points[i] - last);
            var point = new AirPoint<TField> { Local = local, Next = next, Preprocessed = fixedLocal, PreprocessedNext = fixedNext, Public = publicValues };
            lookups?.Restart();
            var builder = new PointBuilder<TField, Folder<TField, TExt, LiftBase<TField, TExt>>>(point, new(alpha, selectors, lookups));
            table.Air.Eval<PointBuilder<TField, Folder<TField, TExt, LiftBase<TField, TExt>>>, FieldValue<TField>>(ref builder);
            TExt sum = builder.Sink.Sum;
            if (lookups is not null)
            {
                Join(row, sums);
                Join(after, sumsNext);
                sum = lookups.Fold<TField, LiftBase<TField, TExt>>(sum, alpha, sums, sumsNext, terminal, selectors);
            }
            sum *= inverseVanishing[chunk];
            for (int k = 0; k < TExt.Degree; k++) chunks[chunk][(k << logRows) + (i >> _logChunks)] = sum[k];
        }
        return chunks;
    }

    // x^N - 1 takes as many values as there are chunks.
    private TField[] Vanishing()
    {
        var values = new TField[1 << _logChunks];
        TField power = FieldMath.Power(TField.MultiplicativeGenerator, 1UL << logRows), root = TField.TwoAdicGenerator(_logChunks);
        for (int i = 0; i < values.Length; i++, power *= root) values[i] = power - TField.One;
        return values;
    }

    private (TField[] Points, TField[] InverseFirst, TField[] InverseLast, TField Last) Points(int logSize)
    {
        TField[] points = new TField[1 << logSize], first = new TField[1 << logSize], final = new TField[1 << logSize];
        TField x = TField.MultiplicativeGenerator, root = TField.TwoAdicGenerator(logSize), last = TField.TwoAdicGenerator(logRows).Inverse();
        for (int i = 0; i < points.Length; i++, x *= root) (points[i], first[i], final[i]) = (x, x - TField.One, x - last);
        FieldSpans.Invert<TField>(first, first);
        FieldSpans.Invert<TField>(final, final);
        return (points, first, final, last);
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
