using Prozchain.AI.Engine;
using Prozchain.AI.Inference;

namespace Prozchain.AI.Tests.Inference;

/// <summary>Models that come and go: loads that are shared, fail, are given up, or find no room.</summary>
public sealed class ServiceLoadingTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>Models that cannot be loaded, one after the other, leave nothing behind; who asks for one meanwhile shares its failure.</summary>
    [Fact]
    public async Task RunAsync_ManyModelsThatFail_LeaveNothingAndAreTriedOnceForAllWhoWait()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        for (int i = 0; i < 40; i++)
        {
            await testing.PublishAsync($"lost/{i}", graph);
            testing.Lose($"lost/{i}");
        }
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        testing.BeforeOpen = token => open.Task.WaitAsync(token);
        Task<InferenceReply>[] calls = [.. Enumerable.Range(0, 200).Select(i => testing.RunAsync(new InferenceCall { Model = $"lost/{i % 40}", Inputs = ServiceTesting.Input(graph, 1) }))];
        Assert.Equal(40, testing.Service.Loading);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref testing.Opened) == 2, s_minute), "No more than MaxLoads are loaded at once.");
        open.SetResult();
        foreach (InferenceReply reply in await Task.WhenAll(calls)) Assert.Equal(InferenceStatus.NotLoaded, reply.Status);
        Assert.Equal((40, 0), (testing.Opened, testing.Service.Loading));
    }

    /// <summary>Two models share weights; the one whose load the other joined is given up in the middle. The other reads its own bytes.</summary>
    [Fact]
    public async Task RunAsync_JoinedLoadOfAnotherModelEnds_LoadsItsOwn()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        await testing.PublishAsync("b", graph);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int reads = 0;
        // The third read behind the header is of a constant, by way of the cache.
        testing.BeforeRead = name => name == "a" && testing.Service.Cache.Misses > 0 && Interlocked.Increment(ref reads) > 0 ? gate.Task : Task.CompletedTask;
        using var stop = new CancellationTokenSource();
        var call = new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(graph, 1), Within = s_minute };
        Task<InferenceReply> first = testing.RunAsync(call, null, stop.Token);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref reads) == 1, s_minute));
        Task<InferenceReply> second = testing.RunAsync(new InferenceCall { Model = "b", Inputs = call.Inputs, Within = s_minute });
        Assert.True(SpinWait.SpinUntil(() => testing.Service.Cache.Misses == 2, s_minute));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.True(SpinWait.SpinUntil(() => testing.Service.Loading == 1, s_minute));
        gate.SetException(new IOException("the stores of a are gone"));
        InferenceReply reply = await second;
        Assert.Equal((InferenceStatus.Done, null), (reply.Status, reply.Reason));
    }

    /// <summary>A model that cannot fit sends nobody away; one that can, only who must go.</summary>
    [Fact]
    public async Task RunAsync_ModelTooLarge_TheOthersStay()
    {
        IntegerGraph small = GraphFileTests.Dense(1, hidden: 4096);
        using var testing = new ServiceTesting(memory: 1 << 20, maxBatch: 1, cacheBytes: 0);
        await testing.PublishAsync("a", small);
        await testing.PublishAsync("large", GraphFileTests.Dense(4, inputs: 256, hidden: 8192));
        var call = new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(small, 1), Within = s_minute };
        Assert.Equal(InferenceStatus.Done, (await testing.RunAsync(call)).Status);
        long free = testing.Pool.FreeMemory;
        InferenceReply refused = await testing.RunAsync(new InferenceCall { Model = "large", Inputs = [new byte[256]], Within = s_minute });
        Assert.Equal((InferenceStatus.Refused, null), (refused.Status, refused.Outcome));
        Assert.Equal(free, testing.Pool.FreeMemory);
        Assert.Equal(InferenceStatus.Done, (await testing.RunAsync(call)).Status);
        Assert.Equal(2, testing.Opened);
    }

    /// <summary>A version that names another graph for the same bytes is not served by the model in memory.</summary>
    [Fact]
    public async Task RunAsync_SameBytesOtherGraph_IsNotServed()
    {
        using var testing = new ServiceTesting();
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        await testing.PublishAsync("b", graph, digest: [.. Enumerable.Repeat((byte)9, 32)], root: ServiceTesting.RootOf("a"));
        ReadOnlyMemory<byte>[] inputs = ServiceTesting.Input(graph, 1);
        Assert.Equal(InferenceStatus.Done, (await testing.RunAsync(new InferenceCall { Model = "a", Inputs = inputs, Within = s_minute })).Status);
        Assert.Equal(InferenceStatus.NotLoaded, (await testing.RunAsync(new InferenceCall { Model = "b", Inputs = inputs, Within = s_minute })).Status);
    }
}
