using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Inference;
using Prozchain.AI.Ports;
using Prozchain.AI.Registry;

namespace Prozchain.AI.Tests.Inference;

/// <summary>A service over models in memory, with faults that a test may ask for.</summary>
internal sealed class ServiceTesting : IDisposable
{
    public static readonly byte[] Owner = [.. Enumerable.Repeat((byte)7, 32)];

    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Ed25519ReceiptSigner _signer = new(new byte[32]);

    public ServiceTesting(long memory = 64 << 20, int cores = 2, long cacheBytes = 16 << 20, int maxBatch = 8, int maxSteps = 64, int maxLoads = 2)
    {
        Registry = new ModelRegistry(new InMemoryModelLedger(), new RegistryRules(1_000_000, 1000));
        Pool = new ComputePool(new ComputeCapacity(memory, cores));
        Service = new InferenceService(new InferenceServiceOptions
        {
            Registry = Registry, Pool = Pool, Signer = new FaultySigner(this), Log = new FaultyLog(this), CacheBytes = cacheBytes, MaxBatch = maxBatch, MaxSteps = maxSteps, MaxLoads = maxLoads,
            Open = async (version, token) =>
            {
                Interlocked.Increment(ref Opened);
                if (BeforeOpen is { } wait) await wait(token).ConfigureAwait(false);
                if (!_files.TryGetValue(version.ToString(), out byte[]? file)) return null;
                return (await SafetensorsReader.OpenAsync(new FaultyStream(file, version.Publication.Name, this), token).ConfigureAwait(false)).Reader;
            },
        });
    }

    public ModelRegistry Registry { get; }

    public ComputePool Pool { get; }

    public InferenceService Service { get; }

    public InMemoryReceiptLog Log { get; } = new();

    public Func<CancellationToken, Task>? BeforeOpen { get; set; }

    /// <summary>Awaited by reads behind the header of the model of that name.</summary>
    public Func<string, Task>? BeforeRead { get; set; }

    public bool LogIsFull { get; set; }

    /// <summary>What the log, the signer and the stored bytes throw; null for none.</summary>
    public Exception? LogFault { get; set; }

    public Exception? SignFault { get; set; }

    public Exception? ReadFault { get; set; }

    public int Opened;

    /// <summary>Publishes a graph under a name, its file changed if the test says how.</summary>
    public async Task PublishAsync(string name, IntegerGraph graph, Action<byte[]>? spoil = null, byte[]? digest = null, uint engine = 1, byte[]? root = null)
    {
        using var stream = new MemoryStream();
        await GraphFile.WriteAsync(stream, graph);
        byte[] file = stream.ToArray();
        spoil?.Invoke(file);
        _files[name + "@1"] = file;
        var publication = new ModelPublication
        {
            Name = name, Version = "1", ManifestId = new byte[32], ModelRoot = root ?? RootOf(name), AuditRoot = new byte[32], GraphDigest = digest ?? graph.Digest, Size = file.Length,
            Licence = "MIT", EngineVersion = engine, Lease = new ModelLease(StorageTier.Hot, 1000, 1),
        };
        Assert.Equal(RegistryStatus.Ok, await Registry.SubmitAsync(RegistryOperation.Publish(Owner, publication)));
    }

    public void Lose(string name) => _files.Remove(name + "@1");

    public static byte[] RootOf(string name) => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name));

    /// <summary>Inputs of <see cref="GraphFileTests.Dense"/> from a seed.</summary>
    public static ReadOnlyMemory<byte>[] Input(IntegerGraph graph, int seed)
    {
        var random = new Prozchain.Testing.SeededRandom((ulong)seed);
        return [.. graph.Inputs.Select(i => (ReadOnlyMemory<byte>)Enumerable.Range(0, (int)i.Value.Bytes).Select(_ => (byte)(sbyte)random.Next(-127, 128)).ToArray())];
    }

    public static ReadOnlyMemory<byte>[] Zeros(IntegerGraph graph) => [.. graph.Inputs.Select(i => (ReadOnlyMemory<byte>)new byte[i.Value.Bytes])];

    /// <summary>One call, its progress told to <paramref name="tell"/> at once.</summary>
    public Task<InferenceReply> RunAsync(InferenceCall call, Action<InferenceStage>? tell = null, CancellationToken token = default) =>
        Service.RunAsync(call, tell is null ? null : new Told(tell), token).AsTask();

    /// <summary>What an engine gives for one request alone.</summary>
    public static byte[][] Alone(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> inputs)
    {
        using var engine = new InferenceEngine(graph);
        for (int i = 0; i < inputs.Count; i++) inputs[i].Span.CopyTo(engine.Input(i, 0));
        engine.Run();
        return [.. graph.Outputs.Select((_, i) => engine.Output(i, 0).ToArray())];
    }

    public void Dispose()
    {
        Pool.Dispose();
        Service.Dispose();
        Registry.Dispose();
        _signer.Dispose();
    }

    private sealed class Told(Action<InferenceStage> tell) : IProgress<InferenceProgress>
    {
        public void Report(InferenceProgress value) => tell(value.Stage);
    }

    private sealed class FaultyLog(ServiceTesting testing) : IReceiptLog
    {
        public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> receipt, CancellationToken cancellationToken) =>
            testing.LogIsFull ? ValueTask.FromException<long>(new IOException("the log is full"))
            : testing.LogFault is { } fault ? ValueTask.FromException<long>(fault)
            : testing.Log.AppendAsync(receipt, cancellationToken);
    }

    private sealed class FaultySigner(ServiceTesting testing) : IReceiptSigner
    {
        public ReadOnlyMemory<byte> PublicKey => testing._signer.PublicKey;

        public int SignatureSize => testing._signer.SignatureSize;

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
        {
            if (testing.SignFault is { } fault) throw fault;
            testing._signer.Sign(message, signature);
        }
    }

    private sealed class FaultyStream(byte[] file, string name, ServiceTesting testing) : MemoryStream(file)
    {
        // The header is read; what follows is the graph and its constants.
        private int _reads;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reads++;
            if (testing.ReadFault is { } fault && _reads > 3) throw fault;
            if (testing.BeforeRead is { } wait && _reads > 3) await wait(name).ConfigureAwait(false);
            return await base.ReadAsync(buffer, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
