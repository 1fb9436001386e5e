using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Backends;

/// <summary>What is computed from the constraints and interactions of a table, which <see cref="AirTape{TField}"/> has compiled and, as a graph, as they were written.</summary>
/// <remarks>
/// An implementer owes: exact values, whatever the order of sums. A quotient is computed from committed matrices where they lie; none
/// of them differs afterwards. A device may make a kernel of a tape or of its graph (<c>tape.Lookups.Graph</c>), and keep it for other runs.
/// </remarks>
internal interface IConstraintEvaluator<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    /// <summary>The lookup columns of a table, on its rows: see <see cref="Lookups.LookupColumns"/>.</summary>
    /// <param name="tape">The table's lookups.</param>
    /// <param name="main">The trace.</param>
    /// <param name="preprocessed">The preprocessed columns, if there are any.</param>
    /// <param name="publicValues">The table's public values.</param>
    /// <param name="alpha">The challenge that messages start from.</param>
    /// <param name="beta">The challenge by whose powers their elements are summed.</param>
    /// <param name="target">Takes the columns. A handle that is left there is good for one commitment of this run (<see cref="ColumnSet{TField}.Held"/>).</param>
    /// <param name="terminal">The sum of the table's fractions.</param>
    /// <returns>False if a message has the value zero.</returns>
    bool TryLookups(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, LookupTarget<TField> target,
        out Extension<TField, TParameters> terminal);

    /// <summary>Commits to the quotients of tables: for each table in order its chunks in order, each a matrix of Degree columns.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="saltLength">As for a commitment to columns.</param>
    /// <param name="salts">As for a commitment to columns.</param>
    ICommittedBatch<TField> CommitQuotients(IReadOnlyList<TableQuotient<TField, TParameters>> tables, int saltLength = 0, SecretSource? salts = null);
}
