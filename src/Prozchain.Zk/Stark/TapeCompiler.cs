using Prozchain.Zk.Air;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>Compiles a table's constraints to a program that sums them by rows, and its interactions to one that computes their fractions.</summary>
internal static class TapeCompiler
{
    /// <summary>
    /// The first E slots of <see cref="Quotient"/>: the sum of the constraints of each of <see cref="Rows"/>, without selectors.
    /// </summary>
    public const int Sums = 4;

    // E slots of the quotient after the sums.
    private const int Value = Sums, Rest = Sums + 1, Product = Sums + 2, Reached = Sums + 3;

    public static TapeProgram Quotient(TableLookups lookups)
    {
        IReadOnlyList<GraphConstraint> constraints = lookups.Graph.Constraints;
        TapeWriter writer = new(lookups.Graph, [.. constraints.Select(constraint => constraint.Node), .. MessageRoots(lookups)]);
        for (int sum = 0; sum < Sums; sum++)
        {
            TapeTerm[] terms = [.. constraints.Index().Where(constraint => (int)constraint.Item.Rows == sum && writer.IsUniform(constraint.Item.Node))
                .Select(constraint => new TapeTerm(writer.Uniform(constraint.Item.Node), constraint.Index))];
            writer.WriteStart(sum, new(-1, terms, lookups.HasAny && sum == (int)Rows.Last ? lookups.AllConstraints - 1 : -1));
        }
        for (int i = 0; i < constraints.Count; i++)
        {
            if (!writer.IsUniform(constraints[i].Node)) writer.Fold((int)constraints[i].Rows, constraints[i].Node, i);
        }
        for (int sum = 0; sum < Sums; sum++) writer.Flush(sum);
        if (!lookups.HasAny) return writer.Finish(Sums);

        int groups = lookups.Groups.Count, next = constraints.Count;
        writer.Write(TapeOperation.LoadLookup, Reached, 0);
        writer.WriteFoldExtension((int)Rows.First, Reached, next + groups);
        for (int g = 0; g < groups; g++)
        {
            writer.Write(TapeOperation.LoadLookup, Rest, 1 + g);
            writer.Write(TapeOperation.AddExtension, Reached, Rest);
            LookupGroup group = lookups.Groups[g];
            for (int i = 0; i < group.Count; i++)
            {
                GraphInteraction interaction = lookups.Interactions[group.First + i];
                int sign = interaction.Direction == BusDirection.Send ? -1 : 1;
                WriteMessage(writer, lookups, group.First + i, Value);
                writer.Write(TapeOperation.MultiplyExtension, Rest, Value);
                int multiplicity = writer.Run(interaction.Multiplicity);
                if (i == 0) writer.Write(TapeOperation.AddBase, Rest, multiplicity, sign);
                else writer.Write(TapeOperation.AddScaled, Rest, multiplicity, Product, sign);
                writer.Release(interaction.Multiplicity, multiplicity);
                if (i + 1 < group.Count) writer.Write(i == 0 ? TapeOperation.CopyExtension : TapeOperation.MultiplyExtension, Product, Value);
            }
            writer.WriteFoldExtension((int)Rows.All, Rest, next + g);
        }
        writer.Write(TapeOperation.LoadLookup, Value, 0, 1);
        writer.Write(TapeOperation.SubtractExtension, Value, Reached);
        writer.WriteFoldExtension((int)Rows.Transition, Value, next + groups + 1);
        writer.WriteFoldExtension((int)Rows.Last, Reached, next + groups + 2, isNegative: true);
        return writer.Finish(Reached + 1);
    }

    /// <summary>E slot g is the product of the values of group g, E slot Groups + g what their fractions sum to, times that.</summary>
    public static TapeProgram Fractions(TableLookups lookups)
    {
        TapeWriter writer = new(lookups.Graph, [.. MessageRoots(lookups)]);
        int groups = lookups.Groups.Count;
        for (int g = 0; g < groups; g++)
        {
            LookupGroup group = lookups.Groups[g];
            for (int i = 0; i < group.Count; i++)
            {
                GraphInteraction interaction = lookups.Interactions[group.First + i];
                int sign = interaction.Direction == BusDirection.Send ? 1 : -1, value = i == 0 ? g : 2 * groups;
                WriteMessage(writer, lookups, group.First + i, value);
                int multiplicity = writer.Run(interaction.Multiplicity);
                if (i == 0)
                {
                    writer.Write(TapeOperation.Embed, groups + g, multiplicity, sign);
                }
                else
                {
                    writer.Write(TapeOperation.MultiplyExtension, groups + g, value);
                    writer.Write(TapeOperation.AddScaled, groups + g, multiplicity, g, sign);
                    writer.Write(TapeOperation.MultiplyExtension, g, value);
                }
                writer.Release(interaction.Multiplicity, multiplicity);
            }
        }
        return writer.Finish(2 * groups + 1);
    }

    private static void WriteMessage(TapeWriter writer, TableLookups lookups, int interaction, int target)
    {
        ReadOnlySpan<int> message = lookups.Interactions[interaction].Message.Span;
        List<TapeTerm> uniform = [];
        for (int j = 0; j < message.Length; j++)
        {
            if (writer.IsUniform(message[j])) uniform.Add(new(writer.Uniform(message[j]), -1 - j));
        }
        writer.WriteStart(target, new(interaction, uniform));
        for (int j = 0; j < message.Length; j++)
        {
            if (!writer.IsUniform(message[j])) writer.Fold(target, message[j], -1 - j);
        }
        writer.Flush(target);
    }

    private static IEnumerable<int> MessageRoots(TableLookups lookups) =>
        lookups.Interactions.SelectMany(interaction => (int[])[.. interaction.Message.Span, interaction.Multiplicity]);
}
