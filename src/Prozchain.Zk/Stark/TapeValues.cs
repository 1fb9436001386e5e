using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>What a program needs that is the same for all rows: computed once, in pinned memory.</summary>
internal sealed class TapeValues<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : struct, IExtensionParameters<TField>
{
    /// <param name="program">The program.</param>
    /// <param name="lookups">The table's lookups.</param>
    /// <param name="publicValues">The table's public values.</param>
    /// <param name="challenges">The challenges; those of constraints may be missing where a program has none.</param>
    public TapeValues(TapeProgram program, TableLookups lookups, ReadOnlySpan<TField> publicValues, TableChallenges<Extension<TField, TParameters>> challenges)
    {
        int degree = TParameters.Degree;
        Uniforms = Evaluate(program.Uniforms, publicValues);
        LookupChallenges<TField, TParameters> messages = new(challenges.Alpha, challenges.Beta, lookups.MessageLength);
        var powers = new Extension<TField, TParameters>[lookups.AllConstraints];
        Extension<TField, TParameters> power = Extension<TField, TParameters>.One;
        for (int i = powers.Length - 1; i >= 0; i--, power *= challenges.Gamma) powers[i] = power;

        Terms = Pinned(program.Terms.Length * degree);
        for (int i = 0; i < program.Terms.Length; i++) Put(Factor(program.Terms[i].Factor), Terms, i);
        Factors = Pinned(program.Factors.Length * degree * degree);
        Extension<TField, TParameters> x = X();
        for (int i = 0; i < program.Factors.Length; i++)
        {
            Extension<TField, TParameters> factor = powers[program.Factors[i].Constraint];
            if (program.Factors[i].IsNegative) factor = -factor;
            for (int k = 0; k < degree; k++, factor *= x) Put(factor, Factors, i * degree + k);
        }
        Starts = Pinned(program.Starts.Length * degree);
        for (int i = 0; i < program.Starts.Length; i++)
        {
            TapeStart start = program.Starts[i];
            Extension<TField, TParameters> sum = start.Interaction >= 0 ? messages.Start(lookups.Bus(start.Interaction)) : default;
            if (start.Terminal >= 0) sum += powers[start.Terminal] * challenges.Terminal;
            foreach (TapeTerm term in start.Terms) sum += Factor(term.Factor) * Uniforms[term.Slot];
            Put(sum, Starts, i);
        }

        Extension<TField, TParameters> Factor(int number) => number >= 0 ? powers[number] : messages.Power(-1 - number);
    }

    /// <summary>See <see cref="TapeFrame{TField}.Uniforms"/>.</summary>
    public TField[] Uniforms { get; }

    /// <summary>See <see cref="TapeFrame{TField}.Terms"/>.</summary>
    public TField[] Terms { get; }

    /// <summary>See <see cref="TapeFrame{TField}.Factors"/>.</summary>
    public TField[] Factors { get; }

    /// <summary>See <see cref="TapeFrame{TField}.Starts"/>.</summary>
    public TField[] Starts { get; }

    private static TField[] Evaluate(GraphNode[] nodes, ReadOnlySpan<TField> publicValues)
    {
        TField[] values = Pinned(nodes.Length);
        for (int i = 0; i < nodes.Length; i++)
        {
            GraphNode node = nodes[i];
            values[i] = node.Operation switch
            {
                GraphOperation.Constant => TField.FromUInt64(node.Constant),
                GraphOperation.Public => publicValues[node.Left],
                GraphOperation.Add => values[node.Left] + values[node.Right],
                GraphOperation.Subtract => values[node.Left] - values[node.Right],
                GraphOperation.Multiply => values[node.Left] * values[node.Right],
                _ => -values[node.Left],
            };
        }
        return values;
    }

    private static Extension<TField, TParameters> X()
    {
        var coefficients = new TField[TParameters.Degree];
        coefficients[1] = TField.One;
        return Extension<TField, TParameters>.FromCoefficients(coefficients);
    }

    private static void Put(Extension<TField, TParameters> value, TField[] destination, int index)
    {
        for (int k = 0; k < TParameters.Degree; k++) destination[index * TParameters.Degree + k] = value[k];
    }

    private static TField[] Pinned(int length) => GC.AllocateArray<TField>(length, pinned: true);
}
