using Prozchain.AI.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Engine;

public class InferenceEngineTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(3, 8)]
    public void Run_ConvolutionalNet_EqualsTheNaiveOneInEveryBatchAndOnAllThreads(int workers, int maxBatch)
    {
        IntegerGraph graph = SmallModels.Convolutional();
        using var engine = new InferenceEngine(graph, new InferenceEngineOptions { MaxBatch = maxBatch, Workers = workers });
        var random = new SeededRandom(7);
        long[][][] inputs = [.. Enumerable.Range(0, maxBatch).Select(_ => EngineRuns.Inputs(graph, random))];
        long[][][] expected = [.. inputs.Select(input => new NaiveGraph(graph).Run(input))];
        for (int batch = 1; batch <= maxBatch; batch++)
        {
            for (int r = 0; r < batch; r++) EngineRuns.Fill(engine, r, inputs[(r + batch) % maxBatch]);
            engine.Run(batch);
            for (int r = 0; r < batch; r++)
                for (int o = 0; o < 2; o++) Assert.Equal(expected[(r + batch) % maxBatch][graph.Outputs[o].Value.Index], EngineRuns.Output(engine, r, o));
        }
    }

    [Fact]
    public void RunTraced_ShowsEveryValue_AndGivesTheSameOutputs()
    {
        IntegerGraph graph = SmallModels.Convolutional();
        using var engine = new InferenceEngine(graph, new InferenceEngineOptions { MaxBatch = 2, Workers = 2 });
        long[][] inputs = EngineRuns.Inputs(graph, new SeededRandom(8));
        long[][] expected = new NaiveGraph(graph).Run(inputs);
        for (int r = 0; r < 2; r++) EngineRuns.Fill(engine, r, inputs);
        int seen = 0;
        engine.RunTraced(2, [], (value, request, elements) =>
        {
            Assert.Equal(expected[value.Index], NaiveGraph.Read(value.Type, elements));
            Assert.All(expected[value.Index], v => Assert.InRange(v, value.Min, value.Max));
            seen++;
        });
        Assert.Equal(2 * (graph.Inputs.Count + graph.Nodes.Count), seen);
        Assert.Equal(expected[graph.Outputs[1].Value.Index], EngineRuns.Output(engine, 1, 1));
    }

    [Fact]
    public void Run_RequestsAtDifferentPositions_EqualEachAlone()
    {
        IntegerGraph graph = SmallModels.Decoder();
        using var engine = new InferenceEngine(graph, new InferenceEngineOptions { MaxBatch = 3, Workers = 2 });
        var random = new SeededRandom(9);
        InferenceState[] states = [engine.RentState(), engine.RentState(), engine.RentState()];
        NaiveGraph[] naive = [new(graph), new(graph), new(graph)];
        for (int step = 0; step < 24; step++)
        {
            // A request joins the batch at each of the first steps, and one is replaced in the middle.
            if (step == 12)
            {
                states[1].Dispose();
                states[1] = engine.RentState();
                naive[1] = new NaiveGraph(graph);
            }
            int batch = Math.Min(step + 1, 3);
            long[][][] inputs = [.. Enumerable.Range(0, batch).Select(_ => EngineRuns.Inputs(graph, random))];
            for (int r = 0; r < batch; r++) EngineRuns.Fill(engine, r, inputs[r]);
            if (step % 5 == 4) engine.RunTraced(batch, states.AsSpan(0, batch), (_, _, _) => { });
            else engine.Run(batch, states.AsSpan(0, batch));
            for (int r = 0; r < batch; r++)
            {
                long[][] expected = naive[r].Run(inputs[r]);
                for (int o = 0; o < 2; o++) Assert.Equal(expected[graph.Outputs[o].Value.Index], EngineRuns.Output(engine, r, o));
            }
        }
        Assert.Equal([24, 12, 22], states.Select(s => s.Position));
        ArgumentException full = Assert.Throws<ArgumentException>(() => engine.Run(1, states.AsSpan(0, 1)));
        Assert.Contains("room for 1 tokens", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PromptAtOnce_EqualsTokenByToken()
    {
        IntegerGraph prompt = SmallModels.Decoder(tokens: 6), step = SmallModels.Decoder(tokens: 1);
        using var whole = new InferenceEngine(prompt);
        using var single = new InferenceEngine(step);
        using InferenceState a = whole.RentState(), b = single.RentState();
        long[] tokens = [3, 1, 4, 1, 5, 9];
        EngineRuns.Fill(whole, 0, [tokens]);
        whole.Run(1, [a]);
        foreach (long token in tokens)
        {
            EngineRuns.Fill(single, 0, [[token]]);
            single.Run(1, [b]);
        }
        for (int o = 0; o < 2; o++) Assert.Equal(EngineRuns.Output(single, 0, o), EngineRuns.Output(whole, 0, o));
    }

    [Fact]
    public void Run_Warm_AllocatesNothing()
    {
        using var net = new InferenceEngine(SmallModels.Convolutional(), new InferenceEngineOptions { MaxBatch = 4 });
        AllocationAssert.None(() => net.Run(4));
        using var decoder = new InferenceEngine(SmallModels.Decoder(), new InferenceEngineOptions { MaxBatch = 2 });
        InferenceState[] states = [decoder.RentState(), decoder.RentState()];
        AllocationAssert.None(() =>
        {
            for (int r = 0; r < 2; r++)
            {
                states[r].Reset();
                decoder.Input(0, r).Clear();
            }
            decoder.Run(2, states);
        });
    }

    [Fact]
    public void Run_WarmOnSeveralThreads_AllocatesNothing()
    {
        using var engine = new InferenceEngine(SmallModels.Convolutional(), new InferenceEngineOptions { MaxBatch = 8, Workers = 2 });
        AllocationAssert.NoneInProcess(() => engine.Run(8));
    }

    [Fact]
    public void Run_Cancelled_LeavesStatesAndRunsAgain()
    {
        IntegerGraph graph = SmallModels.Decoder();
        using var engine = new InferenceEngine(graph);
        using InferenceState state = engine.RentState();
        long[][] input = EngineRuns.Inputs(graph, new SeededRandom(3));
        long[][] expected = new NaiveGraph(graph).Run(input);
        EngineRuns.Fill(engine, 0, input);
        using var source = new CancellationTokenSource();
        int seen = 0;
        Assert.Throws<OperationCanceledException>(() => engine.RunTraced(1, [state], (_, _, _) => { if (++seen == 12) source.Cancel(); }, source.Token));
        Assert.Equal((0, 12), (state.Position, seen));
        source.Dispose();
        EngineRuns.Fill(engine, 0, input);
        engine.Run(1, [state]);
        Assert.Equal(expected[graph.Outputs[0].Value.Index], EngineRuns.Output(engine, 0));
        EngineRuns.Fill(engine, 0, input);
        Assert.Throws<OperationCanceledException>(() => engine.Run(1, [state], new CancellationToken(true)));
        Assert.Equal(1, state.Position);
    }

    /// <summary>Whoever looks at an engine after a run that was broken off finds nobody's context in it.</summary>
    [Fact]
    public void Run_Cancelled_KeepsNoState()
    {
        IntegerGraph graph = SmallModels.Decoder();
        object?[] packed = [.. graph.Nodes.Select(n => KernelWeights.Of(n) is { } weights ? KernelWeights.Pack(n, weights.Bytes.Span) : null)];
        using var engine = new InferenceEngine(new PreparedGraph(graph, packed, keepStates: false));
        WeakReference state = BreakOff(engine);
        GC.Collect();
        Assert.False(state.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference BreakOff(InferenceEngine engine)
        {
            InferenceState state = engine.RentState();
            Assert.Throws<OperationCanceledException>(() => engine.Run(1, [state], new CancellationToken(true)));
            state.Dispose();
            return new WeakReference(state);
        }
    }

    /// <summary>Sizes whose product does not fit 64 bits are refused as those that are merely too large.</summary>
    [Fact]
    public void Engine_BatchOfTooMany_IsRefusedBeforeItTakesMemory()
    {
        var graph = new IntegerGraphBuilder();
        graph.Output("y", graph.Requantise(graph.Input("x", ElementType.I32, [1 << 30], 0, 1, HostType.Int32), 1 << 20, 20), HostType.Int8);
        IntegerGraph wide = graph.Build();
        foreach (int batch in new[] { 1, 1 << 29, 1 << 30, int.MaxValue })
            Assert.Contains("Expected a batch whose values fit", Assert.Throws<ArgumentException>(() => new InferenceEngine(wide, new InferenceEngineOptions { MaxBatch = batch })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new InferenceEngine(SmallModels.Convolutional(), new InferenceEngineOptions { MaxBatch = int.MaxValue }));
    }

    [Fact]
    public void Run_Misuse_IsRefused()
    {
        IntegerGraph graph = SmallModels.Decoder();
        using var engine = new InferenceEngine(graph, new InferenceEngineOptions { MaxBatch = 2 });
        using var other = new InferenceEngine(graph);
        using InferenceState state = engine.RentState(), foreign = other.RentState(), given = engine.RentState();
        Assert.Throws<ArgumentException>(() => engine.Run(1));
        Assert.Throws<ArgumentException>(() => engine.Run(3, [state, state, state]));
        Assert.Throws<ArgumentException>(() => engine.Run(2, [state, state]));
        Assert.Throws<ArgumentException>(() => engine.Run(1, [foreign]));
        given.Dispose();
        Assert.Throws<ArgumentException>(() => engine.Run(1, [given]));
        EngineRuns.Fill(engine, 0, [[50]]);
        ArgumentException outside = Assert.Throws<ArgumentException>(() => engine.Run(1, [state]));
        Assert.Contains("'token' in [0, 49]", outside.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Input(0, 2));
        Assert.Throws<ArgumentException>(() => new InferenceEngine(graph, new InferenceEngineOptions { MaxBytes = 100 }));
        Assert.Throws<ArgumentException>(() => new InferenceEngine(graph, new InferenceEngineOptions { MaxBatch = 0 }));
    }

    [Fact]
    public void Bytes_OfADeepNet_AreThoseOfItsWidestPair()
    {
        var graph = new IntegerGraphBuilder();
        IntegerValue x = graph.Input("x", ElementType.I8, [1000], -127, 127, HostType.Int8);
        for (int i = 0; i < 100; i++) x = graph.Requantise(x, 1 << 20, 20, i, -127, 127);
        graph.Output("y", x, HostType.Int8);
        using var engine = new InferenceEngine(graph.Build(), new InferenceEngineOptions { MaxBatch = 4 });
        Assert.InRange(engine.Bytes, 8000, 8192 + 128);
    }
}
