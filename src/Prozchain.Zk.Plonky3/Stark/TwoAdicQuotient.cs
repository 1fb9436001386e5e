using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Fri;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The quotient of a table's constraints on the generator's coset.</summary>
internal static class TwoAdicQuotient<TField, TExt>
    where TField : unmanaged, ITwoAdicField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    /// <summary>For each chunk, a column for each coefficient of the quotient, one after the other.</summary>
    public static TField[][] Evaluate(QuotientRows<TField, TExt> rows)
    {
        int logRows = rows.LogRows, chunkCount = rows.Chunks, logChunks = System.Numerics.BitOperations.Log2((uint)chunkCount), logSize = logRows + logChunks;
        var chunks = new TField[chunkCount][];
        for (int k = 0; k < chunkCount; k++) chunks[k] = new TField[TExt.Degree << logRows];
        TField[] vanishing = Vanishing(logRows, logChunks), inverseVanishing = new TField[chunkCount];
        FieldSpans.Invert<TField>(vanishing, inverseVanishing);
        TField[] points = new TField[1 << logSize], inverseFirst = new TField[1 << logSize], inverseLast = new TField[1 << logSize];
        TField x = TField.MultiplicativeGenerator, root = TField.TwoAdicGenerator(logSize), last = TField.TwoAdicGenerator(logRows).Inverse();
        for (int i = 0; i < points.Length; i++, x *= root) (points[i], inverseFirst[i], inverseLast[i]) = (x, x - TField.One, x - last);
        FieldSpans.Invert<TField>(inverseFirst, inverseFirst);
        FieldSpans.Invert<TField>(inverseLast, inverseLast);
        for (int i = 0; i < points.Length; i++)
        {
            // The quotient's domain is the start of the committed one, both bit-reversed.
            int row = Bits.Reverse(i, logSize), next = Bits.Reverse((i + chunkCount) & (points.Length - 1), logSize), chunk = i & (chunkCount - 1);
            var selectors = new Selectors<TField>(vanishing[chunk], vanishing[chunk] * inverseFirst[i], vanishing[chunk] * inverseLast[i], points[i] - last);
            TExt quotient = rows.Evaluate(row, next, selectors) * inverseVanishing[chunk];
            for (int k = 0; k < TExt.Degree; k++) chunks[chunk][(k << logRows) + (i >> logChunks)] = quotient[k];
        }
        return chunks;
    }

    // x^N - 1 takes as many values as there are chunks.
    private static TField[] Vanishing(int logRows, int logChunks)
    {
        var values = new TField[1 << logChunks];
        TField power = FieldMath.Power(TField.MultiplicativeGenerator, 1UL << logRows), root = TField.TwoAdicGenerator(logChunks);
        for (int i = 0; i < values.Length; i++, power *= root) values[i] = power - TField.One;
        return values;
    }
}
