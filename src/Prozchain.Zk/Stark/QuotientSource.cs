using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The quotient of a table as chunks to commit to. Its domain is walked block by block (the committed degree bound K = N, or 2N
/// when hiding); the first blocks are the committed extension, further ones are computed.
/// </summary>
internal sealed class QuotientSource<TField, TParameters>(
    TableQuotient<TField, TParameters> table, ExtendedMatrix<TField>? main, ExtendedMatrix<TField>? preprocessed, ExtendedMatrix<TField>? lookup, BackendSettings settings)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
{
    private static int Degree => TParameters.Degree;

    /// <summary>Adds the chunks.</summary>
    public void Add(List<ColumnSet<TField>> sets)
    {
        // A block is a chunk, and is evaluated where it is extended; when hiding it is two, and they are masked on their way there.
        int blocks = 1 << (table.LogRows + table.LogChunks - table.LogDegree), length = 1 << table.LogDegree;
        TField[] values = table.Masks is null ? [] : settings.Memory.Rent<TField>(Degree * length);
        for (int block = 0; block < blocks; block++)
        {
            Move(block - 1, block);
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
        Move(blocks - 1, 0);
        settings.Memory.Return(values);
        foreach (TField[] mask in table.Masks ?? []) settings.Memory.Return(mask);
    }

    private TField Shift(int chunk) => QuotientChunks<TField>.Shift(table.LogRows, table.LogChunks, chunk);

    private void Evaluate(int block, Memory<TField> destination, ColumnLayout layout)
    {
        QuotientTask<TField, TParameters> task = new()
        {
            Tape = table.Tape,
            LogRows = table.LogRows,
            LogBlock = table.LogDegree,
            Shift = DomainPoints<TField>.BlockShift(table.LogDegree, block) * TField.MultiplicativeGenerator,
            Main = Block(main, block, mayMove: true),
            Preprocessed = Block(preprocessed, block, mayMove: false),
            Lookup = Block(lookup, block, mayMove: true),
            PublicValues = table.PublicValues,
            Gamma = table.Gamma,
            Alpha = table.Alpha,
            Beta = table.Beta,
            Terminal = table.Terminal,
        };
        QuotientEvaluator.Evaluate(task, destination, layout, settings.Threads, settings.Cancellation);
    }

    private ColumnBlock<TField> Block(ExtendedMatrix<TField>? matrix, int block, bool mayMove)
    {
        if (matrix is null) return default;
        if (settings.IsTight && mayMove && block >> matrix.LogBlowup != 0) return new(matrix.Extended);
        ColumnMemory<TField> values = matrix.Block(
            block, out int start, () => settings.Memory.RentColumns<TField>(matrix.Width, ColumnLayout.PaddedStride(1 << matrix.LogRows)),
            settings.Threads, settings.Cancellation);
        return new(values, start);
    }

    // Without memory for a further block, block 0 becomes it, and itself again at the end. Those of a key serve other proofs too.
    private void Move(int from, int to)
    {
        if (!settings.IsTight) return;
        int stored = 1 << settings.LogBlowup;
        (from, to) = (from < stored ? 0 : from, to < stored ? 0 : to);
        if (from == to) return;
        foreach (ExtendedMatrix<TField>? matrix in (ReadOnlySpan<ExtendedMatrix<TField>?>)[main, lookup])
            if (matrix is not null) MatrixExtender<TField>.Move(matrix, 0, from, to, settings.Threads, settings.Cancellation);
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
