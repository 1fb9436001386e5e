using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using Prozchain.Zk.Air;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Transcripts;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Stark;

/// <summary>One run of the prover: the protocol in its order. What is heavy is done by others.</summary>
internal sealed class StarkProverRun<TField, TParameters, TTree>
    where TField : unmanaged, ITwoAdicField<TField>
    where TParameters : unmanaged, IExtensionParameters<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private readonly StarkKey<TField> _key;
    private readonly IReadOnlyList<Trace<TField>> _traces;
    private readonly TField[][] _publicValues;
    private readonly GroupPlace? _place;
    private readonly PublicMessageList<TField>? _publicMessages;
    private readonly StarkProverOptions _options;
    private readonly IProgress<StarkProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly ProofLayout<TField> _layout;
    private readonly bool _isKept;
    private readonly ProofMemory _memory;
    private readonly IBackendRun<TField, TParameters> _backend;
    private readonly List<ICommittedBatch<TField>> _batches = [];
    private readonly Extension<TField, TParameters>[] _terminals;
    private StarkChallenges<Extension<TField, TParameters>> _challenges;

    public StarkProverRun(
        StarkKey<TField> key, CommittedBatch<TField, TTree>? preprocessed, IReadOnlyList<Trace<TField>> traces, TField[][] publicValues,
        StarkProverOptions options, IProgress<StarkProgress>? progress, GroupPlace? place, PublicMessageList<TField>? publicMessages, CancellationToken cancellation)
    {
        (_key, _traces, _publicValues, _options, _progress, _cancellation) = (key, traces, publicValues, options, progress, cancellation);
        (_place, _publicMessages) = (place, publicMessages);
        byte[] logRows = [.. traces.Select(trace => (byte)BitOperations.Log2((uint)trace.Height))];
        if (StarkProtocol.Problem(key, logRows) is { } problem) throw new ArgumentException(problem, nameof(traces));
        _layout = new(key, logRows);
        _terminals = new Extension<TField, TParameters>[key.Tables.Count];
        if (place is not null) (_challenges.SharedAlpha, _challenges.SharedBeta) = GroupTranscript.Challenges<TField, TParameters>(place.Digest);
        if (preprocessed is not null) _batches.Add(preprocessed);
        MemoryPlan plan = MemoryPlan.Of(key, _layout, traces, options);
        _memory = options.Memory?.Start(options.MemoryBudget) ?? new(options.MemoryBudget);
        _backend = options.Backend.Start<TField, TParameters, TTree>(new(key.Parameters.LogBlowup, options.MaxDegreeOfParallelism, plan.LogPieces, cancellation) { Memory = _memory }, _layout, traces);
        _isKept = plan.IsKept && _backend.ExtendsInPlace;
    }

    public StarkProof Run()
    {
        using ProofMemory memory = _memory;
        using IBackendRun<TField, TParameters> backend = _backend;
        if (_options.CheckTraces) CheckTraces();
        using SecretSource? secrets = _layout.ZeroKnowledge ? new(_options.Randomness ?? RandomNumberGenerator.Create()) : null;
        ArrayBufferWriter<byte> messages = new(MostOpened());
        using ProverTranscript<Keccak256> transcript = new(_place is null ? StarkProtocol.Id : StarkProtocol.GroupId, messages);
        StarkProtocol.Bind(transcript, _key, _layout.Heights, _publicValues, _place, _publicMessages);

        Report(StarkStage.Traces);
        MainColumns<TField> main = new(_key, _layout, _traces, secrets, _options.OverwriteTraces, _memory);
        if (_place is not null) CommitEarly(main);
        if (_layout.Batches.Contains(ProofBatch.Main))
            Add(transcript, "main columns"u8, Commit(main.Sets(_isKept, _options.MaxDegreeOfParallelism, _backend.Makes, ProofBatch.Main, _cancellation), secrets));
        if (_layout.Batches.Contains(ProofBatch.Lookup)) ProveLookups(transcript, main, secrets);

        main.Release();

        Report(StarkStage.Quotient);
        Work(transcript, "composition work"u8, _key.Parameters.Grinding.Composition);
        _challenges.Gamma = transcript.Draw<Extension<TField, TParameters>>("composition"u8);
        TableQuotient<TField, TParameters>[] quotients = [.. Enumerable.Range(0, _key.Tables.Count).Select(table => Quotient(table, secrets))];
        Add(transcript, "quotient"u8, _backend.CommitQuotients(quotients, secrets is null ? 0 : _layout.SaltLength, secrets));
        if (secrets is not null) Add(transcript, "masks"u8, Commit(Masks(secrets), secrets));

        Report(StarkStage.Openings);
        Work(transcript, "out-of-domain work"u8, _key.Parameters.Grinding.OutOfDomain);
        _challenges.Zeta = StarkProtocol.DrawPoint<TField, Extension<TField, TParameters>>(transcript, StarkProtocol.LogDomain(_key, _layout));
        Extension<TField, TParameters>[][] values = Evaluate();
        foreach (Extension<TField, TParameters>[] opened in values) transcript.Send<Extension<TField, TParameters>>("opened values"u8, opened);
        CheckSelf(values);

        Report(StarkStage.LowDegreeTest);
        FriProver.Prove(
            _backend, transcript, StarkProtocol.FriSettings(_key, _layout), _layout.FoldSchedule, _batches, StarkProtocol.Claims(_layout, _challenges.Zeta, values));
        Report(StarkStage.Done);
        return new(_layout.Heights, messages.WrittenSpan.ToArray(), _place);
    }

    // About the bytes of a proof, so that its buffer does not grow: rows and siblings of all commitments, opened everywhere.
    private int MostOpened()
    {
        long perQuery = _layout.Shapes.Sum(shape => shape.Matrices.ToArray().Sum(matrix => (long)(matrix.Width + shape.SaltLength) * TField.EncodedSize) + 32L * BitOperations.Log2((uint)shape.Height));
        return (int)Math.Min(1 << 28, 4096 + perQuery * StarkProtocol.FriSettings(_key, _layout).Queries * 5 / 4);
    }

    private void CheckTraces()
    {
        Report(StarkStage.Checking);
        TraceChecker<TField> checker = new();
        for (int i = 0; i < _key.Count; i++)
        {
            IAir air = _key.Tables[i].Air is BlindedAir blinded ? blinded.Inner : _key.Tables[i].Air;
            checker.Add(air, _traces[i], _publicValues[i], _cancellation);
        }
        if (_publicMessages is not null) checker.AddMessages(_publicMessages.Messages);
        if (checker.Faults(_key.Shared) is { Count: > 0 } faults) throw new InvalidTraceException($"{faults[0]}", faults);
    }

    private void CommitEarly(MainColumns<TField> main)
    {
        ICommittedBatch<TField> batch = Commit(main.Sets(_isKept, _options.MaxDegreeOfParallelism, _backend.Makes, ProofBatch.Early, _cancellation), null);
        if (!batch.Cap.SequenceEqual(_place!.Cap)) throw new InvalidTraceException("Expected the early tables that the place was given for, got others.", []);
        _batches.Add(batch);
    }

    private void ProveLookups(ProverTranscript<Keccak256> transcript, MainColumns<TField> main, SecretSource? secrets)
    {
        Report(StarkStage.Lookups);
        if (_key.Lookups.HasLookups)
        {
            Work(transcript, "lookup work"u8, _key.Parameters.Grinding.Lookup);
            _challenges.Alpha = transcript.Draw<Extension<TField, TParameters>>("lookup alpha"u8);
            _challenges.Beta = transcript.Draw<Extension<TField, TParameters>>("lookup beta"u8);
        }
        List<ColumnSet<TField>> sets = [];
        for (int table = 0; table < _terminals.Length; table++)
        {
            StarkTable<TField> facts = _key.Tables[table];
            if (!facts.Lookups.HasAny) continue;
            int rows = 1 << _layout.LogRows[table], width = facts.Lookups.Columns * TParameters.Degree;
            // Columns that are to be hidden are masked here.
            LookupTarget<TField> computed = new(width, _layout.LogRows[table], mayStay: !_layout.ZeroKnowledge, length => _memory.Rent<TField>(length));
            TableChallenges<Extension<TField, TParameters>> challenges = _challenges.Of(facts.IsShared, default);
            if (!_backend.TryLookups(
                facts.Tape, main.Rows(facts.Place), facts.Preprocessed, _publicValues[facts.Place], challenges.Alpha, challenges.Beta, computed, out _terminals[table]))
                throw new CryptographicException("Expected no message of value zero, got one: prove again.");
            if (computed.Handle is { } handle)
            {
                sets.Add(ColumnSet<TField>.Of(_layout.LogRows[table], width, handle));
                continue;
            }
            TField[] columns = computed.Values!;
            if (!_isKept && !_layout.ZeroKnowledge)
            {
                sets.Add(new(_layout.LogRows[table], new(columns, new(width, rows)), TField.One, isKept: false));
                continue;
            }
            TraceColumns<TField> target = new(width, _layout.LogRows[table], _layout.ZeroKnowledge, _isKept ? _key.Parameters.LogBlowup : 0);
            target.Allocate(_memory);
            for (int i = 0; i < width; i++) target.Write(i, columns.AsSpan(i * rows, rows), secrets);
            _memory.Return(columns);
            sets.Add(target.ToSet());
        }
        Extension<TField, TParameters> sum = default;
        if (_publicMessages?.TrySum(_challenges.Alpha, _challenges.Beta, out sum) == false)
            throw new CryptographicException("Expected no public message of value zero, got one: prove again.");
        foreach ((int table, Extension<TField, TParameters> terminal) in _terminals.Index())
            if (!_key.Tables[table].IsShared) sum += terminal;
        if (sum != default) throw new InvalidTraceException("Expected every bus to balance, with the public messages if there are any, got messages that are not answered; CheckTraces names them.", []);
        Add(transcript, "lookup columns"u8, Commit(sets, secrets));
        for (int table = 0; table < _terminals.Length; table++)
            if (_key.Tables[table].Lookups.HasAny) transcript.Send<Extension<TField, TParameters>>("lookup sum"u8, _terminals.AsSpan(table, 1));
    }

    private TableQuotient<TField, TParameters> Quotient(int table, SecretSource? secrets) => new()
    {
        Tape = _key.Tables[table].Tape,
        LogRows = _layout.LogRows[table],
        LogDegree = _layout.LogDegree(table),
        LogChunks = _layout.LogChunks(table),
        Main = Matrix(_layout.FindMain(table, isNext: false)),
        Preprocessed = Matrix(_layout.FindPreprocessed(table, isNext: false)),
        Lookup = Matrix(_layout.Find(ProofBatch.Lookup, table, isNext: false)),
        PublicValues = _publicValues[_key.Tables[table].Place],
        Gamma = _challenges.Gamma,
        Alpha = _challenges.Of(_key.Tables[table].IsShared, default).Alpha,
        Beta = _challenges.Of(_key.Tables[table].IsShared, default).Beta,
        Terminal = _terminals[table],
        Masks = secrets is null ? null : ChunkMasks<TField>.Draw(_layout.LogRows[table], _layout.LogChunks(table), TParameters.Degree, secrets, _memory),
    };

    private MatrixHandle<TField> Matrix(int slot) => slot < 0 ? default : new(_batches[_layout.Slots[slot].Index], _layout.Slots[slot].Matrix);

    private List<ColumnSet<TField>> Masks(SecretSource secrets)
    {
        List<ColumnSet<TField>> sets = [];
        for (int table = 0; table < _key.Count; table++)
        {
            TraceColumns<TField> target = new(TParameters.Degree, _layout.LogDegree(table), isHiding: false, _backend.ExtendsInPlace ? _key.Parameters.LogBlowup : 0);
            target.Allocate(_memory);
            for (int i = 0; i < TParameters.Degree; i++) secrets.Sample(target.Column(i));
            sets.Add(target.ToSet());
        }
        return sets;
    }

    private Extension<TField, TParameters>[][] Evaluate() =>
        _backend.Evaluate([.. _layout.Slots.Select((slot, i) => (Matrix(i), StarkProtocol.Point(_layout, slot, _challenges.Zeta)))]);

    // The verifier's own check: constraints that do not hold show here, and no proof is made.
    private void CheckSelf(Extension<TField, TParameters>[][] values)
    {
        OutOfDomainCheck<TField, TParameters> check = new(_key, _layout, _publicValues, _challenges, _terminals, values);
        for (int table = 0; table < _key.Tables.Count; table++)
        {
            if (check.Holds(table)) continue;
            throw new InvalidTraceException($"Expected a trace that satisfies {_key.Tables[table].Shape.Name}, got one that does not; CheckTraces names row and constraint.", []);
        }
    }

    private ICommittedBatch<TField> Commit(IReadOnlyList<ColumnSet<TField>> sets, SecretSource? secrets) =>
        _backend.Commit(sets, secrets is null ? 0 : _layout.SaltLength, secrets);

    private void Add(ProverTranscript<Keccak256> transcript, ReadOnlySpan<byte> label, ICommittedBatch<TField> batch)
    {
        _batches.Add(batch);
        transcript.Send(label, batch.Cap);
    }

    private void Work(ProverTranscript<Keccak256> transcript, ReadOnlySpan<byte> label, int bits)
    {
        if (bits > 0) transcript.Grind(label, bits, _backend);
    }

    private void Report(StarkStage stage)
    {
        _cancellation.ThrowIfCancellationRequested();
        _progress?.Report(new(stage));
    }
}
