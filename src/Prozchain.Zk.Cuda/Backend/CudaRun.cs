using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>The work of one proof on one device, whose turn it has: see <see cref="CpuRun{TField, TParameters, TTree}"/> for what it computes.</summary>
internal sealed class CudaRun<TField, TParameters, TTree> : IBackendRun<TField, TParameters>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private readonly DeviceSession _session;
    private readonly BackendSettings _settings;
    private readonly DeviceTransforms<TField> _transforms;
    private readonly DevicePlan _plan;
    private readonly DeviceCommitter<TField, TTree> _committer;
    private readonly DevicePieces<TField> _pieces;
    private readonly DeviceOpenings<TField, TParameters> _openings;
    private readonly DeviceFolds<TField, TParameters> _folds;
    private readonly ConditionalWeakTable<ICommittedBatch<TField>, DeviceBatch<TField>> _uploaded = [];
    private bool _isDisposed;

    /// <param name="session">On a device whose turn is the run's; both are given back when it is disposed, and at once if this throws.</param>
    /// <param name="settings">The proof's settings.</param>
    /// <param name="plan">How it stays within the session's budget.</param>
    public CudaRun(DeviceSession session, BackendSettings settings, DevicePlan plan)
    {
        (_session, _settings, _plan) = (session, settings, plan);
        try
        {
            _transforms = new(session);
            _committer = new(session, _transforms, settings, plan);
            _pieces = new(session, _transforms, _committer.InPieces);
            _openings = new(session, _transforms.Roots);
            _folds = new(session, _transforms.Roots);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public bool ExtendsInPlace => false;

    public bool Makes(TraceSource<TField> source) => _plan.MakesTraces && DeviceTraces.Makes(source);

    public ICommittedBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int saltLength = 0, SecretSource? salts = null) =>
        _plan.IsResident ? _committer.Commit([.. matrices.Select(_committer.Extend)], saltLength, salts) : CommitInPieces(matrices, saltLength, salts);

    public Extension<TField, TParameters>[][] Evaluate(IReadOnlyList<(MatrixHandle<TField> Matrix, Extension<TField, TParameters> Point)> openings)
    {
        Dictionary<(int LogRows, Extension<TField, TParameters> Point), DeviceBuffer> weights = [];
        try
        {
            var values = new Extension<TField, TParameters>[openings.Count][];
            for (int i = 0; i < values.Length; i++)
            {
                _settings.Cancellation.ThrowIfCancellationRequested();
                BatchMatrix<TField> matrix = Find(openings[i].Matrix)!;
                (int, Extension<TField, TParameters>) key = (matrix.LogRows, openings[i].Point);
                if (!weights.TryGetValue(key, out DeviceBuffer? ofPoint)) weights.Add(key, ofPoint = _openings.Weights(matrix.LogRows, openings[i].Point));
                Extension<TField, TParameters> point = openings[i].Point;
                var ofMatrix = new Extension<TField, TParameters>[matrix.Width];
                _pieces.ForEach(matrix, logBlowup: 0, (columns, first) => _openings.Evaluate(columns, ofPoint, point).CopyTo(ofMatrix, first));
                values[i] = ofMatrix;
            }
            return values;
        }
        finally
        {
            foreach (DeviceBuffer ofPoint in weights.Values) ofPoint.Dispose();
        }
    }

    public bool TryLookups(
        AirTape<TField> tape, Trace<TField> main, Trace<TField>? preprocessed, ReadOnlyMemory<TField> publicValues,
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, LookupTarget<TField> target, out Extension<TField, TParameters> terminal)
    {
        DeviceLookups<TField, TParameters> lookups = new(_session, makesTraces: _plan.MakesTraces, cancellation: _settings.Cancellation);
        if (!_plan.IsResident || !target.MayStay)
            return lookups.TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, target.Rent(), target.Layout, out terminal);
        if (!lookups.TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, out DeviceMatrix? columns, out terminal)) return false;
        target.Handle = columns;
        return true;
    }

    public ICommittedBatch<TField> CommitQuotients(IReadOnlyList<TableQuotient<TField, TParameters>> tables, int saltLength = 0, SecretSource? salts = null)
    {
        DeviceQuotient<TField, TParameters> quotients = new(_session, cancellation: _settings.Cancellation);
        List<DeviceMatrix> extended = [];
        foreach (TableQuotient<TField, TParameters> table in tables)
        {
            using DeviceMatrix values = Quotient(quotients, table);
            for (int chunk = 0; chunk < 1 << table.LogChunks; chunk++) extended.Add(ExtendChunk(table, values.Run(chunk, table.LogRows), chunk));
        }
        return _committer.Commit(extended, saltLength, salts);
    }

    public ICodeword Combine(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients,
        IReadOnlyList<ICommittedBatch<TField>> batches) =>
        _openings.Combine(height, values, coefficients, term => Find(new(batches[term.Batch], term.Matrix))!, (matrix, use) => _pieces.ForEach(matrix, _settings.LogBlowup, use));

    public ICommittedBatch<TField> CommitRows(ICodeword codeword, int logArity)
    {
        var taken = (DeviceCodeword<TField>)codeword;
        BatchShape shape = FoldOpening<TField, TParameters>.Shape(codeword.LogSize, logArity);
        return new CommittedRows(taken, logArity, DeviceTree<TField, TTree>.Build(_session, shape, [DeviceFolds<TField, TParameters>.Rows(taken, logArity)]));
    }

    public ICodeword Fold(ICommittedBatch<TField> rows, Extension<TField, TParameters> beta)
    {
        var committed = (CommittedRows)rows;
        return _folds.Fold(committed.Codeword, committed.LogArity, beta);
    }

    public void Add(ICodeword sum, ICodeword other, Extension<TField, TParameters> factor)
    {
        using DeviceCodeword<TField> taken = (DeviceCodeword<TField>)other;
        _folds.Add((DeviceCodeword<TField>)sum, taken, factor);
    }

    public Codeword<TField> Read(ICodeword codeword) => _folds.Read((DeviceCodeword<TField>)codeword);

    public ulong Solve<THash>(GrindingPuzzle<THash> puzzle) where THash : struct, IDigest<THash> => puzzle is GrindingPuzzle<Keccak256> keccak
        ? DeviceGrinder.Solve(_session, keccak, _settings.Cancellation)
        : puzzle.Solve(_settings.Threads, _settings.Cancellation);

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _committer.Dispose();
        _session.Dispose();
        _session.Device.Turn.Release();
    }

    private DeviceMatrix ExtendChunk(TableQuotient<TField, TParameters> table, DeviceMatrix values, int chunk)
    {
        TField shift = QuotientChunks<TField>.Shift(table.LogRows, table.LogChunks, chunk), factor = TField.MultiplicativeGenerator * shift.Inverse();
        DeviceMatrix target = DeviceMatrix.Allocate(_session, table.LogDegree, _settings.LogBlowup, TParameters.Degree, "a chunk of a quotient");
        if (table.Masks is not { } masks)
        {
            _transforms.Extend(values, TransformOrder.BitReversed, factor, target);
            return target;
        }
        using DeviceMatrix coefficients = DeviceMatrix.Allocate(_session, table.LogDegree, 0, TParameters.Degree, "coefficients of a chunk");
        DeviceMatrix half = coefficients.Run(0, table.LogRows);
        _transforms.CopyBlock(values, 0, half);
        _transforms.Interpolate(half);
        TField[] ofChunk = [.. masks.AsSpan(chunk * TParameters.Degree, TParameters.Degree).ToArray().SelectMany(mask => mask)];
        using (DeviceBuffer uploaded = _session.Upload<TField>(ofChunk, "masks")) _transforms.Mask(coefficients, uploaded, table.LogRows, shift);
        _transforms.Evaluate(coefficients, factor, target);
        return target;
    }

    private DeviceBatch<TField> CommitInPieces(IReadOnlyList<ColumnSet<TField>> sets, int saltLength, SecretSource? salts)
    {
        BatchShape shape = new([.. sets.Select(set => new MatrixDimensions(1 << (set.LogRows + _settings.LogBlowup), set.Width))], 0, salts is null ? 0 : saltLength);
        DeviceMatrix[] drawn = salts is null ? [] : [.. sets.Select(set => _committer.Salts(set.LogRows + _settings.LogBlowup, saltLength, salts))];
        return new PieceCommitter<TField, TTree>(_session, _pieces, _plan, _settings.LogBlowup, _settings.Cancellation).Commit(sets, shape, drawn);
    }

    private DeviceMatrix Quotient(DeviceQuotient<TField, TParameters> quotients, TableQuotient<TField, TParameters> table)
    {
        BatchMatrix<TField> main = Find(table.Main)!;
        BatchMatrix<TField>? preprocessed = Find(table.Preprocessed), lookup = Find(table.Lookup);
        if (_plan.IsResident)
        {
            return quotients.Evaluate(
                table, new(main.Extended!, preprocessed?.Extended, lookup?.Extended), (matrix, block) => _transforms.Block(matrix, block, "a block of a quotient's domain"));
        }
        WindowColumns<TField, TParameters> columns = new(_session, _pieces, table, main, preprocessed, lookup);
        return quotients.Evaluate(table, _plan.LogWindow(table.LogDegree), (rows, _, shift) => columns.Place(rows, shift));
    }

    private BatchMatrix<TField>? Find(MatrixHandle<TField> handle) => handle.Batch switch
    {
        null => null,
        DeviceBatch<TField> batch => batch.Matrices[handle.Matrix],
        // The preprocessed columns of a key, which the processor has committed to.
        CommittedBatch<TField, TTree> batch => _uploaded.GetValue(batch, _ => new([.. batch.Matrices.Select(Place)], batch)).Matrices[handle.Matrix],
        _ => throw new ArgumentException($"Expected a batch of this run or of a key, got {handle.Batch.GetType().Name}.", nameof(handle)),
    };

    private BatchMatrix<TField> Place(ExtendedMatrix<TField> matrix) =>
        _plan.IsResident ? BatchMatrix<TField>.Of(_committer.Upload(matrix)) : BatchMatrix<TField>.Of(matrix);

    private sealed record CommittedRows(DeviceCodeword<TField> Codeword, int LogArity, ICommittedBatch<TField> Tree) : ICommittedBatch<TField>
    {
        public BatchShape Shape => Tree.Shape;

        public ReadOnlySpan<byte> Cap => Tree.Cap;

        public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => Tree.Open(indices);
    }
}
