using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Stark;

/// <summary>The lookup matrix of a table: the running sum of its fractions, and each fraction, coefficient by coefficient.</summary>
internal static class LookupColumns<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    /// <summary>Base columns one after the other.</summary>
    /// <param name="table">The table.</param>
    /// <param name="trace">Its trace.</param>
    /// <param name="preprocessed">Its preprocessed columns, if any.</param>
    /// <param name="publicValues">Its public values.</param>
    /// <param name="challenges">The challenges.</param>
    /// <param name="terminal">The sum of all fractions.</param>
    public static TField[] Compute(
        TableFacts table, Trace<TField> trace, Trace<TField>? preprocessed, ReadOnlySpan<TField> publicValues, LookupChallenges<TExt> challenges, out TExt terminal)
    {
        int lookups = table.Buses.Length, height = trace.Height;
        var counts = new TExt[height * lookups];
        var fractions = new TExt[height * lookups];
        var row = new LookupRow<TExt>(table, challenges);
        TField[] local = new TField[trace.Width], next = new TField[trace.Width];
        TField[] fixedLocal = new TField[table.Shape.PreprocessedWidth], fixedNext = new TField[table.Shape.PreprocessedWidth];
        for (int i = 0; i < height; i++)
        {
            trace.CopyRow(i, local);
            trace.CopyRow((i + 1) & (height - 1), next);
            preprocessed?.CopyRow(i, fixedLocal);
            preprocessed?.CopyRow((i + 1) & (height - 1), fixedNext);
            var point = new AirPoint<TField> { Local = local, Next = next, Preprocessed = fixedLocal, PreprocessedNext = fixedNext, Public = publicValues };
            row.Restart();
            var builder = new PointBuilder<TField, Folder<TField, TExt, LiftBase<TField, TExt>>>(point, new(TExt.Zero, default, row));
            table.Air.Eval<PointBuilder<TField, Folder<TField, TExt, LiftBase<TField, TExt>>>, FieldValue<TField>>(ref builder);
            row.Messages.CopyTo(fractions.AsSpan(i * lookups));
            row.Counts.CopyTo(counts.AsSpan(i * lookups));
        }
        FieldSpans.Invert<TExt>(fractions, fractions);
        FieldSpans.Multiply<TExt>(fractions, counts, fractions);

        var columns = new TField[height * TExt.Degree * table.LookupColumns];
        terminal = TExt.Zero;
        for (int i = 0; i < height; i++)
        {
            Put(columns, height, 0, i, terminal);
            for (int k = 0; k < lookups; k++)
            {
                TExt fraction = fractions[i * lookups + k];
                Put(columns, height, k + 1, i, fraction);
                terminal += fraction;
            }
        }
        return columns;
    }

    private static void Put(TField[] columns, int height, int column, int row, TExt value)
    {
        for (int k = 0; k < TExt.Degree; k++) columns[(column * TExt.Degree + k) * height + row] = value[k];
    }
}
