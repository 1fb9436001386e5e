using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>The traces of a proof, with the columns that blind the lookup sums, on their way to the first commitment.</summary>
internal sealed class MainColumns<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly StarkKey<TField> _key;
    private readonly ProofLayout<TField> _layout;
    private readonly SecretSource? _secrets;
    private readonly IReadOnlyList<Trace<TField>> _traces;
    private readonly Trace<TField>[] _rows;
    private readonly bool _mayOverwrite;
    private readonly ProofMemory _memory;

    public MainColumns(
        StarkKey<TField> key, ProofLayout<TField> layout, IReadOnlyList<Trace<TField>> traces, SecretSource? secrets, bool mayOverwrite, ProofMemory? memory = null)
    {
        (_key, _layout, _traces, _secrets, _mayOverwrite, _memory) = (key, layout, traces, secrets, mayOverwrite, memory ?? new());
        _rows = [.. traces];
        int blinded = key.Tables.Count(table => table.Air is BlindedAir);
        if (blinded == 0) return;
        TField[][] ring = BlindedAir.DrawRing<TField, SecretSource>(blinded, ref secrets!);
        for (int i = 0; i < _rows.Length; i++)
            if (key.Tables[i].Air is BlindedAir air) _rows[i] = Blind(traces[i], air.FirstRow(ring));
    }

    /// <summary>A table's values by rows, for the lookup columns; gone once the commitment is made if the table has none.</summary>
    public Trace<TField> Rows(int table) => _rows[table];

    /// <summary>The columns to commit to. Traces that are given away with room, and that no lookup needs again, are extended where they lie.</summary>
    /// <param name="isKept">Whether the extensions of the others are kept.</param>
    /// <param name="threads">Threads that make, copy and mask.</param>
    /// <param name="makes">Whether the backend makes a trace that is described; null for one that makes none.</param>
    /// <param name="batch">Which tables: early ones or the others.</param>
    /// <param name="cancellation">Checked between columns.</param>
    public List<ColumnSet<TField>> Sets(
        bool isKept, int threads = 1, Func<TraceSource<TField>, bool>? makes = null, ProofBatch batch = ProofBatch.Main, CancellationToken cancellation = default)
    {
        List<ColumnSet<TField>> sets = [];
        for (int table = 0; table < _rows.Length; table++)
        {
            if (_key.Tables[table].IsEarly != (batch == ProofBatch.Early)) continue;
            Trace<TField> rows = _rows[table];
            if (IsInPlace(_key, _traces, table, _mayOverwrite))
            {
                sets.Add(new(_layout.LogRows[table], rows.Room!.Memory, TField.One, hasRoom: true));
                continue;
            }
            // What hides is interleaved with random values here.
            TraceSource<TField>? source = _layout.ZeroKnowledge ? null : rows.Source;
            if (source is not null && makes?.Invoke(source) == true)
            {
                sets.Add(new(_layout.LogRows[table], rows, isKept));
                continue;
            }
            if (!isKept && !_layout.ZeroKnowledge)
            {
                rows.Make(threads, cancellation);
                sets.Add(new(_layout.LogRows[table], new([.. Enumerable.Range(0, rows.Width).Select(rows.ColumnMemory)]), TField.One, isKept: false));
                continue;
            }
            TraceColumns<TField> target = new(rows.Width, _layout.LogRows[table], _layout.ZeroKnowledge, isKept ? _key.Parameters.LogBlowup : 0);
            target.Allocate(_memory);
            // Columns that lookups read again are made once, apart.
            if (source is not null && _key.Tables[table] is { Lookups.HasAny: false, IsEarly: false }) target.Make(source, threads, cancellation);
            else target.Write(rows, _secrets, threads, cancellation);
            sets.Add(target.ToSet());
        }
        return sets;
    }

    /// <summary>Whether a table is extended where its trace lies: not if other tables have the same trace.</summary>
    public static bool IsInPlace(StarkKey<TField> key, IReadOnlyList<Trace<TField>> traces, int table, bool mayOverwrite) =>
        mayOverwrite && !key.Parameters.Shape.ZeroKnowledge && key.Tables[table] is { Lookups.HasAny: false, IsEarly: false }
        && traces[table].Room?.LogBlowup == key.Parameters.LogBlowup && traces.Count(trace => trace == traces[table]) == 1;

    /// <summary>Lets go of the traces that were given away: the rows are not read again.</summary>
    public void Release()
    {
        Array.Clear(_rows);
        if (!_mayOverwrite) return;
        foreach (Trace<TField> trace in _traces) trace.Release();
    }

    private Trace<TField> Blind(Trace<TField> trace, TField[] firstRow)
    {
        Memory<TField>[] columns = new Memory<TField>[trace.Width + firstRow.Length];
        for (int i = 0; i < trace.Width; i++) columns[i] = trace.ColumnMemory(i);
        for (int i = 0; i < firstRow.Length; i++)
        {
            TField[] column = _memory.Rent<TField>(trace.Height, isCleared: true);
            column[0] = firstRow[i];
            columns[trace.Width + i] = column;
        }
        return Trace<TField>.Borrow(columns);
    }
}
