using Prozchain.AI.Observability;
using Prozchain.Shared;

namespace Prozchain.AI.Cache;

/// <summary>
/// Keeps what was made of tensors, already in the layout that kernels want, by tensor id within a budget of bytes (S3-FIFO). Ids are
/// digests of content, so what a loader has verified once stays right for ever. Safe for concurrent use; a hit allocates nothing.
/// </summary>
/// <remarks>
/// Values that are leased or pinned are not evicted. When they leave no room for a new value, that one is lent without being kept.
/// A value is disposed when it is evicted or removed, or if it is leased then, when its last lease is given back.
/// </remarks>
/// <typeparam name="TValue">Owned memory of a tensor. Disposed by the cache, once.</typeparam>
public sealed class TensorCache<TValue> : IDisposable where TValue : class, IDisposable
{
    /// <summary>What a value counts as at the least, in bytes, because of its entry.</summary>
    public const int MinValueBytes = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<Bytes32, TensorEntry<TValue>> _entries = [];
    private readonly Dictionary<Bytes32, TensorFlight<TValue>> _flights = [];
    private readonly Dictionary<Bytes32, int> _pins = [];
    private readonly S3Fifo _policy;
    private readonly Func<TValue, long> _sizeOf;
    private long _hits, _misses, _loads, _evictions, _outside;
    private bool _disposed;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacity">Most bytes of values kept, 0 or more.</param>
    /// <param name="sizeOf">Bytes of a value, 0 or more; always the same for one value. Called once for each.</param>
    public TensorCache(long capacity, Func<TValue, long> sizeOf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentNullException.ThrowIfNull(sizeOf);
        (Capacity, _sizeOf, _policy) = (capacity, sizeOf, new S3Fifo(capacity));
    }

    /// <summary>Most bytes of values kept.</summary>
    public long Capacity { get; }

    /// <summary>What the cache did and holds.</summary>
    public CacheStatistics Statistics
    {
        get { lock (_lock) return new CacheStatistics(_hits, _misses, _loads, _evictions, _policy.Count, _policy.Bytes, _policy.HeldBytes, _outside); }
    }

    /// <summary>Leases a value if the cache has it.</summary>
    /// <param name="id">The tensor's id, 32 bytes.</param>
    /// <param name="lease">The lease, or default.</param>
    /// <exception cref="ArgumentException">The id has another length.</exception>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    public bool TryGet(ReadOnlySpan<byte> id, out TensorLease<TValue> lease)
    {
        Bytes32 key = KeyOf(id);
        bool hit;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            hit = TryLease(key, out lease);
            if (!hit) _misses++;
        }
        (hit ? AiInstruments.CacheHits : AiInstruments.CacheMisses).Add(1);
        return hit;
    }

    /// <summary>Leases a value, which is loaded if the cache does not have it: once, however many ask for it meanwhile.</summary>
    /// <param name="id">The tensor's id, 32 bytes.</param>
    /// <param name="state">Passed to the loader, so that it need not capture anything.</param>
    /// <param name="load">
    /// Makes the value and verifies what it is made of against the id. Begun on the caller's thread; must not ask for the same id. Its
    /// token is cancelled when all who wait have given up, or the cache is disposed. A fault reaches all who wait and is not remembered.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; others who wait for the same value are not affected.</param>
    /// <exception cref="ArgumentException">The id has another length.</exception>
    /// <exception cref="ObjectDisposedException">The cache is, or was meanwhile, disposed.</exception>
    public ValueTask<TensorLease<TValue>> GetAsync<TState>(
        ReadOnlyMemory<byte> id, TState state, Func<TState, CancellationToken, ValueTask<TValue>> load, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        Bytes32 key = KeyOf(id.Span);
        TensorFlight<TValue>? flight = null;
        bool first = false, hit;
        TensorLease<TValue> lease;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            hit = TryLease(key, out lease);
            if (!hit && !cancellationToken.IsCancellationRequested)
            {
                _misses++;
                first = !_flights.TryGetValue(key, out flight);
                if (!first) flight!.Waiters++;
                else (_flights[key], _loads) = (flight = new TensorFlight<TValue>(key), _loads + 1);
            }
        }
        if (hit)
        {
            AiInstruments.CacheHits.Add(1);
            return new ValueTask<TensorLease<TValue>>(lease);
        }
        if (flight is null) return ValueTask.FromCanceled<TensorLease<TValue>>(cancellationToken);
        AiInstruments.CacheMisses.Add(1);
        if (first) _ = LoadAsync(flight, state, load);
        return WaitAsync(flight, cancellationToken);
    }

    /// <summary>Keeps a value from being evicted, whether the cache has it now or comes to have it. Pins count.</summary>
    /// <param name="id">The tensor's id, 32 bytes.</param>
    /// <exception cref="ArgumentException">The id has another length.</exception>
    public void Pin(ReadOnlySpan<byte> id)
    {
        Bytes32 key = KeyOf(id);
        lock (_lock)
        {
            _pins[key] = _pins.GetValueOrDefault(key) + 1;
            SetPinned(key, true);
        }
    }

    /// <summary>Takes one pin back.</summary>
    /// <param name="id">The tensor's id, 32 bytes.</param>
    /// <exception cref="ArgumentException">The id has another length, or is not pinned.</exception>
    public void Unpin(ReadOnlySpan<byte> id)
    {
        Bytes32 key = KeyOf(id);
        lock (_lock)
        {
            if (!_pins.TryGetValue(key, out int pins)) throw new ArgumentException($"Expected a pinned id, got {key}.", nameof(id));
            if (pins > 1) { _pins[key] = pins - 1; return; }
            _pins.Remove(key);
            SetPinned(key, false);
        }
    }

    /// <summary>Takes a value out, pinned or not.</summary>
    /// <param name="id">The tensor's id, 32 bytes.</param>
    /// <returns>Whether the cache had it.</returns>
    /// <exception cref="ArgumentException">The id has another length.</exception>
    public bool Remove(ReadOnlySpan<byte> id)
    {
        Bytes32 key = KeyOf(id);
        TensorEntry<TValue>? entry;
        bool free;
        lock (_lock)
        {
            if (!_entries.Remove(key, out entry)) return false;
            free = Detach(entry);
        }
        AiInstruments.CacheBytes.Add(-entry.Size);
        if (free) entry.Value.Dispose();
        return true;
    }

    /// <summary>Takes all values out and cancels loads under way. Leases stay good until they are given back.</summary>
    public void Dispose()
    {
        List<TensorEntry<TValue>> free;
        List<TensorFlight<TValue>> flights;
        long bytes;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            bytes = _policy.Bytes;
            free = [.. _entries.Values.Where(Detach)];
            flights = [.. _flights.Values];
            _entries.Clear();
        }
        AiInstruments.CacheBytes.Add(-bytes);
        foreach (TensorFlight<TValue> flight in flights)
        {
            flight.Fail(new ObjectDisposedException(GetType().FullName));
            flight.Abandoned.Cancel();
        }
        foreach (TensorEntry<TValue> entry in free) entry.Value.Dispose();
    }

    internal void Release(TensorEntry<TValue> entry)
    {
        lock (_lock)
        {
            if (entry.Leases == 0) throw new InvalidOperationException("Expected a lease that is given back once, got it a second time.");
            if (--entry.Leases > 0) return;
            S3Fifo.Hold(entry, entry.IsPinned);
            if (entry.Queue is not null) return;
            _outside -= entry.Size;
        }
        entry.Value.Dispose();
    }

    private async ValueTask<TensorLease<TValue>> WaitAsync(TensorFlight<TValue> flight, CancellationToken cancellationToken)
    {
        try
        {
            return new TensorLease<TValue>(this, await flight.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Leave(flight);
            throw;
        }
    }

    // Who gives up had a lease made for him if the load was done before; else he is one fewer to wait for it.
    private void Leave(TensorFlight<TValue> flight)
    {
        bool last = false;
        TensorEntry<TValue>? leased;
        lock (_lock)
        {
            leased = flight.Entry;
            if (!flight.IsDone && --flight.Waiters == 0)
            {
                // Whoever comes now begins a load of his own.
                _flights.Remove(flight.Id);
                last = true;
            }
        }
        if (leased is not null) Release(leased);
        if (last) flight.Abandoned.Cancel();
    }

    private async Task LoadAsync<TState>(TensorFlight<TValue> flight, TState state, Func<TState, CancellationToken, ValueTask<TValue>> load)
    {
        (TensorEntry<TValue>? entry, Exception? fault) = await flight.RunAsync(state, load, _sizeOf).ConfigureAwait(false);
        if (entry is not null) Complete(flight, entry);
        else Fail(flight, fault!);
    }

    private void Complete(TensorFlight<TValue> flight, TensorEntry<TValue> entry)
    {
        List<CacheEntry> evicted = [];
        bool wanted, kept = false;
        lock (_lock)
        {
            wanted = flight.Waiters > 0 && !_disposed;
            flight.IsDone = true;
            if (flight.Waiters > 0) _flights.Remove(flight.Id);
            if (wanted)
            {
                (flight.Entry, entry.Leases) = (entry, flight.Waiters);
                entry.IsPinned = _pins.ContainsKey(entry.Id);
                entry.IsHeld = true;
                kept = _policy.TryAdmit(entry, evicted);
                if (kept) _entries.Add(entry.Id, entry);
                else _outside += entry.Size;
                foreach (CacheEntry gone in evicted) _entries.Remove(gone.Id);
                _evictions += evicted.Count;
            }
        }
        if (evicted.Count > 0) AiInstruments.CacheEvictions.Add(evicted.Count);
        if (kept) AiInstruments.CacheBytes.Add(entry.Size - evicted.Sum(e => e.Size));
        if (wanted) flight.Result.SetResult(entry);
        else entry.Value.Dispose();
        foreach (CacheEntry gone in evicted) ((TensorEntry<TValue>)gone).Value.Dispose();
    }

    private void Fail(TensorFlight<TValue> flight, Exception fault)
    {
        lock (_lock)
        {
            flight.IsDone = true;
            if (flight.Waiters > 0) _flights.Remove(flight.Id);
        }
        flight.Fail(fault);
    }

    private bool TryLease(in Bytes32 id, out TensorLease<TValue> lease)
    {
        lease = default;
        if (!_entries.TryGetValue(id, out TensorEntry<TValue>? entry)) return false;
        _hits++;
        entry.Leases++;
        S3Fifo.Touch(entry);
        S3Fifo.Hold(entry, true);
        lease = new TensorLease<TValue>(this, entry);
        return true;
    }

    // True when nobody has a lease, so that the value is to be disposed by whoever took it out.
    private bool Detach(TensorEntry<TValue> entry)
    {
        S3Fifo.Remove(entry);
        if (entry.Leases > 0) _outside += entry.Size;
        return entry.Leases == 0;
    }

    private void SetPinned(in Bytes32 id, bool pinned)
    {
        if (!_entries.TryGetValue(id, out TensorEntry<TValue>? entry)) return;
        entry.IsPinned = pinned;
        S3Fifo.Hold(entry, pinned || entry.Leases > 0);
    }

    private static Bytes32 KeyOf(ReadOnlySpan<byte> id) => id.Length == Bytes32.Size ? new Bytes32(id)
        : throw new ArgumentException($"Expected an id of {Bytes32.Size} bytes, got {id.Length}.", nameof(id));
}
