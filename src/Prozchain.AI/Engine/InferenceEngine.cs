namespace Prozchain.AI.Engine;

/// <summary>
/// Runs a graph for up to <see cref="InferenceEngineOptions.MaxBatch"/> requests at once. No bit of an output depends on the
/// batch, its other requests, the number of workers or the machine. After its first run it allocates nothing. One run at a
/// time: fill the inputs, run, read the outputs; not thread-safe.
/// </summary>
public sealed class InferenceEngine : IDisposable
{
    private readonly InferenceEngineOptions _options;
    private readonly PreparedGraph _prepared;
    private readonly RunFrame _frame;
    private readonly WorkerTeam _team;
    private readonly ExecutionPlan _plan;
    private readonly int _contextStep;
    private ExecutionPlan? _traced;
    private ExecutionPlan _last;

    /// <summary>Plans a graph, packs its weights and takes all memory that runs need, but for the requests' states.</summary>
    /// <param name="graph">The graph, bound.</param>
    /// <param name="options">Batch, workers, memory; one of each if null.</param>
    /// <exception cref="ArgumentException">The graph is not bound, an option is out of range, or the memory does not suffice.</exception>
    public InferenceEngine(IntegerGraph graph, InferenceEngineOptions? options = null)
        : this(new PreparedGraph(graph), options)
    {
    }

    /// <summary>Plans a graph whose weights are packed already, and takes the memory of its runs.</summary>
    /// <param name="prepared">The graph, of any number of engines.</param>
    /// <param name="options">Batch, workers, memory; one of each if null.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the memory does not suffice.</exception>
    public InferenceEngine(PreparedGraph prepared, InferenceEngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        options ??= new InferenceEngineOptions();
        options.Check();
        Graph = prepared.Graph;
        _prepared = prepared;
        _options = options;
        _contextStep = Graph.ContextStep;
        if (StateBytes > options.MaxBytes) throw new ArgumentException($"Expected a state of at most {options.MaxBytes} bytes for a request, got {StateBytes}.", nameof(prepared));
        _plan = _last = new ExecutionPlan(prepared, options.MaxBatch, fuse: true, options.MaxBytes);
        _frame = new RunFrame(options.MaxBatch);
        _team = new WorkerTeam(options.Workers, _plan.ScratchBytes);
    }

    /// <summary>What it runs.</summary>
    public IntegerGraph Graph { get; }

    /// <summary>Most requests of one run.</summary>
    public int MaxBatch => _options.MaxBatch;

    /// <summary>Bytes that the values of a run take; weights and states apart.</summary>
    public long Bytes => _plan.Bytes;

    /// <summary>All bytes that runs take on top of weights and states: the values and each worker's scratch.</summary>
    internal long MemoryBytes => _plan.Bytes + ArenaPlan.Alignment + (long)_plan.ScratchBytes * _options.Workers;

    /// <summary>Bytes of one request's state; 0 of a graph without a KV cache.</summary>
    public long StateBytes => _prepared.StateBytes;

    /// <summary>An empty state for a request of a graph with a context. Thread-safe.</summary>
    public InferenceState RentState() => _prepared.RentState();

    /// <summary>Where the elements of an input go before each run; a run may overwrite them.</summary>
    /// <param name="index">Which input of the graph.</param>
    /// <param name="request">Which request of the batch.</param>
    public Span<byte> Input(int index, int request)
    {
        CheckRequest(request, MaxBatch);
        return _plan.Find(Graph.Inputs[index].Value).OfBytes(request);
    }

    /// <summary>The elements of an output after a run, until the next inputs are written.</summary>
    /// <param name="index">Which output of the graph.</param>
    /// <param name="request">Which request of the batch.</param>
    public ReadOnlySpan<byte> Output(int index, int request)
    {
        CheckRequest(request, MaxBatch);
        return _last.Find(Graph.Outputs[index].Value).OfBytes(request);
    }

    /// <summary>Runs the graph for the first <paramref name="batch"/> requests.</summary>
    /// <param name="batch">Requests, 1 to <see cref="MaxBatch"/>.</param>
    /// <param name="states">A state for each request of a graph with a context, no two the same; otherwise none. Their positions move on when the run is done.</param>
    /// <param name="cancellationToken">Ends the run between operators; states stay where they were.</param>
    /// <exception cref="ArgumentException">The batch, a state or an element of an input is not as expected.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(int batch = 1, ReadOnlySpan<InferenceState> states = default, CancellationToken cancellationToken = default)
    {
        Check(batch, states);
        Begin(_plan, batch, states);
        try
        {
            for (int i = 0; i < _plan.Steps.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _team.Run(_plan.Steps[i], _frame, _plan.Work(i) * batch);
            }
        }
        finally
        {
            LetGo(states.Length);
        }
        MoveOn(states);
    }

    /// <summary>
    /// Runs the graph as <see cref="Run"/> does, to the same bits, and shows each value as it comes: of each request the
    /// inputs, then the output of every operator in the graph's order. Fuses nothing; the first such run takes memory for it.
    /// </summary>
    /// <param name="observer">Gets the values; its spans are good for the call.</param>
    /// <inheritdoc cref="Run"/>
    public void RunTraced(int batch, ReadOnlySpan<InferenceState> states, ValueObserver observer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        Check(batch, states);
        ExecutionPlan plan = _traced ??= new ExecutionPlan(_prepared, MaxBatch, fuse: false, _options.MaxBytes);
        _team.EnsureScratch(plan.ScratchBytes);
        foreach (Border input in Graph.Inputs)
        {
            for (int request = 0; request < batch; request++)
            {
                ReadOnlySpan<byte> elements = _plan.Find(input.Value).OfBytes(request);
                elements.CopyTo(plan.Find(input.Value).OfBytes(request));
                observer(input.Value, request, elements);
            }
        }
        Begin(plan, batch, states);
        try
        {
            int step = 0;
            foreach (IntegerNode node in Graph.Nodes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (step < plan.Steps.Length && plan.Steps[step].Node == node) _team.Run(plan.Steps[step], _frame, plan.Work(step++) * batch);
                for (int request = 0; request < batch; request++) observer(node.Output, request, plan.Find(node.Output).OfBytes(request));
            }
        }
        finally
        {
            LetGo(states.Length);
        }
        MoveOn(states);
    }

    /// <summary>Gives threads back. States that are still rented may be disposed later.</summary>
    public void Dispose() => _team.Dispose();

    private void Begin(ExecutionPlan plan, int batch, ReadOnlySpan<InferenceState> states)
    {
        _last = plan;
        _frame.Batch = batch;
        for (int i = 0; i < states.Length; i++) _frame.States[i] = states[i];
    }

    // An engine that stands idle keeps nobody's context, however its last run ended.
    private void LetGo(int states) => _frame.States.AsSpan(0, states).Clear();

    private void MoveOn(ReadOnlySpan<InferenceState> states)
    {
        foreach (InferenceState state in states) state.Position += _contextStep;
    }

    private void Check(int batch, ReadOnlySpan<InferenceState> states)
    {
        if (batch < 1 || batch > MaxBatch) throw new ArgumentException($"Expected 1 to {MaxBatch} requests, got {batch}.", nameof(batch));
        int expected = _contextStep == 0 ? 0 : batch;
        if (states.Length != expected) throw new ArgumentException($"Expected {expected} states, got {states.Length}.", nameof(states));
        long run = _prepared.NextRun();
        for (int i = 0; i < states.Length; i++)
        {
            InferenceState state = states[i] ?? throw new ArgumentException($"Expected a state for request {i}, got null.", nameof(states));
            if (!state.BelongsTo(_prepared.States)) throw new ArgumentException($"Expected a state rented from this graph's engines for request {i}.", nameof(states));
            if (state.Position + _contextStep > state.Capacity)
                throw new ArgumentException($"Expected room for {_contextStep} tokens in the context of request {i}, got {state.Capacity - state.Position}.", nameof(states));
            if (state.LastRun == run) throw new ArgumentException($"Expected a state of its own for request {i}, got that of another.", nameof(states));
            state.LastRun = run;
        }
        for (int input = 0; input < Graph.Inputs.Count; input++)
        {
            Border border = Graph.Inputs[input];
            for (int request = 0; request < batch; request++)
            {
                int at = border.FindOutside(Input(input, request));
                if (at >= 0) throw new ArgumentException($"Expected elements of '{border.Name}' in [{border.Value.Min}, {border.Value.Max}], got another at {at} of request {request}.");
            }
        }
    }

    private static void CheckRequest(int request, int batch)
    {
        if ((uint)request >= (uint)batch) throw new ArgumentOutOfRangeException(nameof(request), request, $"Expected a request in [0, {batch - 1}].");
    }
}
