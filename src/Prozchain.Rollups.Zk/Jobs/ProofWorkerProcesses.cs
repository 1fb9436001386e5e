using System.Diagnostics;

namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>
/// Keeps worker processes at work on a store of this machine: one that dies is started again after a pause, and one that stays with a job
/// beyond that job's time is killed. What a process must do is run <see cref="ProofWorker"/> over the same directory.
/// </summary>
/// <param name="store">The jobs.</param>
/// <param name="start">How a worker is started, by its number from 0.</param>
/// <param name="count">How many, at least 1: as many as the machine has memory for.</param>
public sealed class ProofWorkerProcesses(ProofJobStore store, Func<int, ProcessStartInfo> start, int count)
{
    /// <summary>How often to look after them; also the first pause before one is started again, which doubles up to 64 times that while it dies at once.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long after a job's time a worker may take to give it up.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Works until it is cancelled, and ends the processes then.</summary>
    /// <exception cref="InvalidOperationException">A process cannot be started.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var processes = new Process?[count];
        var due = new DateTimeOffset[count];
        var deaths = new int[count];
        try
        {
            while (true)
            {
                DateTimeOffset now = store.Time.GetUtcNow();
                for (int i = 0; i < count; i++)
                {
                    if (processes[i] is { HasExited: true } dead)
                    {
                        dead.Dispose();
                        processes[i] = null;
                        // One that lived for long dies for the first time again.
                        deaths[i] = now - due[i] > Poll * 64 ? 0 : Math.Min(deaths[i] + 1, 6);
                        due[i] = now + Poll * (1 << deaths[i]);
                    }
                    if (processes[i] is null && now >= due[i])
                        (processes[i], due[i]) = (Process.Start(start(i)) ?? throw new InvalidOperationException($"Expected worker {i} to start, got no process."), now);
                }
                foreach (ProofJob job in store.List())
                    if (job.State == ProofJobState.Running && now > job.Submitted + store.Options.MaxTotalTime + Grace)
                        Array.Find(processes, process => process?.Id == job.Worker)?.Kill(entireProcessTree: true);
                await Task.Delay(Poll, store.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (Process? process in processes)
            {
                if (process is null) continue;
                if (!process.HasExited) process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }
    }
}
