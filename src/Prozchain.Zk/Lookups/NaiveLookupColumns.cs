using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Lookups;

/// <summary>The columns of the lookup argument row by row: the oracle of the fast ones.</summary>
internal static class NaiveLookupColumns
{
    /// <summary>As <see cref="LookupColumns.TryGenerate"/>.</summary>
    public static bool TryGenerate<TField, TParameters>(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, Span<TField> destination, ColumnLayout layout,
        out Extension<TField, TParameters> terminal)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        TableLookups lookups = tape.Lookups;
        LookupChallenges<TField, TParameters> challenges = new(alpha, beta, lookups.MessageLength);
        TField[][] periodic = [.. lookups.Graph.Shape.Periodic.Select(column => PeriodicColumns.OnTrace<TField>(column.Span))];
        var nodes = new TField[lookups.Graph.Nodes.Length];
        terminal = default;
        for (int row = 0; row < main.Height; row++)
        {
            int next = (row + 1) & (main.Height - 1);
            lookups.Graph.Evaluate(new()
            {
                Local = Row(main, row),
                Next = Row(main, next),
                Preprocessed = Row(preprocessed, row),
                PreprocessedNext = Row(preprocessed, next),
                Periodic = periodic.Select(column => column[row & (column.Length - 1)]).ToArray(),
                Public = publicValues.Span,
            }, nodes);
            Write(destination, layout, 0, row, terminal);
            for (int g = 0; g < lookups.Groups.Count; g++)
            {
                LookupGroup group = lookups.Groups[g];
                Extension<TField, TParameters> sum = default;
                for (int i = group.First; i < group.First + group.Count; i++)
                {
                    GraphInteraction interaction = lookups.Interactions[i];
                    Extension<TField, TParameters> value = challenges.Start(lookups.Bus(i));
                    for (int j = 0; j < interaction.Message.Length; j++) value += challenges.Power(j) * nodes[interaction.Message.Span[j]];
                    if (value == default) return false;
                    TField multiplicity = nodes[interaction.Multiplicity];
                    sum += value.Inverse() * (interaction.Direction == BusDirection.Send ? multiplicity : -multiplicity);
                }
                Write(destination, layout, 1 + g, row, sum);
                terminal += sum;
            }
        }
        return true;
    }

    private static TField[] Row<TField>(Trace<TField>? trace, int row) where TField : struct, IField<TField>
    {
        if (trace is null) return [];
        var cells = new TField[trace.Width];
        trace.CopyRow(row, cells);
        return cells;
    }

    private static void Write<TField, TParameters>(Span<TField> destination, ColumnLayout layout, int column, int row, Extension<TField, TParameters> value)
        where TField : unmanaged, IField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        for (int k = 0; k < TParameters.Degree; k++) destination[(column * TParameters.Degree + k) * layout.Stride + row] = value[k];
    }
}
