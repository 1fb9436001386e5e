using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>
/// The stores as one operation sees them: one that overran its time is not called again by this operation, and one that failed to
/// take pieces several times in a row is given no more.
/// </summary>
internal sealed class ShardCalls(IPieceStore[] stores, ModelVaultOptions options)
{
    private readonly bool[] _stalled = new bool[stores.Length];
    private readonly int[] _failures = new int[stores.Length];

    public IPieceStore this[int shard] => stores[shard];

    public bool HasStalled(int shard) => Volatile.Read(ref _stalled[shard]);

    public void Stall(int shard) => Volatile.Write(ref _stalled[shard], true);

    /// <summary>Whether pieces are still put there.</summary>
    public bool Takes(int shard) => !HasStalled(shard) && Volatile.Read(ref _failures[shard]) < options.MaxStoreFailures;

    /// <summary>Why no piece is put there.</summary>
    public PieceFaultKind WhyNot(int shard) => HasStalled(shard) ? PieceFaultKind.Stalled : PieceFaultKind.Unreachable;

    /// <summary>What came of a put, or of the question before it.</summary>
    public void Note(int shard, bool failed)
    {
        if (failed) Interlocked.Increment(ref _failures[shard]);
        else Volatile.Write(ref _failures[shard], 0);
    }

    /// <exception cref="IOException">The store failed or overran its time.</exception>
    public async ValueTask<bool> DeleteAsync(int shard, PieceKey key, CancellationToken cancellationToken)
    {
        if (HasStalled(shard)) throw new StalledException(shard, options.StoreTimeout);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ValueTask<bool> pending = stores[shard].DeleteAsync(key, source.Token);
        if (pending.IsCompleted) return await pending.ConfigureAwait(false);
        Task<bool> task = pending.AsTask();
        try
        {
            return await task.WaitAsync(options.StoreTimeout, options.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Stall(shard);
            await source.CancelAsync().ConfigureAwait(false);
            // Nobody waits for it any more; what it throws in the end is no news.
            _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new StalledException(shard, options.StoreTimeout);
        }
    }

    public static bool IsOutage(Exception e) => e is IOException or UnauthorizedAccessException or TimeoutException;
}
