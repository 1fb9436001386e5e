using Prozchain.AI.Cache;

namespace Prozchain.AI.Tests.Cache;

/// <summary>One load for all who ask meanwhile: faults, cancellation, and much at once.</summary>
public sealed class TensorFlightTests : IDisposable
{
    private readonly TensorCache<CachedValue> _cache = new(10_000, v => v.Size);
    private readonly TaskCompletionSource<CachedValue> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _loads;
    private CancellationToken _loadToken;

    public void Dispose() => _cache.Dispose();

    private Task<TensorLease<CachedValue>> GetAsync(CancellationToken cancellationToken = default) =>
        _cache.GetAsync(CachedValue.Id(1), this, static (test, token) =>
        {
            test._loads++;
            test._loadToken = token;
            return new ValueTask<CachedValue>(test._source.Task);
        }, cancellationToken).AsTask();

    [Fact]
    public async Task Get_ManyAtOnce_ShareOneLoad()
    {
        Task<TensorLease<CachedValue>>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => GetAsync())];
        var value = new CachedValue(1, 500);
        _source.SetResult(value);
        TensorLease<CachedValue>[] leases = await Task.WhenAll(waiting);
        Assert.Equal((1, 20L, 1L), (_loads, _cache.Statistics.Misses, _cache.Statistics.Loads));
        Assert.All(leases, l => Assert.Same(value, l.Value));
        Assert.Equal(500, _cache.Statistics.HeldBytes);
        foreach (TensorLease<CachedValue> lease in leases) lease.Dispose();
        Assert.Equal(0, _cache.Statistics.HeldBytes);
        Assert.Throws<InvalidOperationException>(() => leases[0].Dispose());
    }

    [Fact]
    public async Task Cancel_OneWhoWaits_LeavesTheOthersTheirLoad()
    {
        using var cancellation = new CancellationTokenSource();
        Task<TensorLease<CachedValue>> first = GetAsync(cancellation.Token), second = GetAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(_loadToken.IsCancellationRequested);
        _source.SetResult(new CachedValue(1, 500));
        TensorLease<CachedValue> lease = await second;
        lease.Dispose();
        Assert.Equal((0L, 1), (_cache.Statistics.HeldBytes, _cache.Statistics.Count));
    }

    [Fact]
    public async Task Cancel_AllWhoWait_CancelsTheLoadAndKeepsNothing()
    {
        using var cancellation = new CancellationTokenSource();
        Task<TensorLease<CachedValue>> first = GetAsync(cancellation.Token), second = GetAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(_loadToken.IsCancellationRequested);
        // Who comes now does not join a load that was given up; what that gives all the same is disposed.
        var fresh = new CachedValue(2, 500);
        using (TensorLease<CachedValue> lease = await _cache.GetAsync(CachedValue.Id(1), fresh, static (v, _) => ValueTask.FromResult(v))) Assert.Same(fresh, lease.Value);
        var late = new CachedValue(1, 500);
        _source.SetResult(late);
        Assert.True(SpinWait.SpinUntil(() => late.IsDisposed, TimeSpan.FromSeconds(10)));
        Assert.False(fresh.IsDisposed);
        Assert.Equal(1, _cache.Statistics.Count);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await _cache.GetAsync(CachedValue.Id(3), 0, static (_, _) => ValueTask.FromResult(new CachedValue(3, 1)), new CancellationToken(true)));
        Assert.Equal(2, _cache.Statistics.Loads);
    }

    [Fact]
    public async Task Fault_OfTheLoader_ReachesAllAndIsForgotten()
    {
        Task<TensorLease<CachedValue>> first = GetAsync(), second = GetAsync();
        _source.SetException(new IOException("gone"));
        Assert.Equal("gone", (await Assert.ThrowsAsync<IOException>(() => first)).Message);
        await Assert.ThrowsAsync<IOException>(() => second);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await _cache.GetAsync(CachedValue.Id(1), 0, static (_, _) => throw new InvalidDataException()));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _cache.GetAsync(CachedValue.Id(1), 0, static (_, _) => ValueTask.FromResult<CachedValue>(null!)));
        var negative = new CachedValue(1, -1);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _cache.GetAsync(CachedValue.Id(1), negative, static (v, _) => ValueTask.FromResult(v)));
        Assert.True(negative.IsDisposed);
        using TensorLease<CachedValue> lease = await _cache.GetAsync(CachedValue.Id(1), 0, static (_, _) => ValueTask.FromResult(new CachedValue(7, 1)));
        Assert.Equal((7, 5L), (lease.Value.Number, _cache.Statistics.Loads));
    }

    [Fact]
    public async Task Dispose_WithALoadUnderWay_TellsWhoWaitsAndDisposesWhatComes()
    {
        Task<TensorLease<CachedValue>> waiting = GetAsync();
        _cache.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.True(_loadToken.IsCancellationRequested);
        var late = new CachedValue(1, 500);
        _source.SetResult(late);
        Assert.True(SpinWait.SpinUntil(() => late.IsDisposed, TimeSpan.FromSeconds(10)));
        Assert.Equal(0, _cache.Statistics.Count);
    }

    [Fact]
    public async Task Get_FromManyThreads_NeverGivesADisposedValueAndLosesNone()
    {
        List<CachedValue> made = [];
        Task<TensorLease<CachedValue>> LoadAsync(int number, CancellationToken cancellationToken) => _cache.GetAsync(CachedValue.Id(number), number, async (n, _) =>
        {
            if (n % 3 == 0) await Task.Yield();
            if (n % 7 == 6) throw new IOException();
            var value = new CachedValue(n, 300 + 100 * n);
            lock (made) made.Add(value);
            return value;
        }, cancellationToken).AsTask();

        async Task WorkAsync(int seed)
        {
            var random = new Random(seed);
            for (int i = 0; i < 3_000; i++)
            {
                int number = (int)(40 * random.NextDouble() * random.NextDouble());
                using var cancellation = new CancellationTokenSource();
                Task<TensorLease<CachedValue>> get = LoadAsync(number, cancellation.Token);
                if (i % 5 == 0) await cancellation.CancelAsync();
                try
                {
                    using TensorLease<CachedValue> lease = await get;
                    Assert.Equal(number, lease.Value.Number);
                    Assert.False(lease.Value.IsDisposed);
                    if (i % 50 == 0) await Task.Yield();
                    if (i % 97 == 0) _cache.Remove(CachedValue.Id(number));
                    Assert.False(lease.Value.IsDisposed);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                }
                Assert.InRange(_cache.Statistics.Bytes, 0, _cache.Capacity);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => WorkAsync(seed))));
        // Loads that all gave up may still be on their way to being disposed.
        int Alive() { lock (made) return made.Count(v => !v.IsDisposed); }
        Assert.True(SpinWait.SpinUntil(() => Alive() == _cache.Statistics.Count, TimeSpan.FromSeconds(10)));
        CacheStatistics statistics = _cache.Statistics;
        Assert.Equal((0L, 0L), (statistics.HeldBytes, statistics.OutsideBytes));
        Assert.InRange(statistics.Hits, 1_000, 12_000);
        _cache.Dispose();
        Assert.Equal(0, Alive());
    }
}
