using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Inference;
using Prozchain.AI.Ports;
using Prozchain.AI.Registry;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>A model in the registry, and many requests of it in flight at once through the whole transaction, receipts and all.</summary>
internal sealed class InferenceLoad : IDisposable
{
    private const int Requests = 1000, Compared = 10;

    private readonly ModelRegistry _registry = new(new InMemoryModelLedger(), new RegistryRules(1000, 1000));
    private readonly ComputePool _pool = new(new ComputeCapacity(4L << 30, Environment.ProcessorCount));
    private readonly Ed25519ReceiptSigner _signer = new(new byte[32]);
    private readonly InferenceService _service;
    private readonly ReadOnlyMemory<byte>[][] _inputs;
    private readonly byte[][] _alone;

    private InferenceLoad(IntegerGraph graph)
    {
        using var file = new MemoryStream();
        GraphFile.WriteAsync(file, graph).AsTask().GetAwaiter().GetResult();
        byte[] bytes = file.ToArray();
        _service = new InferenceService(new InferenceServiceOptions
        {
            Registry = _registry, Pool = _pool, Signer = _signer, Log = new InMemoryReceiptLog(),
            Open = async (_, token) => (await SafetensorsReader.OpenAsync(new MemoryStream(bytes), token).ConfigureAwait(false)).Reader,
        });
        var publication = new ModelPublication
        {
            Name = "bench", Version = "1", ManifestId = new byte[32], ModelRoot = new byte[32], AuditRoot = new byte[32], GraphDigest = graph.Digest, Size = bytes.Length,
            Licence = "MIT", EngineVersion = (uint)IntegerGraph.EngineVersion, Lease = new ModelLease(StorageTier.Hot, 100, 1),
        };
        _registry.SubmitAsync(RegistryOperation.Publish(new byte[32], publication)).AsTask().GetAwaiter().GetResult();
        _inputs = [.. Enumerable.Range(0, Requests).Select(i => new ReadOnlyMemory<byte>[] { Input(graph, i) })];
        using var engine = new InferenceEngine(graph);
        _alone = [.. _inputs.Take(Compared).Select(inputs =>
        {
            inputs[0].Span.CopyTo(engine.Input(0, 0));
            engine.Run();
            return engine.Output(0, 0).ToArray();
        })];
    }

    public static QuickBody Of(IntegerGraph graph)
    {
        var load = new InferenceLoad(graph);
        // The model is in memory and its speed measured before: a pool that knows nothing refuses what it cannot promise.
        load.Run(Requests / 20);
        return new QuickBody(() => load.Run(Requests), Owner: load);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _service.Dispose();
        _registry.Dispose();
        _signer.Dispose();
    }

    private static byte[] Input(IntegerGraph graph, int seed)
    {
        byte[] input = Seeded.Bytes((int)graph.Inputs[0].Value.Bytes, seed + 1);
        foreach (ref byte element in input.AsSpan())
            if (element == 0x80) element = 0;
        return input;
    }

    private void Run(int count)
    {
        var calls = new Task<InferenceReply>[count];
        for (int i = 0; i < count; i++) calls[i] = _service.RunAsync(new InferenceCall { Model = "bench@1", Inputs = _inputs[i], Within = TimeSpan.FromMinutes(5) }).AsTask();
        Task.WaitAll(calls);
        for (int i = 0; i < count; i++)
        {
            InferenceReply reply = calls[i].Result;
            if (reply.Status != InferenceStatus.Done) throw new InvalidOperationException($"Expected a request that is done, got {reply.Status}: {reply.Reason}");
            if (i < Compared && !reply.Outputs[0].Span.SequenceEqual(_alone[i])) throw new InvalidOperationException("Expected the outputs of a batch of one, got others.");
        }
    }
}
