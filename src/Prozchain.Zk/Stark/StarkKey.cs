using System.Buffers;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Security;

namespace Prozchain.Zk.Stark;

/// <summary>Makes <see cref="StarkKey{TField}"/>.</summary>
public static class StarkKey
{
    /// <summary>
    /// What decides how sound a proof of these AIRs is, for the parameters: counts over all tables, the lookup argument's own
    /// columns and constraints included.
    /// </summary>
    /// <param name="airs">The tables, in order.</param>
    /// <param name="minLogRows">log2 of the rows of the shortest table that the key must serve.</param>
    /// <param name="maxLogRows">log2 of the rows of the tallest.</param>
    /// <param name="zeroKnowledge">Whether proofs hide the traces.</param>
    /// <param name="shared">Buses over which a proof exchanges messages with others; null for a proof that stands alone.</param>
    /// <exception cref="ArgumentException">There is no table, an AIR contradicts its shape, or none uses a shared bus.</exception>
    public static StarkShape ShapeOf<TField>(IReadOnlyList<IAir> airs, int minLogRows, int maxLogRows, bool zeroKnowledge = false, SharedBuses? shared = null)
        where TField : unmanaged, ITwoAdicField<TField>
    {
        IReadOnlyList<StarkTable<TField>> tables = StarkKey<TField>.TablesOf(airs, zeroKnowledge, out LookupPlan plan, shared);
        return StarkKey<TField>.ShapeOf(tables, plan, minLogRows, maxLogRows, zeroKnowledge, shared);
    }

    /// <summary>Sets up proofs of some AIRs: compiles them and commits to their preprocessed columns.</summary>
    /// <param name="airs">The tables, in order; structs that implement <see cref="IAir"/>.</param>
    /// <param name="parameters">For a shape at least as large as <see cref="ShapeOf{TField}"/>'s.</param>
    /// <param name="hash">The hash of the trees.</param>
    /// <param name="shared">Buses over which a proof exchanges messages with others of a list (<see cref="StarkGroup"/>); null for a proof that stands alone.</param>
    /// <exception cref="ArgumentException">
    /// The parameters are for a smaller statement, another field or larger digests than the hash has, an AIR with preprocessed columns fixes no height,
    /// the tables have more columns or chunks than one tree holds, or use a bus of the blinding, or none uses a shared bus.
    /// </exception>
    public static StarkKey<TField> Create<TField>(IReadOnlyList<IAir> airs, StarkParameters parameters, StarkHash hash = StarkHash.Keccak256, SharedBuses? shared = null)
        where TField : unmanaged, ITwoAdicField<TField> => new(airs, parameters, hash, shared);
}

/// <summary>
/// The tables that proofs speak about, with everything both sides agree on: AIRs, parameters, hash, preprocessed commitment. Prover
/// and verifier each make it from the same arguments, or compare <see cref="Digest"/>.
/// </summary>
/// <remarks>Immutable and thread-safe; costly to make, so keep it.</remarks>
/// <typeparam name="TField">The field of the traces.</typeparam>
public sealed class StarkKey<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private const byte Version = 0, SharedVersion = 1;

    private readonly byte[] _digest = new byte[32];

    internal StarkKey(IReadOnlyList<IAir> airs, StarkParameters parameters, StarkHash hash, SharedBuses? shared)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        (Parameters, Hash, Shared) = (parameters, hash, shared);
        Tables = TablesOf(airs, parameters.Shape.ZeroKnowledge, out LookupPlan plan, shared);
        (Count, Lookups) = (airs.Count, plan);
        EarlyTables = [.. Tables.Where(table => table.IsEarly).Select(table => table.Place)];
        Engine = StarkEngines.Create<TField>(parameters, hash);
        StarkShape owned = ShapeOf(Tables, plan, parameters.Shape.MinLogRows, parameters.Shape.MaxLogRows, parameters.Shape.ZeroKnowledge, shared);
        if (Missing(owned, parameters.Shape) is { } problem) throw new ArgumentException(problem, nameof(parameters));
        foreach (StarkTable<TField> table in Tables)
        {
            if (table.Shape.Height != 0 && HeightProblem(table, table.Shape.Height) is { } wrong) throw new ArgumentException(wrong, nameof(airs));
        }
        // Rows are widest when all tables have one height: trees that hold these hold those of every proof.
        byte[] alike = new byte[Count];
        alike.AsSpan().Fill((byte)parameters.Shape.MaxLogRows);
        _ = new ProofLayout<TField>(this, alike);
        PreprocessedCap = Engine.CommitPreprocessed(this);
        Keccak256.Hash(Describe().WrittenSpan, _digest);
    }

    /// <summary>The parameters.</summary>
    public StarkParameters Parameters { get; }

    /// <summary>The hash of the trees.</summary>
    public StarkHash Hash { get; }

    /// <summary>The number of tables.</summary>
    public int Count { get; }

    /// <summary>The buses over which proofs exchange messages with others of a list, or null.</summary>
    public SharedBuses? Shared { get; }

    /// <summary>The numbers of the tables that use shared buses, which are committed to before all else (<see cref="StarkGroup.Commit{TField}"/>).</summary>
    public IReadOnlyList<int> EarlyTables { get; }

    /// <summary>Keccak-256 over all that the key holds: 32 bytes that two keys share exactly if they accept the same proofs.</summary>
    public ReadOnlySpan<byte> Digest => _digest;

    /// <summary>The tables, then the second readings of the early ones.</summary>
    internal IReadOnlyList<StarkTable<TField>> Tables { get; }

    internal LookupPlan Lookups { get; }

    internal StarkEngine<TField> Engine { get; }

    internal byte[] PreprocessedCap { get; }

    /// <summary>The reason why a table cannot have so many rows, or null.</summary>
    internal string? HeightProblem(StarkTable<TField> table, int height)
    {
        int least = 1 << Parameters.LeastPaddedLogRows, most = 1 << Parameters.Shape.MaxLogRows;
        if (table.Shape.Height != 0 && height != table.Shape.Height) return $"Expected {table.Shape.Height} rows of {table.Shape.Name}, got {height}.";
        foreach (ReadOnlyMemory<ulong> column in table.Shape.Periodic) least = Math.Max(least, column.Length);
        return height < least || height > most ? $"Expected {least} to {most} rows of {table.Shape.Name}, got {height}." : null;
    }

    /// <summary>From one value for each trace, one for each of <see cref="Tables"/>.</summary>
    internal T[] ForTables<T>(IReadOnlyList<T> values) => [.. Tables.Select(table => values[table.Place])];

    internal static IReadOnlyList<StarkTable<TField>> TablesOf(IReadOnlyList<IAir> airs, bool zeroKnowledge, out LookupPlan plan, SharedBuses? shared = null)
    {
        ArgumentNullException.ThrowIfNull(airs);
        if (airs.Count is 0 or > StarkProof.MaxTables) throw new ArgumentException($"Expected 1 to {StarkProof.MaxTables} tables, got {airs.Count}.", nameof(airs));
        IAir[] owned = [.. airs];
        ConstraintGraph[] graphs = [.. owned.Select(ConstraintGraph.Of)];
        int asking = graphs.Count(graph => graph.Interactions.Count > 0);
        if (zeroKnowledge && asking > 1)
        {
            BlindedAir.RefuseItsBuses(graphs);
            for (int i = 0, place = 0; i < owned.Length; i++)
            {
                if (graphs[i].Interactions.Count == 0) continue;
                owned[i] = new BlindedAir(owned[i], place++, asking);
                graphs[i] = ConstraintGraph.Of(owned[i]);
            }
        }
        int[] early = [.. graphs.Index().Where(graph => shared is not null && graph.Item.Interactions.Any(interaction => shared.Has(interaction.Bus))).Select(graph => graph.Index)];
        if (shared is not null && early.Length == 0) throw new ArgumentException("Expected a table that uses a shared bus, got none.", nameof(airs));
        LookupPlan? between = shared is null ? null : LookupPlan.Of([.. early.Select(i => ConstraintGraph.Of(owned[i], new(shared, IsShared: true)))], shared);
        LookupPlan made = plan = LookupPlan.Of([.. graphs.Select((graph, i) => early.Contains(i) ? ConstraintGraph.Of(owned[i], new(shared, IsShared: false)) : graph)], shared: between);
        List<StarkTable<TField>> tables = [.. owned.Select((air, i) => new StarkTable<TField>(air, i, graphs[i], made.Tables[i]))];
        tables.AddRange(early.Select((table, i) => new StarkTable<TField>(tables[table], between!.Tables[i])).ToArray());
        return tables;
    }

    internal static StarkShape ShapeOf(IReadOnlyList<StarkTable<TField>> tables, LookupPlan plan, int minLogRows, int maxLogRows, bool zeroKnowledge, SharedBuses? shared) => new()
    {
        Field = StarkEngines.FieldOf<TField>(),
        MinLogRows = minLogRows,
        MaxLogRows = maxLogRows,
        Columns = tables.Sum(table => table.IsShared ? 0 : table.Shape.Width + table.Shape.PreprocessedWidth),
        Constraints = Math.Max(1, tables.Sum(table => table.Graph.Constraints.Count + table.Lookups.Constraints)),
        ConstraintDegree = Math.Max(1, tables.Max(table => table.Degree)),
        OpeningPoints = tables.Any(table => table.UsesNext || table.UsesPreprocessedNext || table.Lookups.Columns > 0) ? 2 : 1,
        Lookups = tables.Sum(table => table.IsShared ? 0 : table.Lookups.Interactions.Count),
        MessageWidth = plan.HasLookups ? plan.MessageLength + 1 : 0,
        LookupColumns = tables.Sum(table => table.Lookups.Columns),
        Tables = tables.Count,
        SharedMessageWidth = shared is null ? 0 : shared.MessageLength + 1,
        LogSharedMessages = shared?.LogMessages ?? 0,
        ZeroKnowledge = zeroKnowledge,
    };

    private static string? Missing(StarkShape owned, StarkShape given)
    {
        if (owned.Field != given.Field) return $"Expected parameters for {owned.Field}, got {given.Field}.";
        return Less("columns", owned.Columns, given.Columns) ?? Less("constraints", owned.Constraints, given.Constraints)
            ?? Less("degree", owned.ConstraintDegree, given.ConstraintDegree) ?? Less("opening points", owned.OpeningPoints, given.OpeningPoints)
            ?? Less("lookups", owned.Lookups, given.Lookups) ?? Less("elements of a message", owned.MessageWidth, given.MessageWidth)
            ?? Less("lookup columns", owned.LookupColumns, given.LookupColumns) ?? Less("tables", owned.Tables, given.Tables)
            ?? Less("elements of a shared message", owned.SharedMessageWidth, given.SharedMessageWidth) ?? Less("shared messages (log2)", owned.LogSharedMessages, given.LogSharedMessages);

        static string? Less(string what, int needed, int stated) => stated >= needed ? null : $"Expected parameters for {needed} {what} or more, got {stated}.";
    }

    private ArrayBufferWriter<byte> Describe()
    {
        ArrayBufferWriter<byte> bytes = new();
        bytes.Write([Shared is null ? Version : SharedVersion, (byte)Hash, (byte)Count, (byte)(Count >> 8)]);
        Parameters.Write(bytes);
        Shared?.Describe(bytes);
        foreach (StarkTable<TField> table in Tables) table.Graph.Describe(bytes);
        bytes.Write(PreprocessedCap);
        return bytes;
    }
}
