namespace Prozchain.Sharding.Receipts;

/// <summary>The live shards but this one, by prefix: which of them holds a key.</summary>
internal sealed class PeerTable
{
    private readonly ShardRange[] _byPrefix;

    public PeerTable(in ShardRange self, IEnumerable<ShardRange> live)
    {
        var peers = new List<ShardRange>();
        foreach (ShardRange range in live)
        {
            if (range.Id == self.Id) continue;
            if (range.Overlaps(self)) throw new ArgumentException($"Expected live shards apart from {self.Id}, got {range.Id} over the same keys.", nameof(live));
            peers.Add(range);
        }
        peers.Sort(static (a, b) => a.Prefix.CompareTo(b.Prefix));
        _byPrefix = [.. peers];
    }

    public ReadOnlySpan<ShardRange> All => _byPrefix;

    public bool TryFind(in Digest key, out ShardRange peer)
    {
        int low = 0, high = _byPrefix.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_byPrefix[middle].Prefix <= key) low = middle + 1; else high = middle;
        }
        peer = low == 0 ? default : _byPrefix[low - 1];
        return low > 0 && peer.Contains(key);
    }

    public bool Contains(Layout.ShardId id)
    {
        foreach (ShardRange peer in _byPrefix)
        {
            if (peer.Id == id) return true;
        }
        return false;
    }
}
