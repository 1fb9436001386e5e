using System.Buffers;
using System.Diagnostics;
using Prozchain.AI.Cache;
using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Observability;
using Prozchain.AI.Receipts;
using Prozchain.AI.Registry;

namespace Prozchain.AI.Inference;

/// <summary>
/// The inference transaction in one call: resolve, load, allocate, run, receipt, record, release. Each step is told (progress, and
/// activities of <see cref="AiInstruments.Name"/>); what was taken is given back on every path. Safe for concurrent use.
/// </summary>
public sealed class InferenceService : IDisposable
{
    private readonly InferenceServiceOptions _options;
    private readonly ServedModels _models;

    /// <summary>Makes a service without models.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="ArgumentException">An option is missing or out of its range.</exception>
    public InferenceService(InferenceServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _models = new ServedModels(options);
    }

    /// <summary>Models whose load is under way.</summary>
    internal int Loading => _models.Loading;

    /// <summary>What the cache of weights did and holds.</summary>
    public CacheStatistics Cache => _models.Statistics;

    /// <summary>Runs one request.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="progress">Told of each step that ended. What it throws is thrown, once nothing of the call runs any more.</param>
    /// <param name="cancellationToken">Gives everything back: at once while the request waits, after the step that runs otherwise.</param>
    /// <returns>What came of it. What a host cannot help is a status, not an exception.</returns>
    /// <exception cref="ArgumentException">The call asks for fewer than one step, or for several without saying how one leads to the next.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled. Receipts that were recorded stay.</exception>
    /// <exception cref="ObjectDisposedException">The service has ended.</exception>
    public async ValueTask<InferenceReply> RunAsync(InferenceCall call, IProgress<InferenceProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentOutOfRangeException.ThrowIfLessThan(call.MaxSteps, 1, nameof(call));
        if (call.MaxSteps > 1 && call.Next is null) throw new ArgumentException("Expected a way from one step to the next, got none.", nameof(call));
        long start = _options.Time.GetTimestamp();
        using Activity? activity = AiInstruments.Activities.StartActivity("inference");
        void Tell(InferenceStage stage)
        {
            activity?.AddEvent(new ActivityEvent(stage.ToString()));
            progress?.Report(new InferenceProgress(stage, _options.Time.GetElapsedTime(start)));
        }
        string kind = AiInstruments.Faulted;
        try
        {
            InferenceReply reply = await RunAsync(call, Tell, cancellationToken).ConfigureAwait(false);
            kind = reply.Status.ToString();
            return reply;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            kind = AiInstruments.Cancelled;
            throw;
        }
        finally
        {
            activity?.SetTag(AiInstruments.Kind, kind);
            AiInstruments.Count(AiInstruments.Requests, kind);
            AiInstruments.RequestDuration.Record(_options.Time.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>(AiInstruments.Kind, kind));
        }
    }

    /// <summary>Lets go of a model that no request uses; its weights stay in the cache while there is room.</summary>
    /// <param name="modelRoot">The model root, 32 bytes.</param>
    /// <returns>Whether it was in memory, and nobody used it.</returns>
    public bool TryUnload(ReadOnlySpan<byte> modelRoot) => _models.TryUnload(modelRoot);

    /// <summary>Lets all models go, and their memory in the pool: at once those that nobody uses, the others when their requests end. No more are taken.</summary>
    public void Dispose() => _models.Dispose();

    private async ValueTask<InferenceReply> RunAsync(InferenceCall call, Action<InferenceStage> tell, CancellationToken cancellationToken)
    {
        RegistryStatus found = _options.Registry.Resolve(call.Model, out ModelVersion? version);
        if (version is null) return new InferenceReply { Status = InferenceStatus.UnknownModel, Reason = $"Expected a model of the registry, got '{call.Model}': {found}." };
        if (WhyNotServed(version) is { } reason) return new InferenceReply { Status = InferenceStatus.NotServed, Reason = reason, Version = version };
        tell(InferenceStage.Resolve);
        ModelTaking taken = await _models.TakeAsync(version, cancellationToken).ConfigureAwait(false);
        if (taken.Model is not { } model) return new InferenceReply { Status = taken.Status, Reason = taken.Reason, Version = version };
        try
        {
            tell(InferenceStage.Load);
            return WhyNotInput(call, model.Prepared.Graph) is { } wrong ? WrongInput(version, wrong) : await RunAsync(call, model, version, tell, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _models.Return(model);
            tell(InferenceStage.Release);
        }
    }

    private async ValueTask<InferenceReply> RunAsync(InferenceCall call, ServedModel model, ModelVersion version, Action<InferenceStage> tell, CancellationToken cancellationToken)
    {
        using var request = new ServedRequest(call, model.Prepared);
        if (request.FindWrongInput() is { } wrong) return WrongInput(version, wrong);
        Task<ComputeOutcome> running;
        try
        {
            running = _options.Pool.RunAsync(model.Number, request, call.MaxSteps, call.Within, cancellationToken).AsTask();
        }
        catch (ObjectDisposedException)
        {
            return new InferenceReply { Status = InferenceStatus.Closed, Reason = $"Expected a pool that is open for {version}, got one that is closed.", Version = version };
        }
        try
        {
            tell(InferenceStage.Allocate);
        }
        catch
        {
            // The request is the pool's until it ends.
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        ComputeOutcome outcome = await running.ConfigureAwait(false);
        if (outcome.Status != ComputeStatus.Done)
        {
            InferenceStatus status = outcome.Status switch
            {
                ComputeStatus.Refused => InferenceStatus.Refused,
                ComputeStatus.Late => InferenceStatus.Late,
                _ => InferenceStatus.Closed,
            };
            return new InferenceReply { Status = status, Reason = WhyNoSlot(outcome, call, model, version), Version = version, Outcome = outcome };
        }
        if (request.Fault is not null) throw request.Fault;
        tell(InferenceStage.Run);
        InferenceReceipt[] receipts = [.. request.Statements.Select(s => InferenceReceipt.Sign(s, _options.Signer))];
        tell(InferenceStage.Receipt);
        (int recorded, string? refusal) = await RecordAsync(receipts, cancellationToken).ConfigureAwait(false);
        if (refusal is null) tell(InferenceStage.Record);
        return new InferenceReply
        {
            Status = refusal is null ? InferenceStatus.Done : InferenceStatus.NotRecorded,
            Reason = refusal,
            Version = version,
            Outputs = request.Outputs,
            Receipts = receipts,
            Recorded = recorded,
            Outcome = outcome,
        };
    }

    private async ValueTask<(int Recorded, string? Refusal)> RecordAsync(InferenceReceipt[] receipts, CancellationToken cancellationToken)
    {
        var encoding = new ArrayBufferWriter<byte>();
        for (int i = 0; i < receipts.Length; i++)
        {
            encoding.ResetWrittenCount();
            receipts[i].Write(encoding);
            try
            {
                await _options.Log.AppendAsync(encoding.WrittenMemory, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                return (i, e.Message);
            }
        }
        return (receipts.Length, null);
    }

    private static string? WhyNotServed(ModelVersion version) => version switch
    {
        { Lease.Tier: StorageTier.Archived or StorageTier.Pruned } => $"Expected {version} to be hot or warm, got {version.Lease.Tier}.",
        _ when !version.Publication.GraphDigest.Span.ContainsAnyExcept((byte)0) => $"Expected {version} to have a graph, got none.",
        _ when version.Publication.EngineVersion != IntegerGraph.EngineVersion => $"Expected {version} to be for engine {IntegerGraph.EngineVersion}, got {version.Publication.EngineVersion}.",
        _ => null,
    };

    private string? WhyNotInput(InferenceCall call, IntegerGraph graph)
    {
        int most = graph.ContextStep > 0 ? Math.Min(_options.MaxSteps, graph.ContextCapacity / graph.ContextStep) : _options.MaxSteps;
        return call.MaxSteps > most ? $"Expected at most {most} steps, got {call.MaxSteps}." : InputCheck.FindLength(graph, call.Inputs);
    }

    private static InferenceReply WrongInput(ModelVersion version, string reason) => new() { Status = InferenceStatus.WrongInput, Reason = reason, Version = version };

    private string WhyNoSlot(in ComputeOutcome outcome, InferenceCall call, ServedModel model, ModelVersion version)
    {
        Admission admission = outcome.Admission;
        TimeSpan foreseen = admission.ExpectedEnd - _options.Pool.Now;
        return (outcome.Status, admission.Status) switch
        {
            (ComputeStatus.Late, _) => $"Expected {version} to end within {call.Within}, but could not when its turn came after {outcome.Took}.",
            (ComputeStatus.Closed, _) => $"Expected a pool that is open for {version}, got one that closed after {outcome.Took}.",
            (_, AdmissionStatus.NoMemory) => $"Expected {model.Demand.MemoryOf(call.MaxSteps)} bytes of memory for a request of {version}, got {admission.FreeMemory} free.",
            (_, AdmissionStatus.MemoryShare) => $"Expected room in the share of memory of {version}, got all of it in use and {admission.FreeMemory} bytes left for other models.",
            (_, AdmissionStatus.TooManyRequests) => $"Expected fewer than {model.Demand.MaxRequests} requests of {version}, got so many that wait or run.",
            (_, AdmissionStatus.WouldDelayOthers) => $"Expected a slot for {version} that delays nobody beyond what was promised, got a request that would end {foreseen} from now because of it.",
            _ => $"Expected {version} to end within {call.Within}, got {foreseen} by what is known of its speed and of what waits.",
        };
    }
}
