using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Inference;
using Prozchain.AI.Ports;
using Prozchain.AI.Receipts;
using Prozchain.AI.Registry;

namespace Prozchain.AI.Tests.Inference;

public sealed class InferenceServiceTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task RunAsync_OneRequest_TellsEveryStepAndRecordsAReceiptThatHolds()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("lab/dense", graph);
        long free = testing.Pool.FreeMemory;
        ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, 5);
        var stages = new List<InferenceStage>();
        InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = "lab/dense@1", Inputs = inputs, Within = s_minute }, new Told(stages), Token);
        Assert.Equal((InferenceStatus.Done, null, 1), (reply.Status, reply.Reason, reply.Recorded));
        Assert.Equal(Enum.GetValues<InferenceStage>(), stages);
        Assert.Equal(ServiceTesting.Alone(graph, inputs), reply.Outputs.Select(o => o.ToArray()));
        Assert.Equal(ReceiptStatus.Ok, InferenceReceipt.TryRead(testing.Log[0].Span, out InferenceReceipt? receipt));
        Assert.Equal(reply.Receipts[0].Statement, receipt!.Statement);
        using var engine = new InferenceEngine(graph);
        var verifier = new ReexecutionVerifier(engine, ServiceTesting.RootOf("lab/dense"), new Ed25519ReceiptVerifier());
        Assert.True(verifier.Verify(receipt, new InferenceRequest(inputs)).IsAccepted);
        Assert.Equal(VerdictStatus.WrongInput, verifier.Verify(receipt, new InferenceRequest(ServiceTesting.Input(graph, 6))).Status);

        Assert.True(testing.Service.TryUnload(ServiceTesting.RootOf("lab/dense")));
        Assert.Equal((free, 0), (testing.Pool.FreeMemory, testing.Pool.Requests));
    }

    [Fact]
    public async Task RunAsync_HundredsAtOnceOfTwoModels_OutputsOfBatchOneAndOneLoadEach()
    {
        using var testing = new ServiceTesting();
        IntegerGraph[] graphs = [GraphFileTests.Dense(1), GraphFileTests.Dense(2, hidden: 40)];
        await testing.PublishAsync("a", graphs[0]);
        await testing.PublishAsync("b", graphs[1]);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(async i =>
        {
            IntegerGraph graph = graphs[i % 2];
            ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, i);
            InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = i % 2 == 0 ? "a" : "b@1", Inputs = inputs, Within = s_minute }, null, Token);
            Assert.Equal((InferenceStatus.Done, null), (reply.Status, reply.Reason));
            Assert.Equal(ServiceTesting.Alone(graph, inputs), reply.Outputs.Select(o => o.ToArray()));
        }));
        Assert.Equal((2, 400, 0), (testing.Opened, testing.Log.Count, testing.Pool.Requests));
    }

    [Fact]
    public async Task RunAsync_SharedWeights_AreOnceInTheCacheAndVerifiedOnce()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        await testing.PublishAsync("b", graph);
        await RunAsync(testing, "a", graph);
        long loads = testing.Service.Cache.Loads;
        Assert.Equal(2, loads);
        await RunAsync(testing, "b", graph);
        Assert.Equal(loads, testing.Service.Cache.Loads);
        Assert.True(testing.Service.TryUnload(ServiceTesting.RootOf("a")) && testing.Service.TryUnload(ServiceTesting.RootOf("b")));
        Assert.Equal(0, testing.Service.Cache.HeldBytes);
        await RunAsync(testing, "a", graph);
        Assert.Equal(loads, testing.Service.Cache.Loads);
    }

    [Fact]
    public async Task RunAsync_WhatCannotBe_SaysWhyAndHoldsNothing()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(3);
        await testing.PublishAsync("spoilt", graph, file => file[file.AsSpan().IndexOf(graph.Constants[0].Bytes.Span)] ^= 1);
        await testing.PublishAsync("lost", graph);
        testing.Lose("lost");
        await testing.PublishAsync("other-graph", graph, digest: new byte[32].Select(_ => (byte)1).ToArray());
        await testing.PublishAsync("no-graph", graph, digest: [], engine: 0);
        await testing.PublishAsync("old-engine", graph, engine: 9);
        await testing.PublishAsync("good", graph);
        long free = testing.Pool.FreeMemory;
        ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, 1);
        await Expect("nobody", InferenceStatus.UnknownModel, "nobody");
        await Expect("Not A Name", InferenceStatus.UnknownModel, "InvalidName");
        await Expect("spoilt", InferenceStatus.NotLoaded, "WrongConstant");
        await Expect("lost", InferenceStatus.NotLoaded, "got none");
        await Expect("other-graph", InferenceStatus.NotLoaded, "got another");
        await Expect("no-graph", InferenceStatus.NotServed, "to have a graph, got none");
        await Expect("old-engine", InferenceStatus.NotServed, "engine 1, got 9");
        Assert.Equal((0L, free), (testing.Service.Cache.HeldBytes, testing.Pool.FreeMemory));

        inputs = [inputs[0][1..]];
        await Expect("good", InferenceStatus.WrongInput, "Expected 16 bytes of 'x', got 15");
        inputs = [new byte[16].Select((_, i) => i == 9 ? (byte)0x80 : (byte)1).ToArray()];
        await Expect("good", InferenceStatus.WrongInput, "got another at 9");
        inputs = [];
        await Expect("good", InferenceStatus.WrongInput, "Expected 1 inputs");
        inputs = ServiceTesting.Input(graph, 1);
        Assert.Equal(RegistryStatus.Ok, await testing.Registry.SubmitAsync(RegistryOperation.Archive(ServiceTesting.Owner, "good", "1"), Token));
        await Expect("good@1", InferenceStatus.NotServed, "Archived");
        Assert.Equal((0, 0), (testing.Log.Count, testing.Pool.Requests));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await testing.Service.RunAsync(new InferenceCall { Model = "good", Inputs = inputs, MaxSteps = 0 }, null, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await testing.Service.RunAsync(new InferenceCall { Model = "good", Inputs = inputs, MaxSteps = 2 }, null, Token));

        async Task Expect(string model, InferenceStatus status, string reason)
        {
            InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = model, Inputs = inputs, Within = s_minute }, null, Token);
            Assert.Equal(status, reply.Status);
            Assert.Contains(reason, reply.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunAsync_NoTime_RefusedAtOnce()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 512, hidden: 2048);
        await testing.PublishAsync("a", graph);
        InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(graph, 1), Within = TimeSpan.Zero }, null, Token);
        Assert.Equal((InferenceStatus.Refused, (AdmissionStatus?)AdmissionStatus.DeadlineCannotHold), (reply.Status, reply.Outcome?.Admission.Status));
        Assert.Equal(0, testing.Log.Count);
    }

    [Fact]
    public async Task RunAsync_MemoryForOneModel_TheIdleOneMakesRoom()
    {
        IntegerGraph[] graphs = [GraphFileTests.Dense(1, hidden: 4096), GraphFileTests.Dense(2, hidden: 4096)];
        using var testing = new ServiceTesting(memory: 1 << 20, maxBatch: 1);
        await testing.PublishAsync("a", graphs[0]);
        await testing.PublishAsync("b", graphs[1]);
        await testing.PublishAsync("large", GraphFileTests.Dense(4, inputs: 256, hidden: 8192));
        for (int i = 0; i < 6; i++) await RunAsync(testing, i % 2 == 0 ? "a" : "b", graphs[i % 2]);
        ReadOnlyMemory<byte>[] inputs = [new byte[256]];
        InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = "large", Inputs = inputs, Within = s_minute }, null, Token);
        Assert.Equal(InferenceStatus.Refused, reply.Status);
        Assert.Contains("bytes of memory", reply.Reason, StringComparison.Ordinal);
        await RunAsync(testing, "a", graphs[0]);
    }

    [Fact]
    public async Task RunAsync_LogIsFull_NothingOfTheRunIsLost()
    {
        using var testing = new ServiceTesting { LogIsFull = true };
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, 1);
        InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = "a", Inputs = inputs, Within = s_minute }, null, Token);
        Assert.Equal((InferenceStatus.NotRecorded, 0, "the log is full", 1), (reply.Status, reply.Recorded, reply.Reason, reply.Receipts.Count));
        Assert.Equal(ServiceTesting.Alone(graph, inputs), reply.Outputs.Select(o => o.ToArray()));
    }

    [Fact]
    public async Task InMemoryReceiptLog_Full_RefusesAndKeepsWhatItHas()
    {
        var log = new InMemoryReceiptLog(capacity: 2);
        Assert.Equal((0L, 1L), (await log.AppendAsync(new byte[] { 1 }, Token), await log.AppendAsync(new byte[] { 2 }, Token)));
        await Assert.ThrowsAsync<IOException>(async () => await log.AppendAsync(new byte[] { 3 }, Token));
        Assert.Equal((2, 2, (byte)2), (log.Count, log.Capacity, log[1].Span[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryReceiptLog(-1));
    }

    [Fact]
    public async Task RunAsync_CancelledWhileItLoads_OthersGoOn()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        testing.BeforeOpen = token => open.Task.WaitAsync(token);
        using var stop = new CancellationTokenSource();
        Task<InferenceReply> cancelled = testing.Service.RunAsync(new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(graph, 1), Within = s_minute }, null, stop.Token).AsTask();
        Task<InferenceReply> other = testing.Service.RunAsync(new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(graph, 1), Within = s_minute }, null, Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        open.SetResult();
        Assert.Equal(InferenceStatus.Done, (await other).Status);
        Assert.True(testing.Service.TryUnload(ServiceTesting.RootOf("a")));
        Assert.Equal(64 << 20, testing.Pool.FreeMemory);
    }

    /// <summary>Steps of one request, each from the outputs of the one before, with a receipt for each.</summary>
    [Fact]
    public async Task RunAsync_SeveralSteps_EachHasItsReceipt()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 10);
        await testing.PublishAsync("a", graph);
        ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, 1);
        InferenceReply reply = await testing.Service.RunAsync(
            new InferenceCall
            {
                Model = "a", Inputs = inputs, Within = s_minute, MaxSteps = 9,
                Next = (step, outputs, next) =>
                {
                    outputs[0].Span.CopyTo(next[0].Span);
                    return step < 4;
                },
            },
            null, Token);
        Assert.Equal((InferenceStatus.Done, 4, 4), (reply.Status, reply.Receipts.Count, testing.Log.Count));
        byte[][] last = [];
        for (int i = 0; i < 4; i++)
        {
            last = ServiceTesting.Alone(graph, inputs);
            inputs = [last[0]];
        }
        Assert.Equal(last, reply.Outputs.Select(o => o.ToArray()));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await testing.Service.RunAsync(
            new InferenceCall { Model = "a", Inputs = inputs, Within = s_minute, MaxSteps = 9, Next = (_, _, _) => throw new InvalidTimeZoneException() }, null, Token));
        Assert.Equal(0, testing.Pool.Requests);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task RunAsync(ServiceTesting testing, string model, IntegerGraph graph)
    {
        ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, 1);
        InferenceReply reply = await testing.Service.RunAsync(new InferenceCall { Model = model, Inputs = inputs, Within = s_minute }, null, Token);
        Assert.Equal((InferenceStatus.Done, null), (reply.Status, reply.Reason));
        Assert.Equal(ServiceTesting.Alone(graph, inputs), reply.Outputs.Select(o => o.ToArray()));
    }

    private sealed class Told(List<InferenceStage> stages) : IProgress<InferenceProgress>
    {
        public void Report(InferenceProgress value) => stages.Add(value.Stage);
    }
}
