using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The quotient of a table as chunks to commit to. Its domain is walked block by block (the committed degree bound K = N, or 2N
/// when hiding); the first blocks are the committed extension, where it is kept; others are computed, in windows.
/// </summary>
internal sealed class QuotientSource<TField, TParameters>(
    TableQuotient<TField, TParameters> table, ExtendedMatrix<TField>? main, ExtendedMatrix<TField>? preprocessed, ExtendedMatrix<TField>? lookup, BackendSettings settings)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private readonly MatrixWindows<TField> _windows = new(settings);
    private readonly Dictionary<(ExtendedMatrix<TField>, bool), ColumnMemory<TField>> _computed = [];

    private static int Degree => TParameters.Degree;

    /// <summary>Adds the chunks.</summary>
    public void Add(List<ColumnSet<TField>> sets)
    {
        // A block is a chunk, and is evaluated where it is extended; when hiding it is two, and they are masked on their way there.
        int blocks = 1 << (table.LogRows + table.LogChunks - table.LogDegree), length = 1 << table.LogDegree;
        TField[] values = table.Masks is null ? [] : settings.Memory.Rent<TField>(Degree * length);
        // Further blocks are computed from the coefficients of the first; those of a key serve other proofs too, and stay as they are.
        ExtendedMatrix<TField>[] sources = blocks <= 1 << settings.LogBlowup ? [] : [.. new[] { main, lookup }.OfType<ExtendedMatrix<TField>>().Where(matrix => matrix.IsKept)];
        for (int block = 0; block < blocks; block++)
        {
            if (block == 1 << settings.LogBlowup)
                foreach (ExtendedMatrix<TField> matrix in sources) _windows.Interpolate(matrix, isBack: false);
            if (table.Masks is null)
            {
                ColumnMemory<TField> chunk = settings.Memory.RentColumns<TField>(Degree, ColumnLayout.PaddedStride(length << settings.LogBlowup));
                Evaluate(block, chunk.Segment(0), chunk.LayoutOf(0));
                sets.Add(new(table.LogRows, chunk, Shift(block), hasRoom: true, TransformOrder.BitReversed));
                continue;
            }
            Evaluate(block, values, new(Degree, length));
            for (int half = 0; half < 2; half++) AddMasked(2 * block + half, values.AsSpan(half << table.LogRows), table.Masks, sets);
        }
        foreach (ExtendedMatrix<TField> matrix in sources) _windows.Interpolate(matrix, isBack: true);
        settings.Memory.Return(values);
        foreach (ColumnMemory<TField> window in _computed.Values) settings.Memory.Return(window);
        foreach (TField[] mask in table.Masks ?? []) settings.Memory.Return(mask);
    }

    private TField Shift(int chunk) => QuotientChunks<TField>.Shift(table.LogRows, table.LogChunks, chunk);

    private void Evaluate(int block, Memory<TField> destination, ColumnLayout layout)
    {
        bool isKept = block >> settings.LogBlowup == 0 && main is not { IsKept: false } && lookup is not { IsKept: false };
        int log = isKept ? table.LogDegree : MatrixWindows<TField>.Log(table.LogDegree, settings.LogPieces);
        for (int from = 0; from < 1 << table.LogDegree; from += 1 << log)
        {
            int position = (block << table.LogDegree) + from;
            TField shift = TField.MultiplicativeGenerator * DomainPoints<TField>.BlockShift(log, position >> log);
            QuotientTask<TField, TParameters> task = new()
            {
                Tape = table.Tape,
                LogRows = table.LogRows,
                LogBlock = log,
                Shift = shift,
                Main = Window(main, position, log, shift),
                Preprocessed = Window(preprocessed, position, log, shift),
                Lookup = Window(lookup, position, log, shift),
                Next = log == table.LogDegree ? null : Next(log, shift * TField.TwoAdicGenerator(table.LogRows)),
                PublicValues = table.PublicValues,
                Gamma = table.Gamma,
                Alpha = table.Alpha,
                Beta = table.Beta,
                Terminal = table.Terminal,
            };
            QuotientEvaluator.Evaluate(task, destination[from..], layout, settings.Threads, settings.Cancellation);
        }
    }

    private ColumnBlock<TField> Window(ExtendedMatrix<TField>? matrix, int position, int log, TField shift)
    {
        if (matrix is null) return default;
        return matrix.IsKept && position >> matrix.LogSize == 0 ? new(matrix.Extended, position) : Compute(matrix, null, log, shift);
    }

    private NextRows<TField> Next(int log, TField shift)
    {
        int[] mains = table.Tape.Quotient.Columns(GraphOperation.Next), others = table.Tape.Quotient.Columns(GraphOperation.PreprocessedNext);
        return new(Compute(main, mains, log, shift), mains, Compute(preprocessed, others, log, shift), others, Compute(lookup, [.. Enumerable.Range(0, Degree)], log, shift));
    }

    private ColumnBlock<TField> Compute(ExtendedMatrix<TField>? matrix, int[]? columns, int log, TField shift)
    {
        if (matrix is null || columns is []) return default;
        if (!_computed.TryGetValue((matrix, columns is null), out ColumnMemory<TField>? values))
            _computed[(matrix, columns is null)] = values = settings.Memory.RentColumns<TField>(columns?.Length ?? matrix.Width, ColumnLayout.PaddedStride(1 << log));
        _windows.Fill(matrix, columns, log, shift, values);
        return new(values);
    }

    // In y = x / s the chunk is q(y) + (y^N - 1) t(s y).
    private void AddMasked(int chunk, ReadOnlySpan<TField> values, TField[][] masks, List<ColumnSet<TField>> sets)
    {
        int logRows = table.LogRows, rows = 1 << logRows;
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logRows, TransformOrder.Natural);
        TransformPlan<TField> forward = TransformPlan<TField>.Forward(table.LogDegree, TField.One, TransformOrder.Natural);
        TraceColumns<TField> target = new(Degree, table.LogDegree, isHiding: false, settings.LogBlowup);
        target.Allocate(settings.Memory);
        TField shift = Shift(chunk);
        for (int k = 0; k < Degree; k++)
        {
            Span<TField> column = target.Column(k);
            values.Slice(2 * k * rows, rows).CopyTo(column);
            DomainPoints<TField>.Permute(column[..rows]);
            inverse.Run(column[..rows], column[..rows], settings.Cancellation);
            FieldSpans.MultiplyPowers<TField>(masks[chunk * Degree + k], shift, column[rows..]);
            FieldSpans.Subtract<TField>(column[..rows], column[rows..], column[..rows]);
            forward.Run(column, column, settings.Cancellation);
        }
        sets.Add(target.ToSet(shift));
    }
}
