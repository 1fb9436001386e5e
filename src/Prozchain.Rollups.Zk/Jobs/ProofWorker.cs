namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>
/// Makes the proofs of a store, one at a time: in the host's process, or in one of its own, which may be killed at any moment. Run
/// as many as the machine has memory for.
/// </summary>
/// <param name="store">Where jobs come from and proofs go to.</param>
/// <param name="work">What makes a proof.</param>
public sealed class ProofWorker(ProofJobStore store, IProofWork work)
{
    /// <summary>How often to look for a job while there is none.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Works until it is cancelled; a job under way then waits for the next worker, and the attempt counts.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            bool isDone = false;
            try
            {
                isDone = await StepAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // A disk that takes nothing now may do so later; no job was begun.
            }
            if (!isDone) await Task.Delay(Poll, store.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes one attempt at one job.</summary>
    /// <returns>False if none waits.</returns>
    /// <exception cref="IOException">The disk did not take the note that an attempt begins: none began.</exception>
    public async ValueTask<bool> StepAsync(CancellationToken cancellationToken)
    {
        using ProofAttempt? attempt = store.TryBegin();
        if (attempt is null) return false;
        TimeSpan left = attempt.Deadline - store.Time.GetUtcNow();
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, store.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        ReadOnlyMemory<byte> proof;
        try
        {
            proof = await work.ProveAsync(attempt.Input, attempt, both.Token).ConfigureAwait(false);
            if (proof.IsEmpty || proof.Length > store.Options.MaxBytes) throw new InvalidOperationException($"Expected a proof of 1 to {store.Options.MaxBytes} bytes, got {proof.Length}.");
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            attempt.Fail(late.IsCancellationRequested ? "Its time was over." : "The worker was stopped.", isFinal: false, store.Time.GetUtcNow());
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
#pragma warning disable CA1031 // Whatever a proof fails with, the worker goes on with the next job, and the store tells the reason.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            attempt.Fail($"{failure.GetType().Name}: {failure.Message}", failure is ArgumentException, store.Time.GetUtcNow());
            return true;
        }
        await KeepAsync(attempt, proof, cancellationToken).ConfigureAwait(false);
        return true;
    }

    // A proof is dear: a full disk is waited for, however long.
    private async ValueTask KeepAsync(ProofAttempt attempt, ReadOnlyMemory<byte> proof, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                attempt.Finish(proof.Span);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                // Nobody waits for it any more.
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(Poll * Math.Min(tries, 50), store.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
