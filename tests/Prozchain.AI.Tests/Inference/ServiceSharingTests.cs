using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Inference;
using Prozchain.AI.Tests.Engine;

namespace Prozchain.AI.Tests.Inference;

/// <summary>What requests of one model share, and what they do not do to each other.</summary>
public sealed class ServiceSharingTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>What a model and its requests are said to take is what their engines and states do take.</summary>
    [Fact]
    public async Task Memory_OfAModel_IsWhatItsEnginesTake()
    {
        using var testing = new ServiceTesting(cores: 2, maxBatch: 4);
        IntegerGraph graph = SmallModels.Decoder();
        await testing.PublishAsync("a", graph);
        long free = testing.Pool.FreeMemory, held = 0;
        InferenceReply reply = await testing.RunAsync(new InferenceCall
        {
            Model = "a", Inputs = ServiceTesting.Zeros(graph), Within = s_minute, MaxSteps = 3,
            Next = (step, _, _) =>
            {
                held = testing.Pool.FreeMemory;
                return true;
            },
        });
        Assert.Equal(InferenceStatus.Done, reply.Status);
        var prepared = new PreparedGraph(graph);
        using var engine = new InferenceEngine(prepared, new InferenceEngineOptions { MaxBatch = 4 });
        long read = graph.Constants.Where(c => PreparedGraph.IsRead(graph, c)).Sum(c => c.Bytes.Length);
        Assert.Equal(prepared.WeightBytes + read + 2 * engine.MemoryBytes, free - testing.Pool.FreeMemory);
        using InferenceState state = engine.RentState();
        long borders = 2 * graph.Inputs.Sum(i => i.Value.Bytes) + graph.Outputs.Sum(o => o.Value.Bytes);
        Assert.Equal(borders + state.Bytes + 3 * ServedRequest.StepBytes, testing.Pool.FreeMemory - held);
    }

    /// <summary>A service that ends gives its models' memory back to the pool, which goes on for others.</summary>
    [Fact]
    public async Task Dispose_PoolGoesOn_HasItsMemoryBack()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        long free = testing.Pool.FreeMemory;
        Assert.Equal(InferenceStatus.Done, (await testing.RunAsync(new InferenceCall { Model = "a", Inputs = ServiceTesting.Zeros(graph), Within = s_minute })).Status);
        Assert.NotEqual(free, testing.Pool.FreeMemory);
        testing.Service.Dispose();
        Assert.Equal((free, 2), (testing.Pool.FreeMemory, testing.Pool.FreeCores));
    }

    /// <summary>A service ends while a request of its runs: that one ends as it would have, and takes the model with it.</summary>
    [Fact]
    public async Task Dispose_RequestRuns_ItEndsAndTheModelGoes()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 10);
        await testing.PublishAsync("a", graph);
        long free = testing.Pool.FreeMemory;
        using HeldRequest held = await HeldRequest.BeginAsync(testing, "a", graph, steps: 5);
        testing.Service.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => testing.RunAsync(new InferenceCall { Model = "a", Inputs = ServiceTesting.Zeros(graph) }));
        Assert.True(testing.Pool.FreeMemory < free);
        held.GoOn();
        Assert.Equal((InferenceStatus.Done, 5), ((await held.Reply).Status, (await held.Reply).Receipts.Count));
        Assert.Equal((free, 0L), (testing.Pool.FreeMemory, testing.Service.Cache.HeldBytes));
    }

    /// <summary>A second request joins the first one's model between two of its steps.</summary>
    [Fact]
    public async Task RunAsync_RequestComesWhileAnotherRuns_JoinsAtTheNextStep()
    {
        using var testing = new ServiceTesting(cores: 1);
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 10);
        await testing.PublishAsync("a", graph);
        bool isSecondDone = false;
        int stepsBehind = 0;
        using HeldRequest first = await HeldRequest.BeginAsync(testing, "a", graph, steps: 40, at: 3, _ => stepsBehind += Volatile.Read(ref isSecondDone) ? 1 : 0);
        Task<InferenceReply> second = testing.RunAsync(new InferenceCall
        {
            Model = "a", Inputs = ServiceTesting.Input(graph, 2), Within = s_minute, MaxSteps = 2,
            Next = (_, _, _) =>
            {
                Volatile.Write(ref isSecondDone, true);
                return false;
            },
        });
        Assert.True(SpinWait.SpinUntil(() => testing.Pool.Requests == 2, s_minute));
        first.GoOn();
        Assert.Equal((InferenceStatus.Done, InferenceStatus.Done, 40), ((await second).Status, (await first.Reply).Status, (await first.Reply).Receipts.Count));
        Assert.InRange(stepsBehind, 30, 40);
    }

    /// <summary>A caller keeps the memory of its inputs and writes nonsense there once it was checked: it does not run, and nobody in the batch is faulted by it.</summary>
    [Fact]
    public async Task RunAsync_InputsWrittenBehindTheCheck_HarmNobody()
    {
        using var testing = new ServiceTesting(cores: 1);
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 10);
        await testing.PublishAsync("a", graph);
        Memory<byte> kept = default;
        using HeldRequest first = await HeldRequest.BeginAsync(testing, "a", graph, steps: 9, at: 1, inputs =>
        {
            kept = inputs[0];
            kept.Span.Clear();
        });
        int written = 0;
        Task<InferenceReply> second = testing.RunAsync(new InferenceCall
        {
            Model = "a", Inputs = ServiceTesting.Input(graph, 2), Within = s_minute, MaxSteps = 5,
            Next = (_, _, _) =>
            {
                // Of the same batch, behind the first one's turn.
                kept.Span.Fill(0x80);
                written++;
                return true;
            },
        });
        Assert.True(SpinWait.SpinUntil(() => testing.Pool.Requests == 2, s_minute));
        first.GoOn();
        Assert.Equal((InferenceStatus.Done, InferenceStatus.Done, 4), ((await second).Status, (await first.Reply).Status, written));
        Assert.Equal(ServiceTesting.Alone(graph, ServiceTesting.Zeros(graph)), (await first.Reply).Outputs.Select(o => o.ToArray()));
    }

    /// <summary>A list of inputs that gives others when it is read again: what runs was checked.</summary>
    [Fact]
    public async Task RunAsync_InputsThatChange_AreRefused()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        InferenceReply reply = await testing.RunAsync(new InferenceCall { Model = "a", Inputs = new ShrinkingInputs(16), Within = s_minute });
        Assert.Equal(InferenceStatus.WrongInput, reply.Status);
        Assert.Contains("Expected 16 bytes of 'x', got", reply.Reason, StringComparison.Ordinal);
    }

    /// <summary>A warm step allocates what is kept of it, a statement for each request, and nothing else.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_Warm_AllocatesItsStatementsAlone(bool hasContext)
    {
        const int Batch = 4, Steps = 64;
        IntegerGraph graph = hasContext ? SmallModels.Decoder(context: 2 * Steps) : SmallModels.Convolutional();
        using var model = new ServedModel(new PreparedGraph(graph), [], default, Batch, 1 << 20, 1, 1 << 24);
        var call = new InferenceCall { Model = "a", Inputs = ServiceTesting.Zeros(graph), MaxSteps = int.MaxValue, Next = (_, _, _) => true };
        ServedRequest[] requests = [.. Enumerable.Range(0, Batch).Select(_ => new ServedRequest(call, model.Prepared))];
        var ended = new bool[Batch];
        for (int i = 0; i < Steps; i++) model.Step(requests, ended, default);
        // Room for all of them, which a list takes as it grows.
        foreach (ServedRequest request in requests) request.Statements.EnsureCapacity(2 * Steps);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Steps; i++) model.Step(requests, ended, default);
        long statement = GC.GetAllocatedBytesForCurrentThread();
        _ = new Prozchain.AI.Receipts.InferenceStatement(new byte[32], new byte[32], new byte[32], new byte[32], 1);
        statement = GC.GetAllocatedBytesForCurrentThread() - statement - 4 * 56;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Steps * Batch * statement, (Steps * Batch + 16) * statement);
        foreach (ServedRequest request in requests) request.Dispose();
    }

    private sealed class ShrinkingInputs(int length) : IReadOnlyList<ReadOnlyMemory<byte>>
    {
        private int _left = length;

        public int Count => 1;

        public ReadOnlyMemory<byte> this[int index] => new byte[_left--];

        public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
        {
            yield return this[0];
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
