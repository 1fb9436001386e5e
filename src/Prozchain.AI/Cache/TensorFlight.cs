using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;

namespace Prozchain.AI.Cache;

/// <summary>A load under way and how many wait for it. Guarded by the cache's lock, but for the task.</summary>
internal sealed class TensorFlight<TValue>(in Bytes32 id) where TValue : class, IDisposable
{
    public Bytes32 Id { get; } = id;

    public int Waiters { get; set; } = 1;

    public bool IsDone { get; set; }

    /// <summary>What came of it, with a lease for each waiter; null while it is under way, and after a fault.</summary>
    public TensorEntry<TValue>? Entry { get; set; }

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationTokenSource Abandoned { get; } = new();

    public TaskCompletionSource<TensorEntry<TValue>> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Loads the value and measures it. The entry is null when there was a fault.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Every fault reaches those who wait.")]
    public async ValueTask<(TensorEntry<TValue>? Entry, Exception? Fault)> RunAsync<TState>(
        TState state, Func<TState, CancellationToken, ValueTask<TValue>> load, Func<TValue, long> sizeOf)
    {
        TValue? value = null;
        try
        {
            value = await load(state, Abandoned.Token).ConfigureAwait(false) ?? throw new InvalidOperationException("Expected a value of the loader, got null.");
            long size = sizeOf(value);
            if (size < 0) throw new InvalidOperationException($"Expected a size of 0 or more, got {size}.");
            return (new TensorEntry<TValue>(Id, value, Math.Max(size, TensorCache<TValue>.MinValueBytes)), null);
        }
        catch (Exception e)
        {
            value?.Dispose();
            return (null, e);
        }
    }

    /// <summary>Tells those who wait, if nobody told them before. That nobody may wait any more is no fault.</summary>
    public void Fail(Exception fault)
    {
        if (Result.TrySetException(fault)) _ = Result.Task.Exception;
    }
}
