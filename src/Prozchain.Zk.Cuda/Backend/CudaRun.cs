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
    private readonly DeviceCommitter<TField, TTree> _committer;
    private readonly DeviceOpenings<TField, TParameters> _openings;
    private readonly DeviceFolds<TField, TParameters> _folds;
    private readonly ConditionalWeakTable<ICommittedBatch<TField>, DeviceBatch<TField>> _uploaded = [];
    private bool _isDisposed;

    /// <param name="session">On a device whose turn is the run's; both are given back when it is disposed, and at once if this throws.</param>
    /// <param name="settings">The proof's settings.</param>
    public CudaRun(DeviceSession session, BackendSettings settings)
    {
        (_session, _settings) = (session, settings);
        try
        {
            _transforms = new(session);
            _committer = new(session, _transforms, settings);
            _openings = new(session, _transforms.Roots);
            _folds = new(session, _transforms.Roots);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public bool Makes(TraceSource<TField> source) => DeviceTraces.Makes(source);

    public ICommittedBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> matrices, int saltLength = 0, SecretSource? salts = null) =>
        _committer.Commit([.. matrices.Select(_committer.Extend)], saltLength, salts);

    public Extension<TField, TParameters>[][] Evaluate(IReadOnlyList<(MatrixHandle<TField> Matrix, Extension<TField, TParameters> Point)> openings)
    {
        Dictionary<(int LogRows, Extension<TField, TParameters> Point), DeviceBuffer> weights = [];
        try
        {
            var values = new Extension<TField, TParameters>[openings.Count][];
            for (int i = 0; i < values.Length; i++)
            {
                _settings.Cancellation.ThrowIfCancellationRequested();
                DeviceMatrix matrix = Find(openings[i].Matrix)!;
                (int, Extension<TField, TParameters>) key = (matrix.LogRows, openings[i].Point);
                if (!weights.TryGetValue(key, out DeviceBuffer? ofPoint)) weights.Add(key, ofPoint = _openings.Weights(matrix.LogRows, openings[i].Point));
                values[i] = _openings.Evaluate(matrix, ofPoint, openings[i].Point);
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
        Extension<TField, TParameters> alpha, Extension<TField, TParameters> beta, Memory<TField> destination, ColumnLayout layout,
        out Extension<TField, TParameters> terminal) =>
        new DeviceLookups<TField, TParameters>(_session, cancellation: _settings.Cancellation).TryGenerate(tape, main, preprocessed, publicValues, alpha, beta, destination, layout, out terminal);

    public ICommittedBatch<TField> CommitQuotients(IReadOnlyList<TableQuotient<TField, TParameters>> tables, int saltLength = 0, SecretSource? salts = null)
    {
        DeviceQuotient<TField, TParameters> quotients = new(_session, cancellation: _settings.Cancellation);
        List<DeviceMatrix> extended = [];
        foreach (TableQuotient<TField, TParameters> table in tables)
        {
            using DeviceMatrix values = quotients.Evaluate(
                table, new(Find(table.Main)!, Find(table.Preprocessed), Find(table.Lookup)), (matrix, block) => _transforms.Block(matrix, block, "a block of a quotient's domain"));
            for (int chunk = 0; chunk < 1 << table.LogChunks; chunk++) extended.Add(ExtendChunk(table, values.Run(chunk, table.LogRows), chunk));
        }
        return _committer.Commit(extended, saltLength, salts);
    }

    public ICodeword Combine(
        HeightClaims<Extension<TField, TParameters>> height, Extension<TField, TParameters>[] values, Extension<TField, TParameters>[] coefficients,
        IReadOnlyList<ICommittedBatch<TField>> batches) =>
        _openings.Combine(height, values, coefficients, term => Find(new(batches[term.Batch], term.Matrix))!);

    public ICommittedBatch<TField> CommitRows(ICodeword codeword, int logArity)
    {
        using DeviceCodeword<TField> taken = (DeviceCodeword<TField>)codeword;
        DeviceMatrix rows = _folds.Rows(taken, logArity);
        return new CommittedRows(rows, logArity, taken.Shift, _committer.CommitPlain([rows]));
    }

    public ICodeword Fold(ICommittedBatch<TField> rows, Extension<TField, TParameters> beta)
    {
        var committed = (CommittedRows)rows;
        return _folds.Fold(committed.Rows, committed.LogArity, committed.Shift, beta);
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

    private DeviceMatrix? Find(MatrixHandle<TField> handle) => handle.Batch switch
    {
        null => null,
        DeviceBatch<TField> batch => batch.Matrices[handle.Matrix],
        // The preprocessed columns of a key, which the processor has committed to.
        CommittedBatch<TField, TTree> batch => _uploaded.GetValue(batch, _ => new([.. batch.Matrices.Select(_committer.Upload)], batch)).Matrices[handle.Matrix],
        _ => throw new ArgumentException($"Expected a batch of this run or of a key, got {handle.Batch.GetType().Name}.", nameof(handle)),
    };

    private sealed record CommittedRows(DeviceMatrix Rows, int LogArity, TField Shift, ICommittedBatch<TField> Tree) : ICommittedBatch<TField>
    {
        public BatchShape Shape => Tree.Shape;

        public ReadOnlySpan<byte> Cap => Tree.Cap;

        public BatchOpening<TField> Open(ReadOnlySpan<int> indices) => Tree.Open(indices);
    }
}
