using System.Collections.Concurrent;
using Prozchain.AI.Compute;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Compute;

public sealed class ComputePoolTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task RunAsync_ThousandAtOnce_AllDoneAndEverySlotBack()
    {
        using var pool = new ComputePool(new ComputeCapacity(1 << 20, 2));
        var runner = new Runner((items, _) =>
        {
            foreach (object item in items) Interlocked.Increment(ref ((Counter)item).Steps);
        });
        Assert.True(pool.TryAddModel(new ModelDemand { RequestMemory = 1000, StepTime = TimeSpan.FromTicks(10) }, runner, out int model));
        Counter[] counters = [.. Enumerable.Range(0, 1000).Select(_ => new Counter())];
        ComputeOutcome[] outcomes = await Task.WhenAll(counters.Select((counter, i) => pool.RunAsync(model, counter, 1 + i % 3, s_hour, Token).AsTask()));
        Assert.All(outcomes, outcome => Assert.Equal(ComputeStatus.Done, outcome.Status));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => 1 + i % 3), counters.Select(c => c.Steps));
        Assert.Equal((1L << 20, 2, 0), (pool.FreeMemory, pool.FreeCores, pool.Requests));
        Assert.InRange(runner.LargestBatch, 2, 16);
        Assert.True(pool.TryRemoveModel(model));
    }

    /// <summary>As many batches at once as there are cores, each on a thread of the pool's own that stays.</summary>
    [Fact]
    public async Task RunAsync_ManyAtOnce_OneWorkerACore()
    {
        const int Cores = 3;
        using var pool = new ComputePool(new ComputeCapacity(0, Cores));
        var threads = new ConcurrentDictionary<int, string?>();
        int running = 0, most = 0;
        pool.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = TimeSpan.FromTicks(10) }, new Runner((_, _) =>
        {
            int now = Interlocked.Increment(ref running);
            for (int seen = most; now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = most) ;
            threads[Environment.CurrentManagedThreadId] = Thread.CurrentThread.Name;
            Thread.Sleep(1);
            Interlocked.Decrement(ref running);
        }), out int model);
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => pool.RunAsync(model, this, 1, s_hour, Token).AsTask()));
        Assert.Equal((Cores, Cores), (most, threads.Count));
        Assert.Equal(Enumerable.Range(0, Cores).Select(i => $"Prozchain.AI worker {i}"), threads.Values.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task RunAsync_NoRoom_RefusedAtOnceWithTheReason()
    {
        using var pool = new ComputePool(new ComputeCapacity(10, 1));
        Assert.True(pool.TryAddModel(new ModelDemand { RequestMemory = 11 }, new Runner(), out int model));
        ComputeOutcome outcome = await pool.RunAsync(model, this, 1, s_hour, Token);
        Assert.Equal((ComputeStatus.Refused, AdmissionStatus.NoMemory, 10L), (outcome.Status, outcome.Admission.Status, outcome.Admission.FreeMemory));
        await Assert.ThrowsAsync<ArgumentException>(async () => await pool.RunAsync(model + 1, this, 1, s_hour, Token));
    }

    /// <summary>Whoever floods a pool with what it refuses makes it allocate nothing.</summary>
    [Fact]
    public void RunAsync_FloodOfRefusals_AllocatesNothing()
    {
        using var pool = new ComputePool(new ComputeCapacity(10, 1));
        pool.TryAddModel(new ModelDemand { RequestMemory = 5 }, new Runner(), out int model);
        int refused = 0;
        AllocationAssert.None(() =>
        {
            foreach (int steps in (ReadOnlySpan<int>)[1, int.MaxValue])
            {
                ValueTask<ComputeOutcome> run = pool.RunAsync(model, this, steps, TimeSpan.Zero);
                if (run.Result.Status == ComputeStatus.Refused) refused++;
            }
        });
        Assert.InRange(refused, 1, int.MaxValue);
        Assert.Equal((10L, 0), (pool.FreeMemory, pool.Requests));
    }

    [Fact]
    public async Task RunAsync_RunnerFaults_ItsBatchAloneFails()
    {
        using var pool = new ComputePool(new ComputeCapacity(10, 1));
        var runner = new Runner((items, _) =>
        {
            if (items.Contains("bad")) throw new InvalidDataException("bad input");
        });
        pool.TryAddModel(new ModelDemand { RequestMemory = 10, MaxBatch = 1 }, runner, out int model);
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () => await pool.RunAsync(model, "bad", 1, s_hour, Token));
        Assert.Equal("bad input", thrown.Message);
        Assert.Equal((10L, 1), (pool.FreeMemory, pool.FreeCores));
        Assert.Equal(ComputeStatus.Done, (await pool.RunAsync(model, "good", 1, s_hour, Token)).Status);
    }

    [Fact]
    public async Task RunAsync_Cancelled_WaitingAtOnceAndRunningAfterItsStep()
    {
        using var pool = new ComputePool(new ComputeCapacity(20, 1));
        using var inStep = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var runner = new Runner((_, _) =>
        {
            inStep.Release();
            goOn.Wait(CancellationToken.None);
        });
        pool.TryAddModel(new ModelDemand { RequestMemory = 10, MaxBatch = 1 }, runner, out int model);
        using var stopRunning = new CancellationTokenSource();
        using var stopWaiting = new CancellationTokenSource();
        Task<ComputeOutcome> running = pool.RunAsync(model, "a", 100, s_hour, stopRunning.Token).AsTask();
        await inStep.WaitAsync(Token);
        Task<ComputeOutcome> waiting = pool.RunAsync(model, "b", 1, s_hour + s_hour, stopWaiting.Token).AsTask();
        Assert.Equal(0, pool.FreeMemory);
        await stopWaiting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(10, pool.FreeMemory);
        await stopRunning.CancelAsync();
        Assert.False(running.IsCompleted);
        goOn.Release();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal((20L, 1, 1), (pool.FreeMemory, pool.FreeCores, runner.Batches));
        using var before = new CancellationTokenSource();
        await before.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pool.RunAsync(model, "c", 1, s_hour, before.Token));
        Assert.Equal(0, pool.Requests);
    }

    [Fact]
    public async Task RunAsync_TurnComesTooLate_ToldLate()
    {
        var time = new VirtualTime();
        using var pool = new ComputePool(new ComputeCapacity(0, 1), time: time);
        using var inStep = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var runner = new Runner((_, _) =>
        {
            inStep.Release();
            goOn.Wait(CancellationToken.None);
        });
        pool.TryAddModel(new ModelDemand { MaxBatch = 1 }, runner, out int model);
        Task<ComputeOutcome> first = pool.RunAsync(model, "a", 1, TimeSpan.FromSeconds(1), Token).AsTask();
        await inStep.WaitAsync(Token);
        Task<ComputeOutcome> second = pool.RunAsync(model, "b", 1, TimeSpan.FromSeconds(2), Token).AsTask();
        time.Advance(TimeSpan.FromSeconds(3));
        goOn.Release();
        Assert.Equal((ComputeStatus.Done, TimeSpan.FromSeconds(3)), ((await first).Status, (await first).Took));
        Assert.Equal((ComputeStatus.Late, TimeSpan.FromSeconds(3)), ((await second).Status, (await second).Waited));
        Assert.Equal(1, runner.Batches);
    }

    [Fact]
    public async Task Dispose_WorkLeft_ClosesWhatWaitsAndEndsWhatRuns()
    {
        var pool = new ComputePool(new ComputeCapacity(0, 1));
        using var inStep = new SemaphoreSlim(0);
        var runner = new Runner((_, stop) =>
        {
            inStep.Release();
            stop.WaitHandle.WaitOne();
        });
        pool.TryAddModel(new ModelDemand { MaxBatch = 1 }, runner, out int model);
        Task<ComputeOutcome> once = pool.RunAsync(model, "a", 1, s_hour, Token).AsTask();
        await inStep.WaitAsync(Token);
        Task<ComputeOutcome> waiting = pool.RunAsync(model, "b", 9, s_hour, Token).AsTask();
        await Task.Run(pool.Dispose, Token);
        Assert.Equal((ComputeStatus.Done, ComputeStatus.Closed), ((await once).Status, (await waiting).Status));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pool.RunAsync(model, "c", 1, s_hour, Token));
        pool.Dispose();
    }

    /// <summary>A runner that heeds the pool's token breaks off its step: the requests are closed, not faulted, and not done.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task Dispose_RunnerBreaksOff_TheRequestIsClosed(int steps)
    {
        var pool = new ComputePool(new ComputeCapacity(10, 1));
        using var inStep = new SemaphoreSlim(0);
        pool.TryAddModel(new ModelDemand { RequestMemory = 10 }, new Runner((_, stop) =>
        {
            inStep.Release();
            stop.WaitHandle.WaitOne();
            stop.ThrowIfCancellationRequested();
        }), out int model);
        Task<ComputeOutcome> running = pool.RunAsync(model, "a", steps, s_hour, Token).AsTask();
        await inStep.WaitAsync(Token);
        await Task.Run(pool.Dispose, Token);
        Assert.Equal(ComputeStatus.Closed, (await running).Status);
        Assert.Equal((10L, 0), (pool.FreeMemory, pool.Requests));
    }

    [Fact]
    public async Task Dispose_InTheMiddleOfSteps_TheRequestIsClosed()
    {
        var pool = new ComputePool(new ComputeCapacity(0, 1));
        using var inStep = new SemaphoreSlim(0);
        pool.TryAddModel(new ModelDemand { MaxBatch = 1 }, new Runner((_, stop) =>
        {
            inStep.Release();
            stop.WaitHandle.WaitOne();
        }), out int model);
        Task<ComputeOutcome> long_ = pool.RunAsync(model, "a", 50, s_hour, Token).AsTask();
        await inStep.WaitAsync(Token);
        await Task.Run(pool.Dispose, Token);
        Assert.Equal(ComputeStatus.Closed, (await long_).Status);
    }

    /// <summary>The code that a worker runs closes the pool: it does not wait for itself.</summary>
    [Fact]
    public async Task Dispose_FromAStep_TheRequestIsClosed()
    {
        var pool = new ComputePool(new ComputeCapacity(10, 2));
        pool.TryAddModel(new ModelDemand { RequestMemory = 5 }, new Runner((_, _) => pool.Dispose()), out int model);
        Task<ComputeOutcome> run = pool.RunAsync(model, "a", 9, s_hour, Token).AsTask();
        Assert.Equal(ComputeStatus.Closed, (await run.WaitAsync(TimeSpan.FromSeconds(30), Token)).Status);
        Assert.Equal((10L, 0), (pool.FreeMemory, pool.Requests));
    }

    /// <summary>Many threads that submit, cancel and are refused: the sums are right, and nobody waits for ever.</summary>
    [Fact]
    public async Task RunAsync_StormOfEverything_EverySlotComesBack()
    {
        using var pool = new ComputePool(new ComputeCapacity(400, 2));
        int[] models = new int[2];
        for (int m = 0; m < 2; m++)
        {
            Assert.True(pool.TryAddModel(
                new ModelDemand { RequestMemory = 7 + m, MaxBatch = 4, StepTime = TimeSpan.FromTicks(50) },
                new Runner((items, _) =>
                {
                    if (items[0] is 13) throw new InvalidDataException();
                }),
                out models[m]));
        }
        var tally = new ConcurrentDictionary<string, int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 400; i++)
            {
                using var stop = new CancellationTokenSource();
                string end;
                try
                {
                    ValueTask<ComputeOutcome> run = pool.RunAsync(models[random.Next(2)], random.Next(40), 1 + random.Next(3), TimeSpan.FromMilliseconds(random.Next(20)), stop.Token);
                    if (random.Next(3) == 0) stop.Cancel();
                    end = (await run).Status.ToString();
                }
                catch (OperationCanceledException)
                {
                    end = "cancelled";
                }
                catch (InvalidDataException)
                {
                    end = "fault";
                }
                tally.AddOrUpdate(end, 1, (_, n) => n + 1);
            }
        }, Token)));
        Assert.Equal(3200, tally.Values.Sum());
        Assert.True(tally.ContainsKey("Done") && tally.ContainsKey("cancelled"), string.Join(", ", tally));
        Assert.True(SpinWait.SpinUntil(() => pool.Requests == 0, TimeSpan.FromSeconds(30)));
        Assert.Equal((400L, 2), (pool.FreeMemory, pool.FreeCores));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class Counter
    {
        public int Steps;
    }

    private sealed class Runner(Runner.StepAction? step = null) : IBatchRunner
    {
        private int _batches, _largest;

        public delegate void StepAction(ReadOnlySpan<object> items, CancellationToken stop);

        public int Batches => _batches;

        public int LargestBatch => _largest;

        public void Step(ReadOnlySpan<object> requests, Span<bool> ended, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _batches);
            _largest = Math.Max(_largest, requests.Length);
            step?.Invoke(requests, cancellationToken);
        }
    }
}
