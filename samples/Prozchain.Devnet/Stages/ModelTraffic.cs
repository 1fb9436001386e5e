using System.Collections.Concurrent;
using System.Diagnostics;
using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Inference;
using Prozchain.AI.Ports;
using Prozchain.AI.Receipts;
using Prozchain.AI.Registry;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// Serves a published network to a thousand requests at a time, and compares some of the answers with runs in a batch of one.
/// </summary>
internal sealed class ModelTraffic(DevnetOptions options, ModelStorage storage, RunStatistics statistics, RunView view)
{
    private const int Requests = 4000, InFlight = 1000, ComparedEvery = 64;

    // One request in so many wants its answer before the queue can have come to it: admission says so at once.
    private const int HastyEvery = 16;
    private const long PoolMemory = 4L << 30;

    private static readonly TimeSpan s_within = TimeSpan.FromSeconds(10), s_hastyWithin = TimeSpan.FromMilliseconds(1), s_longest = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<int, InferenceReply> _kept = new();

    /// <exception cref="RunBrokenException">A request ended as none should, or an answer depends on its batch.</exception>
    public async Task<InferenceSummary> RunAsync(ModelVersion version, IntegerGraph graph, string origin, CancellationToken cancellationToken)
    {
        using var signer = new Ed25519ReceiptSigner(DevnetSeeds.Bytes(options.Seed, "inference host"));
        var log = new InMemoryReceiptLog();
        var pool = new ComputePool(new ComputeCapacity(PoolMemory, Math.Min(options.Parallelism, 1024)));
        var service = new InferenceService(new InferenceServiceOptions { Registry = storage.Registry, Open = storage.OpenAsync, Pool = pool, Signer = signer, Log = log });
        InferenceFigures figures;
        double firstMs, seconds;
        try
        {
            long start = Stopwatch.GetTimestamp();
            InferenceReply first = await service.RunAsync(CallOf(version, graph, 0, s_within), cancellationToken: cancellationToken).ConfigureAwait(false);
            if (first.Status != InferenceStatus.Done) throw new RunBrokenException($"the first request ended with {first.Status}: {first.Reason}");
            firstMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            using var tally = new InferenceTally();
            statistics.Inference = tally;
            start = Stopwatch.GetTimestamp();
            await SendAsync(service, version, graph, tally, cancellationToken).ConfigureAwait(false);
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            figures = tally.Read();
        }
        finally
        {
            // Requests that still wait are told; only then may the models go.
            pool.Dispose();
            service.Dispose();
        }
        Compare(version, graph);
        return new InferenceSummary
        {
            Reference = version.ToString(),
            Origin = origin,
            Operators = graph.Nodes.Count,
            Multiplications = graph.Multiplications,
            FirstMs = firstMs,
            Seconds = seconds,
            Figures = figures,
            Compared = _kept.Count,
            Receipts = log.Count,
            Cheat = CheatingHost.Lose(version, graph, options.Seed),
        };
    }

    private InferenceCall CallOf(ModelVersion version, IntegerGraph graph, int request, TimeSpan within) =>
        new() { Model = version.ToString(), Inputs = ServedNetwork.Inputs(graph, options.Seed, request), Within = within };

    private async Task SendAsync(InferenceService service, ModelVersion version, IntegerGraph graph, InferenceTally tally, CancellationToken cancellationToken)
    {
        using var room = new SemaphoreSlim(InFlight);
        var sent = new List<Task>(Requests);
        long start = Stopwatch.GetTimestamp();
        try
        {
            // A large network on a small machine would take minutes for all of them.
            for (int request = 1; request <= Requests && Stopwatch.GetElapsedTime(start) < s_longest; request++)
            {
                await room.WaitAsync(cancellationToken).ConfigureAwait(false);
                sent.Add(SendAsync(service, CallOf(version, graph, request, request % HastyEvery == 0 ? s_hastyWithin : s_within), request, tally, room, cancellationToken));
                view.Refresh();
            }
        }
        finally
        {
            Task all = Task.WhenAll(sent);
            while (!all.IsCompleted)
            {
                await Task.WhenAny(all, Task.Delay(100, CancellationToken.None)).ConfigureAwait(false);
                view.Refresh();
            }
            await all.ConfigureAwait(false);
        }
    }

    private async Task SendAsync(InferenceService service, InferenceCall call, int request, InferenceTally tally, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        tally.Send();
        try
        {
            long start = Stopwatch.GetTimestamp();
            InferenceReply reply = await service.RunAsync(call, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (reply.Status is not (InferenceStatus.Done or InferenceStatus.Refused or InferenceStatus.Late)) throw new RunBrokenException($"request {request} ended with {reply.Status}: {reply.Reason}");
            tally.Record(reply, Stopwatch.GetElapsedTime(start));
            if (reply.Status == InferenceStatus.Done && request % ComparedEvery == 1) _kept[request] = reply;
        }
        finally
        {
            room.Release();
        }
    }

    private void Compare(ModelVersion version, IntegerGraph graph)
    {
        if (_kept.IsEmpty) throw new RunBrokenException("no request was served that could be compared");
        using var engine = new InferenceEngine(graph);
        var verifier = new ReexecutionVerifier(engine, version.Publication.ModelRoot.Span, new Ed25519ReceiptVerifier());
        foreach ((int request, InferenceReply reply) in _kept)
        {
            ReadOnlyMemory<byte>[] inputs = ServedNetwork.Inputs(graph, options.Seed, request);
            for (int i = 0; i < inputs.Length; i++) inputs[i].Span.CopyTo(engine.Input(i, 0));
            engine.Run();
            for (int i = 0; i < graph.Outputs.Count; i++)
                if (!engine.Output(i, 0).SequenceEqual(reply.Outputs[i].Span)) throw new RunBrokenException($"request {request} has another output '{graph.Outputs[i].Name}' in a batch than alone");
            InferenceVerdict verdict = verifier.Verify(reply.Receipts[0], new InferenceRequest(inputs));
            if (!verdict.IsAccepted) throw new RunBrokenException($"the receipt of request {request} is refused: {verdict.Status}");
        }
    }
}
