using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>What a proof will take at most, reckoned step by step as the prover takes it.</summary>
internal sealed class ProofBytes<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private const int DigestSize = 32;

    private readonly StarkKey<TField> _key;
    private readonly ProofLayout<TField> _layout;
    private readonly bool[] _inPlace;
    private readonly int _threads, _logPieces, _degree, _logBlowup;
    private readonly bool _isKept;
    private readonly HashSet<object> _factors = [];
    private long _held;

    public ProofBytes(StarkKey<TField> key, ProofLayout<TField> layout, bool[] inPlace, int threads, bool isKept, int logPieces)
    {
        (_key, _layout, _inPlace, _threads, _isKept, _logPieces) = (key, layout, inPlace, threads, isKept, logPieces);
        (_degree, _logBlowup) = (key.Parameters.ExtensionDegree, key.Parameters.LogBlowup);
        foreach (StarkTable<TField> table in key.Tables)
            if (table.Air is BlindedAir) Hold((long)BlindedAir.ExtraColumns << layout.LogRows[IndexOf(table)]);
        if (layout.Batches.Contains(ProofBatch.Early)) Main(ProofBatch.Early);
        if (layout.Batches.Contains(ProofBatch.Main)) Main(ProofBatch.Main);
        if (layout.Batches.Contains(ProofBatch.Lookup)) Lookups();
        Quotients();
        if (layout.ZeroKnowledge) Masks();
        Evaluate();
        LowDegreeTest();
    }

    /// <summary>Bytes.</summary>
    public long Peak { get; private set; }

    // Second readings of early tables included: they have lookups and a quotient of their own, and no columns.
    private IEnumerable<int> Tables => Enumerable.Range(0, _key.Tables.Count);

    private int IndexOf(StarkTable<TField> table) => Tables.First(i => _key.Tables[i] == table);

    private int LogSize(int table) => _layout.LogDegree(table) + _logBlowup;

    private bool IsKept(int table) => _isKept || _inPlace[_key.Tables[table].Place];

    private int LookupWidth(int table) => _key.Tables[table].Lookups.Columns * _degree;

    private void Main(ProofBatch batch)
    {
        int[] tables = [.. _layout.Slots.Where(slot => slot.Batch == batch && !slot.IsNext).Select(slot => slot.Table)];
        foreach (int table in tables)
            if (!_inPlace[table]) Hold(Columns(_key.Tables[table].Shape.Width, _layout.LogDegree(table), withRows: _layout.ZeroKnowledge));
        Commit(batch, tables.Where(table => !IsKept(table)), table => _key.Tables[table].Shape.Width);
    }

    private void Lookups()
    {
        int[] asking = [.. Tables.Where(table => LookupWidth(table) > 0)];
        foreach (int table in asking)
        {
            long rows = (long)LookupWidth(table) << _layout.LogRows[table];
            Hold(rows);
            if (!_isKept && !_layout.ZeroKnowledge) continue;
            Hold(Columns(LookupWidth(table), _layout.LogDegree(table), withRows: true));
            Hold(-rows);
        }
        Commit(ProofBatch.Lookup, _isKept ? [] : asking, LookupWidth);
    }

    // An extension, or the rows that it is computed from if these are not the trace's own.
    private long Columns(int width, int logDegree, bool withRows) =>
        _isKept ? Columns(width, logDegree + _logBlowup) : withRows ? Columns(width, logDegree) : 0;

    private static long Columns(int width, int logLength) => (long)width * ColumnLayout.PaddedStride(1 << logLength);

    private void Commit(ProofBatch batch, IEnumerable<int> computed, Func<int, int> width)
    {
        BatchShape shape = _layout.Shapes[_layout.Slots.First(slot => slot.Batch == batch).Index];
        foreach (OpeningSlot slot in _layout.Slots)
            if (slot.Batch == batch && !slot.IsNext) Extension(_layout.LogDegree(slot.Table), batch == ProofBatch.Quotient ? Shift(slot.Table, slot.Chunk) : TField.One);
        foreach (MatrixDimensions matrix in shape.Matrices) Hold((long)shape.SaltLength * matrix.Height);
        Hold(2L * DigestSize * shape.Height / Unsafe.SizeOf<TField>());
        foreach (IGrouping<int, int> height in computed.GroupBy(_layout.LogDegree))
        {
            int log = MatrixWindows<TField>.Log(height.Key, _logPieces);
            Factor((typeof(TransformPlan<TField>), log), 1L << log);
            Pass(height.Sum(table => Columns(width(table), log)) + _threads * MatrixWindows<TField>.Scratch(height.Key));
        }
    }

    private TField Shift(int table, int chunk) => QuotientChunks<TField>.Shift(_layout.LogRows[table], _layout.LogChunks(table), chunk);

    private void Quotients()
    {
        foreach (int table in Tables)
            if (_layout.ZeroKnowledge) Hold((long)_degree << (_layout.LogRows[table] + _layout.LogChunks(table)));
        foreach (int table in Tables)
        {
            int logDegree = _layout.LogDegree(table), logQuotient = _layout.LogRows[table] + _layout.LogChunks(table);
            long values = _layout.ZeroKnowledge ? (long)_degree << logDegree : 0, windows = Windows(table, logQuotient > LogSize(table));
            Hold(values + windows);
            Hold(Columns(_degree, LogSize(table)) << _layout.LogChunks(table));
            if (windows > 0) Pass(_threads * MatrixWindows<TField>.Scratch(logDegree));
            Hold(-values - windows);
            if (_layout.ZeroKnowledge) Hold(-((long)_degree << logQuotient));
        }
        Commit(ProofBatch.Quotient, [], _ => 0);
    }

    // What a table's quotient needs of columns that are not at hand.
    private long Windows(int table, bool isFurther)
    {
        StarkTable<TField> facts = _key.Tables[table];
        bool areRows = !_isKept && facts.Lookups.HasAny;
        if (IsKept(table) && !areRows && !isFurther) return 0;
        int logDegree = _layout.LogDegree(table), log = MatrixWindows<TField>.Log(logDegree, _logPieces);
        Factor((typeof(TransformPlan<TField>), log), 1L << log);
        Extension(logDegree, TField.One);
        int columns = isFurther ? facts.Shape.Width + facts.Shape.PreprocessedWidth + LookupWidth(table)
            : (IsKept(table) ? 0 : facts.Shape.Width) + (_isKept ? 0 : LookupWidth(table));
        int preprocessedNext = 0;
        if (log < logDegree)
        {
            preprocessedNext = facts.Tape.Quotient.Columns(GraphOperation.PreprocessedNext).Length;
            columns += facts.Tape.Quotient.Columns(GraphOperation.Next).Length + preprocessedNext + (facts.Lookups.HasAny ? _degree : 0);
        }
        if (IsKept(table) || (isFurther && facts.Shape.PreprocessedWidth > 0) || preprocessedNext > 0) Factor(("back", typeof(TField), logDegree), 1L << logDegree);
        return Columns(columns, log);
    }

    private void Masks()
    {
        foreach (int table in Tables) Hold(Columns(_degree, LogSize(table)));
        Commit(ProofBatch.Mask, [], _ => 0);
    }

    private void Evaluate()
    {
        HashSet<(int, int, bool)> points = [];
        long weights = 0, scratch = 0;
        foreach (OpeningSlot slot in _layout.Slots)
        {
            int logDegree = _layout.LogDegree(slot.Table);
            if (!points.Add((logDegree, slot.IsNext ? _layout.LogRows[slot.Table] : -1, IsKept(slot)))) continue;
            weights += (long)_degree << logDegree;
            scratch = Math.Max(scratch, 1L << logDegree);
        }
        Pass(weights + scratch);
    }

    private bool IsKept(OpeningSlot slot) => slot.Batch switch
    {
        ProofBatch.Early or ProofBatch.Main => IsKept(slot.Table),
        ProofBatch.Lookup => _isKept,
        _ => true,
    };

    private void LowDegreeTest()
    {
        Queue<int> heights = new(_layout.Slots.Select(slot => LogSize(slot.Table)).Distinct().OrderDescending());
        int log = heights.Dequeue();
        Combine(log);
        foreach (int fold in _layout.FoldSchedule)
        {
            Hold((long)_degree * (ColumnLayout.PaddedStride(1 << (log - fold)) << fold));
            Hold(-Columns(_degree, log));
            log -= fold;
            Hold(2L * DigestSize / Unsafe.SizeOf<TField>() << log);
            Hold(Columns(_degree, log));
            Pass(1L << log);
            if (!heights.TryPeek(out int next) || next != log) continue;
            Combine(heights.Dequeue());
            Hold(-Columns(_degree, log));
        }
        int widest = _layout.Slots.Where(slot => !IsKept(slot)).Select(slot => LogSize(slot.Table)).DefaultIfEmpty(-1).Max();
        if (widest >= 0) Pass((long)_threads << widest);
    }

    private void Combine(int log)
    {
        OpeningSlot[] slots = [.. _layout.Slots.Where(slot => LogSize(slot.Table) == log)];
        Hold(Columns(_degree, log));
        long sums = Columns((slots.Any(slot => slot.IsNext) ? 2 : 1) * _degree, log), both = 0;
        if (slots.Any(IsKept))
        {
            both += sums;
            Extension(log - _logBlowup, TField.MultiplicativeGenerator);
        }
        if (!slots.All(IsKept)) both += sums;
        Pass(both + (1L << log));
    }

    private void Extension(int logDegree, TField shift) =>
        Factor((typeof(CosetExtension<TField>), logDegree, shift), CosetExtension<TField>.Factors(logDegree, _logBlowup));

    private void Factor(object key, long elements)
    {
        if (_factors.Add(key)) Hold(elements);
    }

    private void Hold(long elements)
    {
        _held += elements * Unsafe.SizeOf<TField>();
        Peak = Math.Max(Peak, _held);
    }

    private void Pass(long elements) => Peak = Math.Max(Peak, _held + elements * Unsafe.SizeOf<TField>());
}
