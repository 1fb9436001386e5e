using Prozchain.AI.Ports;

namespace Prozchain.AI.Vault;

/// <summary>
/// The stores as one operation sees them: every call has its time, and a store that overran it is not called again by this
/// operation. A call that overran may still hold its memory; whoever gave that leaves it behind (<see cref="StripeSlot.Abandon"/>).
/// </summary>
internal sealed class ShardCalls(IPieceStore[] stores, ModelVaultOptions options)
{
    private readonly bool[] _stalled = new bool[stores.Length];

    /// <summary>Reads a frame; the length of what the key holds, or why not.</summary>
    public async ValueTask<(long Length, PieceFaultKind? Fault)> GetAsync(int shard, PieceKey key, Memory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            long? length = await CallAsync(shard, (store, token) => store.GetAsync(key, frame, token), cancellationToken).ConfigureAwait(false);
            return length is { } found ? (found, null) : (0, PieceFaultKind.Missing);
        }
        catch (StalledException)
        {
            return (0, PieceFaultKind.Stalled);
        }
        catch (Exception e) when (IsOutage(e))
        {
            return (0, PieceFaultKind.Unreachable);
        }
    }

    /// <exception cref="IOException">The store failed or overran its time.</exception>
    public async ValueTask PutAsync(int shard, PieceKey key, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        await CallAsync(shard, async (store, token) =>
        {
            await store.PutAsync(key, frame, token).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);

    /// <exception cref="IOException">The store failed or overran its time.</exception>
    public ValueTask<bool> ExistsAsync(int shard, PieceKey key, CancellationToken cancellationToken) =>
        CallAsync(shard, (store, token) => store.ExistsAsync(key, token), cancellationToken);

    /// <exception cref="IOException">The store failed or overran its time.</exception>
    public ValueTask<bool> DeleteAsync(int shard, PieceKey key, CancellationToken cancellationToken) =>
        CallAsync(shard, (store, token) => store.DeleteAsync(key, token), cancellationToken);

    public static bool IsOutage(Exception e) => e is IOException or UnauthorizedAccessException or TimeoutException;

    /// <summary>Whether a call, that has ended, was given up while its store may still hold the memory.</summary>
    public static bool HasStalled(Task call) => call.Exception?.InnerException is StalledException;

    private async ValueTask<T> CallAsync<T>(int shard, Func<IPieceStore, CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _stalled[shard])) throw new StalledException(shard, options.StoreTimeout);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ValueTask<T> pending = call(stores[shard], source.Token);
        if (pending.IsCompleted) return await pending.ConfigureAwait(false);
        Task<T> task = pending.AsTask();
        try
        {
            return await task.WaitAsync(options.StoreTimeout, options.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Volatile.Write(ref _stalled[shard], true);
            await source.CancelAsync().ConfigureAwait(false);
            // Nobody waits for it any more; what it throws in the end is no news.
            _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new StalledException(shard, options.StoreTimeout);
        }
    }
}
