using System.Diagnostics;
using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Jobs;

/// <summary>Workers that are killed, die of a job or never end one: every job is finished or failed within its bounds.</summary>
public sealed class ProofWorkerProcessesTests
{
    private const string DirectoryVariable = "PROZCHAIN_JOBS";
    private const byte Poison = 1, Stuck = 2, DiesOnce = 3;

    private static readonly ProofJobOptions s_options = new() { MaxAttempts = 2, MaxTotalTime = TimeSpan.FromSeconds(60), Backoff = TimeSpan.FromMilliseconds(10) };

    [Fact]
    public async Task Run_WorkersThatDie_FinishWhatCanBeFinished()
    {
        if (ChildTest.Role == "prover")
        {
            await new ProofWorker(new ProofJobStore(Environment.GetEnvironmentVariable(DirectoryVariable)!, s_options), new EchoWork(Misbehave)).RunAsync(CancellationToken.None);
            return;
        }
        string directory = Directory.CreateTempSubdirectory("prozchain").FullName;
        try
        {
            var store = new ProofJobStore(directory, s_options);
            Digest32 poison = store.Submit([Poison]), once = store.Submit([DiesOnce, 7]);
            Digest32[] good = [.. Enumerable.Range(10, 5).Select(i => store.Submit([(byte)i, 1]))];
            ProcessStartInfo Start(int _) => ChildTest.Describe("prover", new Dictionary<string, string?> { [DirectoryVariable] = directory });
            using var stop = new CancellationTokenSource();
            Task workers = new ProofWorkerProcesses(store, Start, 2) { Poll = TimeSpan.FromMilliseconds(20) }.RunAsync(stop.Token);
            foreach (Digest32 id in good)
            {
                ProofJob job = await store.WaitAsync(id, TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
                Assert.Equal(ProofJobState.Finished, job.State);
            }
            ProofJob died = await store.WaitAsync(once, TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            Assert.Equal((ProofJobState.Finished, 2), (died.State, died.Attempts));
            Assert.True(store.TryRead(once, out ReadOnlyMemory<byte> proof));
            Assert.Equal(new byte[] { 7, DiesOnce }, proof.ToArray());
            ProofJob dead = await store.WaitAsync(poison, TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            Assert.Equal((ProofJobState.Failed, 2), (dead.State, dead.Attempts));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workers);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Run_WorkerThatNeverEnds_IsKilledWhenTheTimeIsOver()
    {
        var options = new ProofJobOptions { MaxTotalTime = TimeSpan.FromSeconds(6) };
        if (ChildTest.Role == "prover")
        {
            await new ProofWorker(new ProofJobStore(Environment.GetEnvironmentVariable(DirectoryVariable)!, options), new EchoWork(Misbehave)).RunAsync(CancellationToken.None);
            return;
        }
        string directory = Directory.CreateTempSubdirectory("prozchain").FullName;
        try
        {
            var store = new ProofJobStore(directory, options);
            Digest32 id = store.Submit([Stuck]);
            ProcessStartInfo Start(int _) => ChildTest.Describe("prover", new Dictionary<string, string?> { [DirectoryVariable] = directory });
            using var stop = new CancellationTokenSource();
            Task workers = new ProofWorkerProcesses(store, Start, 1) { Poll = TimeSpan.FromMilliseconds(20), Grace = TimeSpan.FromMilliseconds(100) }.RunAsync(stop.Token);
            while (store.Find(id) is { State: ProofJobState.Queued }) await Task.Delay(20, TestContext.Current.CancellationToken);
            ProofJob job = await store.WaitAsync(id, TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            Assert.Equal((ProofJobState.Failed, 1), (job.State, job.Attempts));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => workers);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Task Misbehave(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        // A mark beside the jobs tells the second life from the first.
        string mark = Path.Combine(Environment.GetEnvironmentVariable(DirectoryVariable)!, "died");
        if (input.Span[0] == Stuck) Thread.Sleep(Timeout.Infinite);
        if (input.Span[0] == Poison || input.Span[0] == DiesOnce && !File.Exists(mark))
        {
            if (input.Span[0] == DiesOnce) File.WriteAllText(mark, "");
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
        return Task.CompletedTask;
    }
}
