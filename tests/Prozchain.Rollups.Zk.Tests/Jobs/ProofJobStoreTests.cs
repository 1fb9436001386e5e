using Prozchain.Rollups.Zk.Jobs;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Jobs;

/// <summary>Jobs are named by their input, tried within bounds, and a finished proof stays.</summary>
public sealed class ProofJobStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("prozchain").FullName;
    private readonly VirtualTime _time = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Submit_TheSameTwice_IsOneJobAndOneProof()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([1, 2, 3]);
        Assert.Equal(ProofJobState.Queued, store.Find(id).State);
        Assert.False(store.TryRead(id, out _));
        var work = new EchoWork();
        Assert.True(await new ProofWorker(store, work).StepAsync(Token));

        // Another process, after a restart say, hands it in again.
        ProofJobStore other = NewStore();
        Assert.Equal(id, other.Submit([1, 2, 3]));
        Assert.Equal(ProofJobState.Finished, other.Find(id).State);
        Assert.True(other.TryRead(id, out ReadOnlyMemory<byte> proof));
        Assert.Equal(new byte[] { 3, 2, 1 }, proof.ToArray());
        Assert.False(await new ProofWorker(other, work).StepAsync(Token));
        Assert.Equal(1, work.Calls);
        Assert.False(other.Again(id));
        Assert.True(other.Remove(id));
        Assert.Equal(ProofJobState.Unknown, store.Find(id).State);
    }

    [Fact]
    public async Task Step_TwoWorkers_NeverHaveTheSameJob()
    {
        ProofJobStore store = NewStore();
        Digest32[] ids = [store.Submit([1]), store.Submit([2])];
        var gate = new TaskCompletionSource();
        var work = new EchoWork((_, _) => gate.Task);
        Task<bool> first = new ProofWorker(store, work).StepAsync(Token).AsTask(), second = new ProofWorker(NewStore(), work).StepAsync(Token).AsTask();
        Assert.All(ids, id => Assert.Equal(ProofJobState.Running, store.Find(id).State));
        Assert.All(ids, id => Assert.Equal(0.5, store.Find(id).Progress));
        Assert.All(ids, id => Assert.Equal(Environment.ProcessId, store.Find(id).Worker));
        Assert.False(store.Remove(ids[0]));
        Assert.False(await new ProofWorker(store, work).StepAsync(Token));
        gate.SetResult();
        Assert.True(await first && await second);
        Assert.Equal(2, work.Calls);
        Assert.All(ids, id => Assert.Equal(ProofJobState.Finished, store.Find(id).State));
    }

    [Fact]
    public async Task Step_FailingWork_IsTriedWithinItsAttemptsAndWithPauses()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([9]);
        bool isMended = false;
        var work = new EchoWork((_, _) => isMended ? Task.CompletedTask : throw new InvalidOperationException("no luck"));
        var worker = new ProofWorker(store, work);
        Assert.True(await worker.StepAsync(Token));
        Assert.False(await worker.StepAsync(Token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await worker.StepAsync(Token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await worker.StepAsync(Token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await worker.StepAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await worker.StepAsync(Token));
        ProofJob job = store.Find(id);
        Assert.Equal((ProofJobState.Failed, 3), (job.State, job.Attempts));
        Assert.Contains("InvalidOperationException: no luck", job.Failure);

        isMended = true;
        Assert.True(store.Again(id));
        Assert.True(await worker.StepAsync(Token));
        Assert.Equal(ProofJobState.Finished, store.Find(id).State);
    }

    [Fact]
    public async Task Step_WrongJob_IsNotTriedAgain()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([7]);
        var work = new EchoWork((_, _) => throw new ArgumentException("Expected a budget of 8 GiB, got 1."));
        var worker = new ProofWorker(store, work);
        Assert.True(await worker.StepAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await worker.StepAsync(Token));
        Assert.Equal(1, work.Calls);
        Assert.Equal((ProofJobState.Failed, "ArgumentException: Expected a budget of 8 GiB, got 1."), (store.Find(id).State, store.Find(id).Failure));
    }

    [Fact]
    public async Task Step_JobWhoseTimeIsOver_IsCancelledAndNotBegunAgain()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([5]);
        var work = new EchoWork((_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token));
        Task<bool> step = new ProofWorker(store, work).StepAsync(Token).AsTask();
        Assert.Equal(ProofJobState.Running, store.Find(id).State);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(await step);
        Assert.False(await new ProofWorker(store, work).StepAsync(Token));
        Assert.Equal(ProofJobState.Failed, store.Find(id).State);
        Assert.Contains("Its time was over", store.Find(id).Failure);
    }

    [Fact]
    public async Task Step_StoppedWorker_LeavesTheJobToTheNext()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([6]);
        using var stop = new CancellationTokenSource();
        Task<bool> step = new ProofWorker(store, new EchoWork((_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token))).StepAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await new ProofWorker(store, new EchoWork()).StepAsync(Token));
        Assert.Equal((ProofJobState.Finished, 2), (store.Find(id).State, store.Find(id).Attempts));
    }

    [Fact]
    public async Task Step_DiskThatTakesNothing_KeepsTheProofUntilItDoes()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([4, 2]);
        // Where the proof is to be written stands something else.
        string obstacle = Path.Combine(_directory, Convert.ToHexStringLower(id.Span), $"proof.{Environment.ProcessId}.part");
        Directory.CreateDirectory(obstacle);
        var work = new EchoWork();
        Task<bool> step = new ProofWorker(store, work).StepAsync(Token).AsTask();
        for (int i = 0; i < 5; i++) _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(step.IsCompleted);
        Directory.Delete(obstacle);
        while (!step.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.True(await step);
        Assert.True(store.TryRead(id, out ReadOnlyMemory<byte> proof));
        Assert.Equal(new byte[] { 2, 4 }, proof.ToArray());
        Assert.Equal(1, work.Calls);
    }

    [Fact]
    public async Task TryRead_DamagedProof_IsPutAsideAndMadeAgain()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([8, 8, 1]);
        var worker = new ProofWorker(store, new EchoWork());
        Assert.True(await worker.StepAsync(Token));
        string path = Path.Combine(_directory, Convert.ToHexStringLower(id.Span), "proof");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.False(store.TryRead(id, out _));
        Assert.True(File.Exists(path + ".damaged"));
        Assert.True(await worker.StepAsync(Token));
        Assert.True(store.TryRead(id, out _));
    }

    [Fact]
    public async Task TryRead_DiskThatCannotBeRead_ThrowsAndKeepsTheProof()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([8, 1]);
        Assert.True(await new ProofWorker(store, new EchoWork()).StepAsync(Token));
        string path = Path.Combine(_directory, Convert.ToHexStringLower(id.Span), "proof"), aside = path + ".elsewhere";
        // A link to itself: the system says that it cannot be opened, not that it is not there.
        File.Move(path, aside);
        File.CreateSymbolicLink(path, path);
        Assert.Throws<IOException>(() => store.TryRead(id, out _));
        Assert.False(File.Exists(path + ".damaged"));
        File.Delete(path);
        File.Move(aside, path);
        Assert.True(store.TryRead(id, out _));
    }

    [Fact]
    public async Task Step_DamagedInput_FailsWithTheReason()
    {
        ProofJobStore store = NewStore();
        Digest32 id = store.Submit([3, 3, 3]);
        string path = Path.Combine(_directory, Convert.ToHexStringLower(id.Span), "input");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var work = new EchoWork();
        Assert.False(await new ProofWorker(store, work).StepAsync(Token));
        Assert.Equal((ProofJobState.Failed, 0), (store.Find(id).State, work.Calls));
        Assert.Contains("input", store.Find(id).Failure);
    }

    [Fact]
    public void List_StrangeFilesInTheDirectory_AreNoJobs()
    {
        ProofJobStore store = NewStore();
        Digest32 first = store.Submit([1]);
        _time.Advance(TimeSpan.FromSeconds(1));
        Digest32 second = store.Submit([2]);
        Directory.CreateDirectory(Path.Combine(_directory, "lost+found"));
        Directory.CreateDirectory(Path.Combine(_directory, new string('0', 64)));
        File.WriteAllText(Path.Combine(_directory, Convert.ToHexStringLower(second.Span), "progress"), "hello");
        Assert.Equal([first, second], store.List().Select(job => job.Id));
    }

    [Fact]
    public void Submit_OutOfBounds_Throws()
    {
        ProofJobStore store = new(_directory, new ProofJobOptions { MaxBytes = 4 }, _time);
        Assert.Throws<ArgumentException>(() => store.Submit([]));
        Assert.Throws<ArgumentException>(() => store.Submit(new byte[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProofJobStore(_directory, new ProofJobOptions { MaxAttempts = 0 }));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ProofJobStore NewStore() => new(_directory, null, _time);
}
