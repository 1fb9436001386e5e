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
        TField[] values = Evaluate();
        if (table.Masks is null) Split(values, sets);
        else SplitAndMask(values, table.Masks, sets);
    }

    /// <summary>The quotient over its whole domain, bit-reversed: Degree columns of chunks * N values.</summary>
    private TField[] Evaluate()
    {
        int size = 1 << (table.LogRows + table.LogChunks);
        var values = new TField[Degree * size];
        int blocks = size >> table.LogDegree;
        for (int block = 0; block < blocks; block++)
        {
            Move(block - 1, block);
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
            QuotientEvaluator.Evaluate(task, values.AsMemory(block << table.LogDegree), new(Degree, size), settings.Threads, settings.Cancellation);
        }
        Move(blocks - 1, 0);
        return values;
    }

    private ColumnBlock<TField> Block(ExtendedMatrix<TField>? matrix, int block, bool mayMove)
    {
        if (matrix is null) return default;
        if (settings.IsTight && mayMove && block >> matrix.LogBlowup != 0) return new(matrix.Extended);
        ColumnMemory<TField> values = matrix.Block(
            block, out int start,
            () => new(matrix.Width, ColumnLayout.PaddedStride(1 << matrix.LogRows), length => GC.AllocateUninitializedArray<TField>(length), Array.MaxLength),
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

    private void Split(TField[] values, List<ColumnSet<TField>> sets)
    {
        int rows = 1 << table.LogRows;
        for (int chunk = 0; chunk < 1 << table.LogChunks; chunk++)
        {
            TField shift = QuotientChunks<TField>.Shift(table.LogRows, table.LogChunks, chunk);
            sets.Add(new(table.LogRows, new(values.AsMemory(chunk * rows), new(Degree, rows << table.LogChunks)), shift, order: TransformOrder.BitReversed));
        }
    }

    private void SplitAndMask(TField[] values, TField[][] masks, List<ColumnSet<TField>> sets)
    {
        int logRows = table.LogRows, rows = 1 << logRows, size = rows << table.LogChunks;
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logRows, TransformOrder.Natural);
        TransformPlan<TField> forward = TransformPlan<TField>.Forward(table.LogDegree, TField.One, TransformOrder.Natural);
        for (int chunk = 0; chunk < 1 << table.LogChunks; chunk++)
        {
            TraceColumns<TField> target = new(Degree, table.LogDegree, isHiding: false, settings.LogBlowup);
            target.Allocate();
            TField shift = QuotientChunks<TField>.Shift(logRows, table.LogChunks, chunk);
            for (int k = 0; k < Degree; k++)
            {
                Span<TField> column = target.Column(k);
                values.AsSpan(k * size + chunk * rows, rows).CopyTo(column);
                DomainPoints<TField>.Permute(column[..rows]);
                // In y = x / s the chunk is q(y) + (y^N - 1) t(s y).
                inverse.Run(column[..rows], column[..rows], settings.Cancellation);
                FieldSpans.MultiplyPowers<TField>(masks[chunk * Degree + k], shift, column[rows..]);
                FieldSpans.Subtract<TField>(column[..rows], column[rows..], column[..rows]);
                forward.Run(column, column, settings.Cancellation);
            }
            sets.Add(target.ToSet(shift));
        }
    }
}
