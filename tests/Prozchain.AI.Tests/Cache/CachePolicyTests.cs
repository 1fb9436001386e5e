using Prozchain.AI.Cache;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Cache;

public class CachePolicyTests
{
    [Fact]
    public async Task Cache_AnyCalls_DoesWhatTheNaiveOneDoes()
    {
        long hits = 0, evictions = 0, outside = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var random = new SeededRandom(seed);
            long capacity = random.Next(3_000, 40_000);
            using var cache = new TensorCache<CachedValue>(capacity, v => v.Size);
            var naive = new NaiveCache(capacity);
            var sizes = Enumerable.Range(0, 60).Select(_ => (long)random.Next(256, 4_000)).ToArray();
            List<(TensorLease<CachedValue> Lease, object Naive)> leases = [];
            HashSet<int> pins = [];
            for (int step = 0; step < 1_500; step++)
            {
                int id = random.Next(random.Next(1, 61));
                switch (random.Next(20))
                {
                    case 0:
                        if (pins.Count < 2 && pins.Add(id)) { cache.Pin(CachedValue.Id(id)); naive.Pin(id); }
                        break;
                    case 1:
                        foreach (int pin in pins) { cache.Unpin(CachedValue.Id(pin)); naive.Unpin(pin); }
                        pins.Clear();
                        break;
                    case 2: Assert.Equal(naive.Remove(id), cache.Remove(CachedValue.Id(id))); break;
                    case 3 or 4 or 5 when leases.Count > 0:
                        int at = random.Next(leases.Count);
                        leases[at].Lease.Dispose();
                        naive.Release(leases[at].Naive);
                        leases.RemoveAt(at);
                        break;
                    default:
                        long before = cache.Statistics.Hits;
                        TensorLease<CachedValue> lease = await cache.GetAsync(CachedValue.Id(id), (id, sizes[id]), static (s, _) =>
                            ValueTask.FromResult(new CachedValue(s.id, s.Item2)));
                        (bool hit, object same) = naive.Get(id, sizes[id]);
                        Assert.Equal(hit, cache.Statistics.Hits > before);
                        Assert.Equal(id, lease.Value.Number);
                        if (random.Next(3) == 0) leases.Add((lease, same));
                        else { lease.Dispose(); naive.Release(same); }
                        break;
                }
                CacheStatistics now = cache.Statistics;
                Assert.Equal((naive.Bytes, naive.HeldBytes, naive.OutsideBytes, (long)naive.Evictions, naive.Ids.Count()),
                    (now.Bytes, now.HeldBytes, now.OutsideBytes, now.Evictions, now.Count));
                Assert.InRange(now.Bytes, 0, capacity);
                Assert.All(leases, l => Assert.False(l.Lease.Value.IsDisposed));
                outside += now.OutsideBytes;
            }
            (hits, evictions) = (hits + cache.Statistics.Hits, evictions + naive.Evictions);
            foreach (int id in naive.Ids)
            {
                Assert.True(cache.TryGet(CachedValue.Id(id), out TensorLease<CachedValue> lease));
                lease.Dispose();
            }
        }
        // That all of it came to pass.
        Assert.True(hits > 1_000 && evictions > 1_000 && outside > 0, $"{hits} hits, {evictions} evictions, {outside} outside.");
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(1.0)]
    public async Task HitRate_ZipfWithScans_BeatsLeastRecentlyUsed(double exponent)
    {
        const int Ids = 2_000;
        var random = new SeededRandom(9);
        long[] sizes = [.. Enumerable.Range(0, Ids * 20).Select(i => 256L + (long)(SeededRandom.Mix((ulong)i) % 2_000))];
        long capacity = sizes[..Ids].Sum() / 8;
        double[] cumulative = new double[Ids];
        for (int i = 0; i < Ids; i++) cumulative[i] = (i > 0 ? cumulative[i - 1] : 0) + Math.Pow(i + 1, -exponent);
        List<int> trace = [];
        for (int round = 0, scan = Ids; round < 30; round++)
        {
            for (int i = 0; i < 2_000; i++)
            {
                int rank = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
                trace.Add(rank < 0 ? ~rank : rank);
            }
            // A model that is read through once: ids that nobody asks for again.
            for (int i = 0; i < 1_000; i++) trace.Add(scan++);
        }
        using var cache = new TensorCache<CachedValue>(capacity, v => v.Size);
        foreach (int id in trace)
            (await cache.GetAsync(CachedValue.Id(id), (id, sizes[id]), static (s, _) => ValueTask.FromResult(new CachedValue(s.id, s.Item2)))).Dispose();
        double rate = (double)cache.Statistics.Hits / trace.Count, lru = (double)LeastRecentlyUsed(trace, sizes, capacity) / trace.Count;
        Assert.True(rate > 1.1 * lru, $"Expected more than 1.1 times the hits of LRU, got {rate:P1} against {lru:P1}.");
        TestContext.Current.TestOutputHelper?.WriteLine($"Zipf {exponent}: {rate:P1}, LRU {lru:P1}.");
    }

    private static long LeastRecentlyUsed(List<int> trace, long[] sizes, long capacity)
    {
        var order = new LinkedList<int>();
        Dictionary<int, LinkedListNode<int>> nodes = [];
        long hits = 0, bytes = 0;
        foreach (int id in trace)
        {
            if (nodes.TryGetValue(id, out LinkedListNode<int>? node))
            {
                hits++;
                order.Remove(node);
            }
            else bytes += sizes[id];
            nodes[id] = order.AddLast(id);
            for (; bytes > capacity; order.RemoveFirst())
            {
                bytes -= sizes[order.First!.Value];
                nodes.Remove(order.First.Value);
            }
        }
        return hits;
    }
}
