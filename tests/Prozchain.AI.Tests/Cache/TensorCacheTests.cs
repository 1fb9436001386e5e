using System.Diagnostics.Metrics;
using Prozchain.AI.Cache;
using Prozchain.AI.Observability;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Cache;

public sealed class TensorCacheTests : IDisposable
{
    private const int Unit = 1_000;

    private readonly TensorCache<CachedValue> _cache = new(10 * Unit, v => v.Size);
    private readonly Dictionary<int, CachedValue> _made = [];

    public void Dispose() => _cache.Dispose();

    private TensorLease<CachedValue> Get(int number, long size = Unit) => _cache.GetAsync(CachedValue.Id(number), size, (s, _) =>
        ValueTask.FromResult(_made[number] = new CachedValue(number, s))).AsTask().GetAwaiter().GetResult();

    private bool Has(int number)
    {
        bool has = _cache.TryGet(CachedValue.Id(number), out TensorLease<CachedValue> lease);
        lease.Dispose();
        return has;
    }

    [Fact]
    public void Get_Twice_LoadsOnceAndCounts()
    {
        using (TensorLease<CachedValue> first = Get(1))
        using (TensorLease<CachedValue> second = Get(1)) Assert.Same(first.Value, second.Value);
        Assert.False(_made[1].IsDisposed);
        Assert.Equal(new CacheStatistics(1, 1, 1, 0, 1, Unit, 0, 0), _cache.Statistics);
        Assert.False(_cache.TryGet(CachedValue.Id(2), out TensorLease<CachedValue> none));
        none.Dispose();
        Assert.Throws<InvalidOperationException>(() => none.Value);
        Assert.Throws<ArgumentException>(() => _cache.TryGet(new byte[31], out _));
    }

    [Fact]
    public void Get_BeyondTheBudget_EvictsAndDisposes()
    {
        for (int i = 0; i < 30; i++) Get(i).Dispose();
        CacheStatistics statistics = _cache.Statistics;
        Assert.Equal((10 * Unit, 10, 20L), (statistics.Bytes, statistics.Count, statistics.Evictions));
        Assert.Equal(20, _made.Values.Count(v => v.IsDisposed));
        Assert.All(_made.Values, v => Assert.NotEqual(v.IsDisposed, Has(v.Number)));
        _cache.Dispose();
        Assert.All(_made.Values, v => Assert.True(v.IsDisposed));
        Assert.Throws<ObjectDisposedException>(() => Get(1));
    }

    [Fact]
    public void Lease_InUse_IsNotEvictedAndLeavesNoRoomForOthers()
    {
        TensorLease<CachedValue>[] leases = [.. Enumerable.Range(0, 10).Select(i => Get(i))];
        TensorLease<CachedValue> outside = Get(10);
        Assert.Equal((10, 10L * Unit, 10L * Unit, (long)Unit), (_cache.Statistics.Count, _cache.Statistics.Bytes, _cache.Statistics.HeldBytes, _cache.Statistics.OutsideBytes));
        Assert.False(Has(10));
        Assert.False(outside.Value.IsDisposed);
        outside.Dispose();
        Assert.True(_made[10].IsDisposed);
        Assert.Throws<InvalidOperationException>(() => outside.Dispose());
        leases[4].Dispose();
        Get(11).Dispose();
        Assert.True(_made[4].IsDisposed);
        Assert.True(Has(11));
        foreach (int i in Enumerable.Range(0, 10).Except([4])) leases[i].Dispose();
        Assert.Equal((0L, 0L), (_cache.Statistics.HeldBytes, _cache.Statistics.OutsideBytes));
    }

    [Fact]
    public async Task Get_LargerThanTheBudget_IsLentAndNotKept()
    {
        Get(1).Dispose();
        using (TensorLease<CachedValue> large = Get(2, 11 * Unit)) Assert.Equal(2, large.Value.Number);
        Assert.True(_made[2].IsDisposed);
        Assert.True(Has(1));
        using var none = new TensorCache<CachedValue>(0, v => v.Size);
        using (await none.GetAsync(CachedValue.Id(1), 0, (_, _) => ValueTask.FromResult(new CachedValue(1, 0)))) Assert.Equal(0, none.Statistics.Count);
    }

    [Fact]
    public void Pin_BeforeOrAfterLoading_KeepsTheValue()
    {
        _cache.Pin(CachedValue.Id(0));
        _cache.Pin(CachedValue.Id(0));
        for (int i = 0; i < 40; i++) Get(i).Dispose();
        _cache.Pin(CachedValue.Id(39));
        for (int i = 40; i < 80; i++) Get(i).Dispose();
        Assert.True(Has(0) && Has(39));
        Assert.Equal(2 * Unit, _cache.Statistics.HeldBytes);
        _cache.Unpin(CachedValue.Id(0));
        Assert.Equal(2 * Unit, _cache.Statistics.HeldBytes);
        _cache.Unpin(CachedValue.Id(0));
        _cache.Unpin(CachedValue.Id(39));
        Assert.Equal(0, _cache.Statistics.HeldBytes);
        // A scan would not displace them from the main queue; what is asked for again and again does.
        for (int i = 80; i < 160; i++)
            for (int again = 0; again < 3; again++) Get(i).Dispose();
        Assert.False(Has(0) || Has(39));
        Assert.Throws<ArgumentException>(() => _cache.Unpin(CachedValue.Id(0)));
    }

    [Fact]
    public void Remove_ValueInUse_IsDisposedWhenGivenBack()
    {
        TensorLease<CachedValue> lease = Get(1);
        _cache.Pin(CachedValue.Id(1));
        Assert.True(_cache.Remove(CachedValue.Id(1)));
        Assert.False(_cache.Remove(CachedValue.Id(1)));
        Assert.Equal((0L, 0L, (long)Unit), (_cache.Statistics.Bytes, _cache.Statistics.HeldBytes, _cache.Statistics.OutsideBytes));
        using (TensorLease<CachedValue> again = Get(1)) Assert.NotSame(lease.Value, again.Value);
        Assert.False(lease.Value.IsDisposed);
        lease.Dispose();
        Assert.True(lease.Value.IsDisposed);
        Get(2).Dispose();
        Assert.True(_cache.Remove(CachedValue.Id(2)));
        Assert.True(_made[2].IsDisposed);
    }

    [Fact]
    public void Hit_AllocatesNothing()
    {
        Get(1).Dispose();
        byte[] id = CachedValue.Id(1);
        AllocationAssert.None(() =>
        {
            Assert.True(_cache.TryGet(id, out TensorLease<CachedValue> first));
            GiveBack(_cache.GetAsync(id, 0, static (_, _) => ValueTask.FromResult<CachedValue>(null!)));
            first.Dispose();
        });

        static void GiveBack(ValueTask<TensorLease<CachedValue>> got)
        {
            Assert.True(got.IsCompletedSuccessfully);
            got.Result.Dispose();
        }
    }

    [Fact]
    public void Meter_TellsHitsMissesEvictionsAndBytes()
    {
        // Only of the caller's thread: other tests have caches too.
        int thread = Environment.CurrentManagedThreadId;
        Dictionary<string, long> sums = [];
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == AiInstruments.Name) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((i, value, _, _) =>
        {
            if (Environment.CurrentManagedThreadId == thread) sums[i.Name] = sums.GetValueOrDefault(i.Name) + value;
        });
        listener.Start();
        for (int i = 0; i < 12; i++) Get(i).Dispose();
        Get(11).Dispose();
        Assert.Equal(1, sums["prozchain.ai.cache.hits"]);
        Assert.Equal(12, sums["prozchain.ai.cache.misses"]);
        Assert.Equal(2, sums["prozchain.ai.cache.evictions"]);
        Assert.Equal(10 * Unit, sums["prozchain.ai.cache.size"]);
        _cache.Dispose();
        Assert.Equal(0, sums["prozchain.ai.cache.size"]);
    }
}
