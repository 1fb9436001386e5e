using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The quotients of all tables as chunks to commit to. A table's quotient domain is walked block by block (the committed degree
/// bound K = N, or 2N when hiding); the first blocks are the committed extension, further ones are computed.
/// </summary>
internal sealed class QuotientSource<TField, TParameters, TTree>(
    StarkKey<TField> key, ProofLayout<TField> layout, IReadOnlyList<CommittedBatch<TField, TTree>> batches, TField[][] publicValues,
    StarkChallenges<Extension<TField, TParameters>> challenges, Extension<TField, TParameters>[] terminals, bool isTight, int threads, CancellationToken cancellation)
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private static int Degree => TParameters.Degree;

    public List<ColumnSet<TField>> Sets(SecretSource? secrets)
    {
        List<ColumnSet<TField>> sets = [];
        for (int table = 0; table < key.Count; table++)
        {
            TField[] values = Evaluate(table);
            Split(table, values, secrets, sets);
        }
        return sets;
    }

    /// <summary>The quotient over its whole domain, bit-reversed: Degree columns of chunks * N values.</summary>
    private TField[] Evaluate(int table)
    {
        StarkTable<TField> facts = key.Tables[table];
        int logDegree = layout.LogDegree(table), size = 1 << (layout.LogRows[table] + layout.LogChunks(table));
        var values = new TField[Degree * size];
        int blocks = size >> logDegree;
        for (int block = 0; block < blocks; block++)
        {
            Move(table, block - 1, block);
            QuotientTask<TField, TParameters> task = new()
            {
                Tape = facts.Tape,
                LogRows = layout.LogRows[table],
                LogBlock = logDegree,
                Shift = DomainPoints<TField>.BlockShift(logDegree, block) * TField.MultiplicativeGenerator,
                Main = Block(ProofBatch.Main, table, block),
                Preprocessed = Block(ProofBatch.Preprocessed, table, block),
                Lookup = Block(ProofBatch.Lookup, table, block),
                PublicValues = publicValues[table],
                Gamma = challenges.Gamma,
                Alpha = challenges.Alpha,
                Beta = challenges.Beta,
                Terminal = terminals[table],
            };
            QuotientEvaluator.Evaluate(task, values.AsMemory(block << logDegree), new(Degree, size), threads, cancellation);
        }
        Move(table, blocks - 1, 0);
        return values;
    }

    private ColumnBlock<TField> Block(ProofBatch batch, int table, int block)
    {
        if (Matrix(batch, table) is not { } matrix) return default;
        if (isTight && batch != ProofBatch.Preprocessed && block >> matrix.LogBlowup != 0) return new(matrix.Extended, matrix.Layout);
        ColumnLayout room = new(matrix.Width, ColumnLayout.PaddedStride(1 << matrix.LogRows));
        TField[] scratch = block >> matrix.LogBlowup == 0 ? [] : GC.AllocateUninitializedArray<TField>(room.Count * room.Stride);
        ReadOnlyMemory<TField> values = matrix.Block(block, scratch, room, out ColumnLayout where, threads, cancellation);
        return new(values, where);
    }

    private ExtendedMatrix<TField>? Matrix(ProofBatch batch, int table)
    {
        int slot = layout.Find(batch, table, isNext: false);
        return slot < 0 ? null : batches[layout.Slots[slot].Index].Matrices[layout.Slots[slot].Matrix];
    }

    // Without memory for a further block, block 0 becomes it, and itself again at the end. Those of a key serve other proofs too.
    private void Move(int table, int from, int to)
    {
        if (!isTight) return;
        int stored = 1 << key.Parameters.LogBlowup;
        (from, to) = (from < stored ? 0 : from, to < stored ? 0 : to);
        if (from == to) return;
        foreach (ProofBatch batch in (ReadOnlySpan<ProofBatch>)[ProofBatch.Main, ProofBatch.Lookup])
            if (Matrix(batch, table) is { } matrix) MatrixExtender<TField>.Move(matrix, 0, from, to, threads, cancellation);
    }

    private void Split(int table, TField[] values, SecretSource? secrets, List<ColumnSet<TField>> sets)
    {
        int logRows = layout.LogRows[table], logChunks = layout.LogChunks(table), rows = 1 << logRows, size = rows << logChunks;
                if (secrets is null)
        {
            for (int chunk = 0; chunk < 1 << logChunks; chunk++)
                sets.Add(new(logRows, values.AsMemory(chunk * rows), new(Degree, size), QuotientChunks<TField>.Shift(logRows, logChunks, chunk), order: TransformOrder.BitReversed));
            return;
        }
        TField[][] masks = ChunkMasks<TField>.Draw(logRows, logChunks, Degree, secrets);
        TransformPlan<TField> inverse = TransformPlan<TField>.Inverse(logRows, TransformOrder.Natural);
        TransformPlan<TField> forward = TransformPlan<TField>.Forward(layout.LogDegree(table), TField.One, TransformOrder.Natural);
        for (int chunk = 0; chunk < 1 << logChunks; chunk++)
        {
            TraceColumns<TField> target = new(Degree, layout.LogDegree(table), isHiding: false, key.Parameters.LogBlowup);
            target.Allocate();
            TField shift = QuotientChunks<TField>.Shift(logRows, logChunks, chunk);
            for (int k = 0; k < Degree; k++)
            {
                Span<TField> column = target.Column(k);
                Unreverse(values.AsSpan(k * size + chunk * rows, rows), column[..rows], logRows);
                // In y = x / s the chunk is q(y) + (y^N - 1) t(s y).
                inverse.Run(column[..rows], column[..rows], cancellation);
                FieldSpans.MultiplyPowers<TField>(masks[chunk * Degree + k], shift, column[rows..]);
                FieldSpans.Subtract<TField>(column[..rows], column[rows..], column[..rows]);
                forward.Run(column, column, cancellation);
            }
            sets.Add(target.ToSet(shift));
        }
    }

    private static void Unreverse(ReadOnlySpan<TField> values, Span<TField> natural, int log)
    {
        for (int i = 0; i < values.Length; i++) natural[NttTable<TField>.Reverse(i, log)] = values[i];
    }
}

/// <summary>The random polynomials that hide the chunks of a quotient (eprint 2024/1037).</summary>
internal static class ChunkMasks<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>Coefficients of t, N for each chunk and coordinate in turn: random but for the last chunk's, which make Σ c_i t_i = 0.</summary>
    public static TField[][] Draw(int logRows, int logChunks, int degree, SecretSource secrets)
    {
        TField[] weights = QuotientChunks<TField>.MaskWeights(logChunks);
        int last = weights.Length - 1;
        TField scale = -weights[last].Inverse();
        var masks = new TField[weights.Length * degree][];
        for (int i = 0; i < masks.Length; i++) masks[i] = new TField[1 << logRows];
        for (int k = 0; k < degree; k++)
        {
            Span<TField> sum = masks[last * degree + k];
            for (int chunk = 0; chunk < last; chunk++)
            {
                TField[] mask = masks[chunk * degree + k];
                secrets.Sample<TField>(mask);
                FieldSpans.MultiplyAdd<TField>(mask, weights[chunk] * scale, sum, sum);
            }
        }
        return masks;
    }
}
