using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>What a proof will take of a device's memory at most, reckoned step by step as <see cref="CudaRun{TField, TParameters, TTree}"/> takes it.</summary>
internal sealed class DeviceBytes<TField, TParameters, TTree>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private const int ElementSize = DeviceMatrix.ElementSize, DigestSize = 32;

    // Facts of points, constants of hashes, challenges: at any time a few.
    private const long Small = 8 << 10;

    private readonly ProofLayout<TField> _layout;
    private readonly DevicePlan _plan;
    private readonly TraceSource<TField>?[] _made;
    private readonly TreeKernels _tree = TreeKernels.Of<TField, TTree>();
    private readonly HashSet<(int, bool, int, int)> _factors = [];
    private readonly int _logBlowup, _multiprocessors;
    private long _held;

    /// <param name="layout">The proof's dimensions.</param>
    /// <param name="plan">How it goes.</param>
    /// <param name="logBlowup">log2 of an evaluation domain over the degree bound.</param>
    /// <param name="multiprocessors">Of the device.</param>
    /// <param name="made">What makes the traces that the device makes, null for each other; or empty.</param>
    public DeviceBytes(ProofLayout<TField> layout, DevicePlan plan, int logBlowup, int multiprocessors, TraceSource<TField>?[] made)
    {
        (_layout, _plan, _logBlowup, _multiprocessors, _made) = (layout, plan, logBlowup, multiprocessors, made);
        Hold(TransformTables.Bytes<TField>() + 2 * plan.PieceBytes + Small);
        Commit(ProofBatch.Main);
        if (layout.Batches.Contains(ProofBatch.Lookup)) Lookups();
        Quotients();
        if (layout.ZeroKnowledge) Commit(ProofBatch.Mask);
        Evaluate();
        LowDegreeTest();
        Open();
    }

    /// <summary>Bytes.</summary>
    public long Peak { get; private set; }

    private static int Degree => TParameters.Degree;

    private IEnumerable<int> Tables => Enumerable.Range(0, _layout.LogRows.Length);

    private IReadOnlyList<StarkTable<TField>> Facts => _layout.Key.Tables;

    private static long Columns(long width, int logLength) => ElementSize * width << logLength;

    private TraceSource<TField>? Made(int table) => _made.Length == 0 ? null : _made[table];

    private int LogSize(int table) => _layout.LogDegree(table) + _logBlowup;

    private IEnumerable<OpeningSlot> Slots(ProofBatch batch) => _layout.Slots.Where(slot => slot.Batch == batch && !slot.IsNext);

    private void Commit(ProofBatch batch)
    {
        foreach (OpeningSlot slot in Slots(batch))
        {
            Factor(_layout.LogDegree(slot.Table), 1 << _logBlowup, isNatural: true);
            if (_plan.IsResident) Hold(Columns(slot.Width, LogSize(slot.Table)));
            else Factor(_layout.LogDegree(slot.Table), 1, isNatural: true);
            if (batch == ProofBatch.Main && Made(slot.Table) is { } source) Pass(DeviceTraces.Bytes(source));
        }
        foreach (OpeningSlot slot in Slots(batch)) Pass(Between(slot.Width, _layout.LogDegree(slot.Table), _logBlowup));
        Tree(_layout.Shapes[Slots(batch).First().Index], _plan.IsResident || batch == ProofBatch.Quotient);
    }

    // Columns of a piece between the passes of a transform from natural order.
    private long Between(int width, int logDegree, int logBlowup) => Columns(PieceColumns(width, logDegree), logDegree + logBlowup);

    private long PieceColumns(int width, int logDegree) => Math.Min(width, _plan.PieceBytes / ElementSize >> logDegree);

    private void Tree(BatchShape shape, bool isWhole)
    {
        foreach (MatrixDimensions matrix in shape.Matrices) Hold((long)ElementSize * shape.SaltLength * matrix.Height);
        Hold(2L * DigestSize * shape.Height);
        int shorter = 0;
        long most = 0;
        for (int height = shape.Height; height > 0; height /= 2)
        {
            long width = shape.WidthAt(height);
            if (width == 0) continue;
            if (height < shape.Height) shorter = Math.Max(shorter, height);
            long state = (long)sizeof(uint) * _tree.StateWords(width, isWhole) * height + sizeof(ulong) * width;
            int logSize = BitOperations.Log2((uint)height);
            int hashed = _plan.HashedColumns(width, _tree.Step);
            if (!isWhole) state += Columns(hashed, logSize) + Between(hashed, logSize - _logBlowup, _logBlowup);
            most = Math.Max(most, state);
        }
        Pass(most + 2L * DigestSize * shorter);
    }

    private void Lookups()
    {
        long kept = 0;
        foreach (int table in Tables)
        {
            StarkTable<TField> facts = Facts[table];
            if (!facts.Lookups.HasAny) continue;
            int logRows = _layout.LogRows[table];
            long columns = Columns(facts.Lookups.Columns * Degree, logRows);
            Hold(columns);
            var tape = LoweredTape.Of(facts.Tape.Fractions, 0, Degree);
            Pass(TraceUpload<TField>.Bytes(tape, facts.Shape, logRows, Made(table)) + TapeRunner<TField, TParameters>.Bytes(facts.Tape.Fractions, 0, logRows, 2 * facts.Lookups.Groups.Count));
            // Products of four values, of four such and so on; and sums of blocks.
            Pass(Columns(Degree, logRows) / 2);
            if (_plan.IsResident && !_layout.ZeroKnowledge) kept += columns;
            else Hold(-columns);
        }
        Commit(ProofBatch.Lookup);
        Hold(-kept);
    }

    private static long Periodic(StarkTable<TField> facts, int logSize) =>
        facts.Shape.Periodic.Sum(period => (long)ElementSize * Math.Min(2L * period.Length, Math.Max(period.Length, 1L << logSize)));

    private void Quotients()
    {
        foreach (OpeningSlot slot in Slots(ProofBatch.Preprocessed))
        {
            if (_plan.IsResident) Hold(Columns(slot.Width, LogSize(slot.Table)));
            else Factor(_layout.LogDegree(slot.Table), 1 << _logBlowup, isNatural: false);
            Factor(_layout.LogDegree(slot.Table), 1, isNatural: false);
        }
        foreach (int table in Tables)
        {
            StarkTable<TField> facts = Facts[table];
            int logRows = _layout.LogRows[table], logDegree = _layout.LogDegree(table), logChunks = _layout.LogChunks(table);
            int logBlock = _plan.IsResident ? logDegree : _plan.LogWindow(logDegree);
            long values = Columns(Degree, logRows + logChunks);
            Hold(values);
            Pass(
                TapeRunner<TField, TParameters>.Bytes(facts.Tape.Quotient, facts.Lookups.Columns * Degree, logBlock, TapeCompiler.Sums)
                + (_plan.IsResident ? Blocks(table) : Windows(table, logBlock)) + Periodic(facts, logBlock) + (4L * ElementSize << ((logBlock + 1) / 2)) + Small);
            for (int chunk = 0; chunk < 1 << logChunks; chunk++)
            {
                Hold(Columns(Degree, LogSize(table)));
                Factor(logDegree, 1 << _logBlowup, isNatural: false, kind: 1 + chunk);
                if (!_layout.ZeroKnowledge) continue;
                Factor(logRows, 1, isNatural: false);
                Pass(Columns(Degree, logDegree) + Columns(Degree, logRows));
            }
            Hold(-values);
        }
        Tree(_layout.Shapes[Slots(ProofBatch.Quotient).First().Index], isWhole: true);
    }

    // Blocks of a quotient's domain beyond the extension's: all columns on one, and one matrix on the first block.
    private long Blocks(int table)
    {
        int logDegree = _layout.LogDegree(table), further = (1 << (_layout.LogRows[table] + _layout.LogChunks(table) - logDegree)) - (1 << _logBlowup);
        if (further <= 0) return 0;
        for (int block = 0; block < further; block++) Factor(logDegree, 1, isNatural: false, kind: -1 - block);
        int[] widths = Widths(table);
        return Columns(widths.Sum() + widths.Max(), logDegree);
    }

    private long Windows(int table, int logWindow)
    {
        int logDegree = _layout.LogDegree(table), columns = Widths(table).Sum();
        if (logWindow < _layout.LogRows[table])
            foreach (CellSource source in (CellSource[])[CellSource.Main, CellSource.Preprocessed, CellSource.Lookup])
                columns += WindowColumns<TField, TParameters>.Next(Facts[table].Tape, source).Length;
        Factor(logDegree, 1, isNatural: false);
        // Coefficients of a piece, and twice the powers of a window's first point.
        return Columns(columns, logWindow) + 2 * Between(Widths(table).Max(), logDegree, 0) + 2 * DeviceTransforms<TField>.FactorBytes(logWindow, 1, isNatural: false);
    }

    private int[] Widths(int table) => [Facts[table].Shape.Width, Facts[table].Shape.PreprocessedWidth, Facts[table].Lookups.Columns * Degree];

    private void Evaluate()
    {
        HashSet<(int, int)> points = [];
        long weights = 0, most = 0;
        foreach (OpeningSlot slot in _layout.Slots)
        {
            int logDegree = _layout.LogDegree(slot.Table);
            if (points.Add((logDegree, slot.IsNext ? _layout.LogRows[slot.Table] : -1))) weights += Columns(Degree, logDegree);
            long sums = Columns(DeviceOpenings<TField, TParameters>.Sums(slot.Width, logDegree, _multiprocessors) * Degree, 0);
            most = Math.Max(most, sums + (Stays(slot) ? 0 : 2 * Between(slot.Width, logDegree, 0)));
        }
        Pass(weights + most + Small);
    }

    private bool Stays(OpeningSlot slot) => _plan.IsResident || slot.Batch == ProofBatch.Quotient;

    private void LowDegreeTest()
    {
        Queue<int> heights = new(_layout.Slots.Select(slot => LogSize(slot.Table)).Distinct().OrderDescending());
        int log = heights.Dequeue();
        Combine(log);
        foreach (int fold in _layout.FoldSchedule)
        {
            log -= fold;
            Tree(new([new MatrixDimensions(1 << log, Degree << fold)]), isWhole: true);
            Hold(Columns(Degree, log));
            if (!heights.TryPeek(out int next) || next != log) continue;
            Combine(heights.Dequeue());
            Hold(-Columns(Degree, log));
        }
    }

    private void Combine(int log)
    {
        OpeningSlot[] slots = [.. _layout.Slots.Where(slot => LogSize(slot.Table) == log)];
        Hold(Columns(Degree, log));
        int points = slots.Any(slot => slot.IsNext) ? 2 : 1;
        long piece = slots.Max(slot => Stays(slot) ? 0 : 2 * Between(slot.Width, log - _logBlowup, _logBlowup));
        Pass(Columns(points * Degree, log) + piece + Columns(slots.Max(slot => slot.Width) * (long)points * Degree, 0) + Small);
    }

    // Addresses and words of the rows that are opened.
    private void Open()
    {
        long queries = StarkProtocol.FriSettings(_layout.Key, _layout).Queries, most = 0;
        for (int i = 0; i < _layout.Shapes.Count; i++)
        {
            BatchShape shape = _layout.Shapes[i];
            if (_layout.Batches[i] == ProofBatch.Preprocessed) continue;
            bool stays = _plan.IsResident || _layout.Batches[i] == ProofBatch.Quotient;
            long words = 0, piece = 0;
            foreach (OpeningSlot slot in Slots(_layout.Batches[i]))
            {
                long columns = stays ? slot.Width : PieceColumns(slot.Width, _layout.LogDegree(slot.Table));
                words = stays ? words + columns + shape.SaltLength : Math.Max(words, Math.Max(columns, shape.SaltLength));
                if (!stays) piece = Math.Max(piece, 2 * Between(slot.Width, _layout.LogDegree(slot.Table), _logBlowup));
            }
            words = queries * (words + DigestSize / sizeof(uint) * (BitOperations.Log2((uint)shape.Height) + 1));
            most = Math.Max(most, piece + (sizeof(ulong) + sizeof(uint)) * words);
        }
        Pass(most);
    }

    // Powers that a transform looks up stay; kind tells apart those of different points.
    private void Factor(int logSize, int cosets, bool isNatural, int kind = 0)
    {
        if (_factors.Add((logSize, isNatural, cosets, kind))) Hold(DeviceTransforms<TField>.FactorBytes(logSize, cosets, isNatural));
    }

    private void Hold(long bytes)
    {
        _held += bytes;
        Peak = Math.Max(Peak, _held);
    }

    private void Pass(long bytes) => Peak = Math.Max(Peak, _held + bytes);
}
