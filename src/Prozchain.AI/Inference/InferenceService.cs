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

    /// <summary>What the cache of weights did and holds.</summary>
    public CacheStatistics Cache => _models.Statistics;

    /// <summary>Runs one request.</summary>
    /// <param name="call">What is asked.</param>
    /// <param name="progress">Told of each step that ended.</param>
    /// <param name="cancellationToken">Gives everything back: at once while the request waits, after the step that runs otherwise.</param>
    /// <returns>What came of it. What a host cannot help is a status, not an exception.</returns>
    /// <exception cref="ArgumentException">The call asks for fewer than one step, or for several without saying how one leads to the next.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled. Receipts that were recorded stay.</exception>
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
        InferenceReply reply = await RunAsync(call, Tell, cancellationToken).ConfigureAwait(false);
        AiInstruments.Requests.Add(1, new KeyValuePair<string, object?>(AiInstruments.Kind, reply.Status.ToString()));
        AiInstruments.RequestDuration.Record(_options.Time.GetElapsedTime(start).TotalSeconds);
        return reply;
    }

    /// <summary>Lets go of a model that no request uses; its weights stay in the cache while there is room.</summary>
    /// <param name="modelRoot">The model root, 32 bytes.</param>
    /// <returns>Whether it was in memory, and nobody used it.</returns>
    public bool TryUnload(ReadOnlySpan<byte> modelRoot) => _models.TryUnload(modelRoot);

    /// <summary>Lets all models go. The pool must be closed before, or have no request of this service.</summary>
    public void Dispose() => _models.Dispose();

    private async ValueTask<InferenceReply> RunAsync(InferenceCall call, Action<InferenceStage> tell, CancellationToken cancellationToken)
    {
        RegistryStatus found = _options.Registry.Resolve(call.Model, out ModelVersion? version);
        if (version is null) return new InferenceReply { Status = InferenceStatus.UnknownModel, Reason = $"Expected a model of the registry, got '{call.Model}': {found}." };
        if (WhyNotServed(version) is { } reason) return new InferenceReply { Status = InferenceStatus.NotServed, Reason = reason, Version = version };
        tell(InferenceStage.Resolve);
        (ServedModel? model, InferenceStatus status, string? why) = await _models.TakeAsync(version, cancellationToken).ConfigureAwait(false);
        if (model is null) return new InferenceReply { Status = status, Reason = why, Version = version };
        try
        {
            tell(InferenceStage.Load);
            if (InputCheck.Find(model.Prepared.Graph, call.Inputs) is { } wrong) return new InferenceReply { Status = InferenceStatus.WrongInput, Reason = wrong, Version = version };
            if (model.Prepared.Graph.ContextStep is > 0 and int step && call.MaxSteps > model.Prepared.Graph.ContextCapacity / step)
                return new InferenceReply { Status = InferenceStatus.WrongInput, Reason = $"Expected at most {model.Prepared.Graph.ContextCapacity / step} steps, got {call.MaxSteps}.", Version = version };
            return await RunAsync(call, model, version, tell, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _models.Return(model);
            tell(InferenceStage.Release);
        }
    }

    private async ValueTask<InferenceReply> RunAsync(InferenceCall call, ServedModel model, ModelVersion version, Action<InferenceStage> tell, CancellationToken cancellationToken)
    {
        var request = new ServedRequest(call, model.Prepared);
        using InferenceState? state = request.State;
        ValueTask<ComputeOutcome> running = _options.Pool.RunAsync(model.Number, request, call.MaxSteps, call.Within, cancellationToken);
        tell(InferenceStage.Allocate);
        ComputeOutcome outcome = await running.ConfigureAwait(false);
        if (outcome.Status != ComputeStatus.Done)
        {
            InferenceStatus status = outcome.Status switch
            {
                ComputeStatus.Refused => InferenceStatus.Refused,
                ComputeStatus.Late => InferenceStatus.Late,
                _ => InferenceStatus.Closed,
            };
            return new InferenceReply { Status = status, Reason = $"Expected a slot for {version} within {call.Within}, got {outcome.Admission.Status}, {outcome.Status}.", Version = version, Outcome = outcome };
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
}
