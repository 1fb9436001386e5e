using Prozchain.AI.Compute;
using Prozchain.AI.Engine;
using Prozchain.AI.Inference;
using Prozchain.AI.Registry;
using Prozchain.AI.Tests.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Inference;

/// <summary>Whatever ends a call, at whatever step, what it took is given back.</summary>
public sealed class ServiceReleaseTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    /// <summary>Seeded rounds of calls that are cancelled at any step, whose ports fault at any step, of models with and without a context.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_AnyFaultAtAnyStep_EverythingComesBack(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        using var testing = new ServiceTesting();
        (string Name, IntegerGraph Graph)[] models = [("dense", GraphFileTests.Dense(1, inputs: 10)), ("decoder", SmallModels.Decoder())];
        foreach ((string name, IntegerGraph graph) in models) await testing.PublishAsync(name, graph);
        long free = testing.Pool.FreeMemory;
        var seen = new Dictionary<string, int>();
        for (int round = 0; round < 60; round++)
        {
            var port = (Port)random.Next(Enum.GetValues<Port>().Length);
            Break(testing, port);
            bool hasReloaded = random.Next(2) == 0;
            if (hasReloaded)
                foreach ((string name, _) in models) testing.Service.TryUnload(ServiceTesting.RootOf(name));
            Task<string>[] calls = [.. Enumerable.Range(0, 6).Select(i => CallAsync(testing, models[random.Next(2)], (Ending)random.Next(Enum.GetValues<Ending>().Length), random.Fork((ulong)(round * 8 + i))))];
            foreach (string end in await Task.WhenAll(calls)) seen[end] = seen.GetValueOrDefault(end) + 1;
            Assert.True(SpinWait.SpinUntil(() => testing.Pool.Requests == 0 && testing.Service.Loading == 0, s_minute), $"Round {round}: a slot or a load is left after {port}.");
        }
        Break(testing, Port.None);
        foreach ((string name, IntegerGraph graph) in models) Assert.Equal("Done", await CallAsync(testing, (name, graph), Ending.Done, random));
        foreach ((string name, _) in models) Assert.True(testing.Service.TryUnload(ServiceTesting.RootOf(name)), $"{name} is still in use.");
        Assert.Equal((free, 2, 0), (testing.Pool.FreeMemory, testing.Pool.FreeCores, testing.Pool.Requests));
        Assert.True(SpinWait.SpinUntil(() => testing.Service.Cache.HeldBytes == 0, s_minute));
        foreach (string end in new[] { "Done", "NotLoaded", "NotRecorded", "Refused", "WrongInput", "OperationCanceledException", "TaskCanceledException", "InvalidTimeZoneException", "InvalidCastException" })
            Assert.True(seen.ContainsKey(end), $"No call ended with {end}: {string.Join(", ", seen)}");
    }

    [Fact]
    public async Task RunAsync_PoolClosesMeanwhile_ToldAndNothingHeld()
    {
        using var testing = new ServiceTesting(cores: 1);
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 10);
        await testing.PublishAsync("a", graph);
        using HeldRequest running = await HeldRequest.BeginAsync(testing, "a", graph, steps: 50);
        Task closing = Task.Run(testing.Pool.Dispose, Token);
        Assert.True(SpinWait.SpinUntil(() => testing.Pool.IsClosed, s_minute));
        running.GoOn();
        await closing;
        Assert.Equal(InferenceStatus.Closed, (await running.Reply).Status);
        Assert.Equal(InferenceStatus.Closed, (await testing.RunAsync(new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(graph, 1) })).Status);
        Assert.True(testing.Service.TryUnload(ServiceTesting.RootOf("a")));
        Assert.Equal(64 << 20, testing.Pool.FreeMemory);
    }

    [Fact]
    public async Task RunAsync_HostileSizes_RefusedBeforeTheyCostAnything()
    {
        using var testing = new ServiceTesting();
        IntegerGraph dense = GraphFileTests.Dense(1, inputs: 10), decoder = SmallModels.Decoder();
        await testing.PublishAsync("dense", dense);
        await testing.PublishAsync("decoder", decoder);
        Expect(InferenceStatus.WrongInput, "at most 64 steps, got 2147483647", await Steps("dense", dense, int.MaxValue, s_minute));
        Expect(InferenceStatus.WrongInput, "at most 24 steps, got 25", await Steps("decoder", decoder, 25, s_minute));
        Assert.Equal(InferenceStatus.Done, (await Steps("decoder", decoder, 24, TimeSpan.MaxValue)).Status);
        Expect(InferenceStatus.Refused, "end within -", await Steps("dense", dense, 1, TimeSpan.MinValue));
        Assert.Equal(0, testing.Pool.Requests);

        Task<InferenceReply> Steps(string model, IntegerGraph graph, int steps, TimeSpan within) => testing.RunAsync(new InferenceCall
        {
            Model = model, Inputs = ServiceTesting.Zeros(graph), Within = within, MaxSteps = steps, Next = (_, _, _) => true,
        });

        static void Expect(InferenceStatus status, string reason, InferenceReply reply)
        {
            Assert.Equal(status, reply.Status);
            Assert.Contains(reason, reply.Reason, StringComparison.Ordinal);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Break(ServiceTesting testing, Port port)
    {
        testing.ReadFault = port == Port.Read ? new IOException("gone") : null;
        testing.SignFault = port == Port.Signer ? new InvalidTimeZoneException() : null;
        testing.LogFault = port switch { Port.Log => new IOException("full"), Port.LogBug => new InvalidTimeZoneException(), _ => null };
        testing.BeforeOpen = port switch
        {
            Port.Open => _ => throw new IOException("not there"),
            Port.OpenBug => _ => throw new InvalidTimeZoneException(),
            Port.OpenCancels => _ => throw new OperationCanceledException("of its own"),
            Port.OpenSlowly => async token => await Task.Delay(3, token),
            _ => null,
        };
    }

    private static async Task<string> CallAsync(ServiceTesting testing, (string Name, IntegerGraph Graph) model, Ending ending, SeededRandom random)
    {
        using var stop = new CancellationTokenSource();
        InferenceStage at = Enum.GetValues<InferenceStage>()[random.Next(Enum.GetValues<InferenceStage>().Length)];
        if (ending == Ending.CancelledSoon) stop.CancelAfter(random.Next(4));
        if (ending == Ending.CancelledBefore) await stop.CancelAsync();
        var call = new InferenceCall
        {
            Model = model.Name, MaxSteps = 1 + random.Next(20), Within = ending == Ending.NoTime ? TimeSpan.Zero : s_minute,
            Inputs = ending == Ending.WrongInput ? [new byte[1]] : ServiceTesting.Zeros(model.Graph),
            Next = (step, _, inputs) =>
            {
                if (ending == Ending.CancelledInStep && step == 2) stop.Cancel();
                if (ending == Ending.NextThrows && step == 2) throw new InvalidCastException();
                if (ending == Ending.NextWritesNonsense && step == 2) inputs[0].Span.Fill(0x80);
                return true;
            },
        };
        try
        {
            return (await testing.RunAsync(call, stage =>
            {
                if (ending == Ending.CancelledAtStage && stage == at) stop.Cancel();
                if (ending == Ending.ProgressThrows && stage == at) throw new InvalidCastException();
            }, stop.Token)).Status.ToString();
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            return e.GetType().Name;
        }
    }

    private enum Port
    {
        None, Read, Signer, Log, LogBug, Open, OpenBug, OpenCancels, OpenSlowly,
    }

    private enum Ending
    {
        Done, CancelledAtStage, CancelledSoon, CancelledBefore, CancelledInStep, ProgressThrows, NextThrows, NextWritesNonsense, WrongInput, NoTime,
    }
}
