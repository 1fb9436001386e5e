using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Merkle;
using Prozchain.Zk.Plonky3.Stark;

namespace Prozchain.Zk.Plonky3;

/// <summary>
/// A statement: tables, parameters and suite. Made once and used for any number of proofs; commits to the preprocessed
/// columns. Immutable and thread-safe.
/// </summary>
/// <typeparam name="TField">The field of traces.</typeparam>
/// <typeparam name="TExt">The challenge field.</typeparam>
public sealed class Plonky3Key<TField, TExt>
    where TField : unmanaged, IField<TField>
    where TExt : unmanaged, IExtensionField<TExt, TField>
{
    /// <summary>States what proofs must show.</summary>
    /// <exception cref="ArgumentException">A number is out of its range, or the profile has no such statement.</exception>
    public Plonky3Key(Plonky3Suite<TField, TExt> suite, Plonky3Config config, Plonky3Protocol protocol, params IReadOnlyList<Plonky3Table> tables)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tables);
        config.Validate();
        if (tables.Count == 0 || (protocol == Plonky3Protocol.Single && tables.Count != 1))
            throw new ArgumentException($"Expected {(protocol == Plonky3Protocol.Single ? "one table" : "a table")}, got {tables.Count}.", nameof(tables));
        (Suite, Config, Protocol) = (suite, config, protocol);
        Dictionary<string, (int Number, int Length)> buses = [];
        Tables = [.. tables.Select(table => new TableFacts(table, buses))];
        HasLookups = Tables.Any(table => table.HasLookups);
        if (HasLookups && protocol == Plonky3Protocol.Single) throw new ArgumentException("Expected a table without lookups, got interactions.", nameof(tables));
        TupleWidth = Tables.Max(table => table.TupleWidth);
        Commitments = CommitmentShape.Of(Tables, config.Hiding, TExt.Degree);
        RowWidths = [.. Commitments.Select(commitment => (int[])[.. commitment.Matrices.Select(matrix => matrix.Width + config.Blinds)])];
        Pcs.CheckKey(this);
        if (!Tables.Any(table => table.Shape.PreprocessedWidth > 0)) return;
        if (config.Hiding) throw new ArgumentException("Expected no preprocessed columns where traces are hidden, got some.", nameof(tables));
        PreprocessedCap = MixedTree<TField>.Commit(suite.Hash, config.CapHeight, [.. Preprocess().Select(trace => Pcs.Extend(trace, config.LogBlowup))]).Cap;
    }

    internal Plonky3Suite<TField, TExt> Suite { get; }

    internal Pcs<TField, TExt> Pcs => Suite.Pcs;

    internal Plonky3Config Config { get; }

    internal Plonky3Protocol Protocol { get; }

    internal TableFacts[] Tables { get; }

    internal bool HasLookups { get; }

    /// <summary>Elements of the longest message of a lookup.</summary>
    internal int TupleWidth { get; }

    /// <summary>In the order in which they are opened.</summary>
    internal CommitmentShape[] Commitments { get; }

    /// <summary>For each commitment, the columns of its matrices, blinding ones included.</summary>
    internal int[][] RowWidths { get; }

    internal Bytes32[] PreprocessedCap { get; } = [];

    /// <summary>The preprocessed columns of the tables that have some.</summary>
    internal List<Trace<TField>> Preprocess()
    {
        List<Trace<TField>> matrices = [];
        foreach (TableFacts table in Tables)
        {
            if (table.Shape.PreprocessedWidth == 0) continue;
            matrices.Add(new Trace<TField>(table.Shape.PreprocessedWidth, 1 << table.LogRows));
            table.Air.Preprocess(matrices[^1]);
        }
        return matrices;
    }

    internal void CheckPublicValues(IReadOnlyList<ReadOnlyMemory<TField>> publicValues)
    {
        ArgumentNullException.ThrowIfNull(publicValues);
        if (publicValues.Count != Tables.Length) throw new ArgumentException($"Expected public values for {Tables.Length} tables, got {publicValues.Count}.", nameof(publicValues));
        for (int i = 0; i < Tables.Length; i++)
            if (publicValues[i].Length != Tables[i].Shape.PublicValues)
                throw new ArgumentException($"Expected {Tables[i].Shape.PublicValues} public values of {Tables[i].Shape.Name}, got {publicValues[i].Length}.", nameof(publicValues));
    }
}
