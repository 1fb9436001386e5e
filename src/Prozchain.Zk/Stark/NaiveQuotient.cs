using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>The quotient point by point, as the definition says: the oracle of the compiled one.</summary>
internal static class NaiveQuotient
{
    /// <summary>Writes Degree columns of values of the quotient on the block.</summary>
    public static void Evaluate<TField, TParameters>(QuotientTask<TField, TParameters> task, Span<TField> destination, ColumnLayout layout)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        task.Check();
        TableLookups lookups = task.Tape.Lookups;
        AirShape shape = lookups.Graph.Shape;
        int length = 1 << task.LogBlock, skip = 1 << (task.LogBlock - task.LogRows);
        TField[][] periodic = [.. shape.Periodic.Select(column => PeriodicColumns.OnBlock(column.Span, task.LogRows, task.LogBlock, task.Shift))];
        TField root = TField.TwoAdicGenerator(task.LogBlock);
        var nodes = new TField[lookups.Graph.Nodes.Length];
        for (int position = 0; position < length; position++)
        {
            int index = BitReversal.Reverse(position, task.LogBlock);
            int next = BitReversal.Reverse((index + skip) & (length - 1), task.LogBlock);
            lookups.Graph.Evaluate(new()
            {
                Local = Row(task.Main, length, position),
                Next = Row(task.Main, length, next),
                Preprocessed = Row(task.Preprocessed, length, position),
                PreprocessedNext = Row(task.Preprocessed, length, next),
                Periodic = periodic.Select(column => column[(int)((long)position * column.Length >> task.LogBlock)]).ToArray(),
                Public = task.PublicValues.Span,
            }, nodes);
            TField x = task.Shift * FieldMath.Power(root, (ulong)index), vanishing = FieldMath.Power(x, 1UL << task.LogRows) - TField.One;
            TField beforeFirst = TField.TwoAdicGenerator(task.LogRows).Inverse();
            Extension<TField, TParameters> value = Fold(task, nodes, Extensions(task.Lookup, length, position), Extensions(task.Lookup, length, next),
                new(vanishing * (x - TField.One).Inverse(), vanishing * (x - beforeFirst).Inverse(), x - beforeFirst)) * vanishing.Inverse();
            for (int k = 0; k < TParameters.Degree; k++) destination[k * layout.Stride + position] = value[k];
        }

        static Extension<TField, TParameters>[] Extensions(ColumnBlock<TField> block, int length, int position)
        {
            TField[] row = Row(block, length, position);
            return [.. Enumerable.Range(0, row.Length / TParameters.Degree).Select(column =>
                Extension<TField, TParameters>.FromCoefficients(row.AsSpan(column * TParameters.Degree, TParameters.Degree)))];
        }
    }

    private static TField[] Row<TField>(ColumnBlock<TField> block, int length, int position) where TField : struct =>
        [.. Enumerable.Range(0, block.Width).Select(column => block.Column(column, length)[position])];

    private static Extension<TField, TParameters> Fold<TField, TParameters>(
        QuotientTask<TField, TParameters> task, TField[] nodes, Extension<TField, TParameters>[] lookup, Extension<TField, TParameters>[] next, Selectors<TField> selectors)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : struct, IExtensionParameters<TField>
    {
        TableLookups lookups = task.Tape.Lookups;
        Extension<TField, TParameters> sum = default;
        foreach (GraphConstraint constraint in lookups.Graph.Constraints)
            sum = sum * task.Gamma + Extension<TField, TParameters>.FromBase(selectors.Of(constraint.Rows) * nodes[constraint.Node]);
        if (!lookups.HasAny) return sum;
        LookupChallenges<TField, TParameters> challenges = new(task.Alpha, task.Beta, lookups.MessageLength);
        Extension<TField, TParameters> fractions = default;
        for (int g = 0; g < lookups.Groups.Count; g++)
        {
            LookupGroup group = lookups.Groups[g];
            Extension<TField, TParameters> numerator = lookup[1 + g], denominator = Extension<TField, TParameters>.One;
            for (int i = group.First; i < group.First + group.Count; i++)
            {
                GraphInteraction interaction = lookups.Interactions[i];
                Extension<TField, TParameters> value = challenges.Start(lookups.Bus(i));
                for (int j = 0; j < interaction.Message.Length; j++) value += challenges.Power(j) * nodes[interaction.Message.Span[j]];
                TField multiplicity = interaction.Direction == BusDirection.Send ? nodes[interaction.Multiplicity] : -nodes[interaction.Multiplicity];
                numerator = numerator * value - denominator * multiplicity;
                denominator *= value;
            }
            sum = sum * task.Gamma + numerator;
            fractions += lookup[1 + g];
        }
        sum = sum * task.Gamma + lookup[0] * selectors.First;
        sum = sum * task.Gamma + (next[0] - lookup[0] - fractions) * selectors.Transition;
        return sum * task.Gamma + (task.Terminal - lookup[0] - fractions) * selectors.Last;
    }

    private readonly record struct Selectors<TField>(TField First, TField Last, TField Transition) where TField : struct, IField<TField>
    {
        public TField Of(Rows rows) => rows switch
        {
            Rows.First => First,
            Rows.Last => Last,
            Rows.Transition => Transition,
            _ => TField.One,
        };
    }
}
