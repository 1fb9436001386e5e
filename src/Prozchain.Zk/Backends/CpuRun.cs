using Prozchain.Shared;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Backends;

/// <summary>The families of operations on the processor, which keeps everything in its memory: handles are what they stand for.</summary>
internal sealed class CpuRun<TField, TParameters, TTree>(BackendSettings settings) : IBackendRun<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private readonly BatchCommitter<TField, TTree> _committer = new(settings);

    private ProofMemory Memory => settings.Memory;

    private int Threads => settings.Threads;

    private CancellationToken Cancellation => settings.Cancellation;

    public bool ExtendsInPlace => true;

    /// <summary>Never: where columns are committed to here, they are made where they are extended.</summary>
    public bool Makes(TraceSource<TField> source) => false;

    /// <inheritdoc/>
    public ICommittedBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int saltLength = 0, SecretSource? salts = null) =>
        salts is null ? _committer.Commit(matrices, Threads, Cancellation) : _committer.CommitSalted(matrices, saltLength, ref salts, Threads, Cancellation);

    /// <inheritdoc/>
    public Extension<TField, TParameters>[][] Evaluate(IReadOnlyList<(MatrixHandle<TField> Matrix, Extension<TField, TParameters> Point)> openings)
    {
        var values = new Extension<TField, TParameters>[openings.Count][];
        Dictionary<(int LogRows, Extension<TField, TParameters> Point, bool IsKept), PointEvaluator<TField, TParameters>> evaluators = [];
        for (int i = 0; i < values.Length; i++)
        {
            ExtendedMatrix<TField> matrix = Matrix(openings[i].Matrix);
            (int, Extension<TField, TParameters>, bool) key = (matrix.LogRows, openings[i].Point, matrix.IsKept);
            if (!evaluators.TryGetValue(key, out PointEvaluator<TField, TParameters>? evaluator)) evaluators.Add(key, evaluator = new(key.Item1, key.Item2, Memory, Threads, !key.Item3));
            values[i] = evaluator.Evaluate(matrix, Threads, Cancellation);
        }
        foreach (PointEvaluator<TField, TParameters> evaluator in evaluators.Values) evaluator.Dispose();
        return values;
    }

    /// <inheritdoc/>
    public bool TryLookups(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, LookupTarget<TField> target,
        out Extension<TField, TParameters> terminal) =>
        LookupColumns.TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, target.Rent(), target.Layout, out terminal, Threads, Cancellation);

    /// <inheritdoc/>
    public ICommittedBatch<TField> CommitQuotients(IReadOnlyList<TableQuotient<TField, TParameters>> tables, int saltLength = 0, SecretSource? salts = null)
    {
        List<ColumnSet<TField>> sets = [];
        foreach (TableQuotient<TField, TParameters> table in tables)
            new QuotientSource<TField, TParameters>(table, Find(table.Main), Find(table.Preprocessed), Find(table.Lookup), settings).Add(sets);
        return Commit(sets, saltLength, salts);

        ExtendedMatrix<TField>? Find(MatrixHandle<TField> handle) => handle.Batch is null ? null : Matrix(handle);
    }

    /// <inheritdoc/>
    public ICodeword Combine(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients,
        IReadOnlyList<ICommittedBatch<TField>> batches)
    {
        var combined = new Codeword<TField>(height.LogSize, TParameters.Degree, TField.MultiplicativeGenerator, Memory);
        TField[][] coordinates = BatchingCoefficients.Coordinates<TField, Extension<TField, TParameters>>(coefficients);
        DeepPoint<TField, TParameters>[] points = [.. height.Points.Select((point, i) => new DeepPoint<TField, TParameters>(
            point.Point, values[i], [.. point.Terms.Select(term => new DeepTerm<TField>(Matrix(new(batches[term.Batch], term.Matrix)), coordinates, term.FirstCoefficient))]))];
        DeepQuotient<TField, TParameters>.Combine(points, combined, Memory, Threads, Cancellation);
        return combined;
    }

    /// <inheritdoc/>
    public ICommittedBatch<TField> CommitRows(ICodeword codeword, int logArity)
    {
        var rows = new FoldRows<TField>((Codeword<TField>)codeword, logArity, Memory);
        Memory.Return(rows.Codeword.Values);
        BatchShape shape = FoldOpening<TField, TParameters>.Shape(codeword.LogSize, logArity);
        return new CommittedRows(rows, BatchCommitment<TField, TTree>.Commit(
            shape, new KeptRows<TField>(shape, [rows.Columns()]), Memory.Rent<Bytes32>(2 * shape.Height), Threads, null, Cancellation));
    }

    /// <inheritdoc/>
    public ICodeword Fold(ICommittedBatch<TField> rows, Extension<TField, TParameters> beta) =>
        CodewordFold<TField, TParameters>.Fold(((CommittedRows)rows).Rows, beta, Memory, Threads, Cancellation);

    /// <inheritdoc/>
    public void Add(ICodeword sum, ICodeword other, Extension<TField, TParameters> factor)
    {
        CodewordSum<TField, TParameters>.AddScaled((Codeword<TField>)sum, (Codeword<TField>)other, factor);
        Memory.Return(((Codeword<TField>)other).Values);
    }

    /// <inheritdoc/>
    public Codeword<TField> Read(ICodeword codeword) => (Codeword<TField>)codeword;

    /// <inheritdoc/>
    public ulong Solve<THash>(GrindingPuzzle<THash> puzzle) where THash : struct, IDigest<THash> => puzzle.Solve(Threads, Cancellation);

    /// <summary>What handles stand for goes back to where it was rented.</summary>
    public void Dispose() => Memory.Dispose();

    private static ExtendedMatrix<TField> Matrix(MatrixHandle<TField> handle) => ((CommittedBatch<TField, TTree>)handle.Batch!).Matrices[handle.Matrix];

    private sealed class CommittedRows(FoldRows<TField> rows, BatchCommitment<TField, TTree> tree) : ICommittedBatch<TField>
    {
        public FoldRows<TField> Rows => rows;

        public BatchShape Shape => tree.Shape;

        public ReadOnlySpan<byte> Cap => tree.Cap;

        public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => tree.Open(indices);
    }
}
