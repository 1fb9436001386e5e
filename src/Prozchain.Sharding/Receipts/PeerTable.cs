using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>The live shards but this one, by class and prefix: which of them holds a key.</summary>
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
        peers.Sort(static (a, b) => a.Class == b.Class ? a.Prefix.CompareTo(b.Prefix) : a.Class.CompareTo(b.Class));
        _byPrefix = [.. peers];
    }

    public ReadOnlySpan<ShardRange> All => _byPrefix;

    public bool TryFind(LayoutClass layoutClass, in Digest key, out ShardRange peer)
    {
        int low = 0, high = _byPrefix.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            ref readonly ShardRange at = ref _byPrefix[middle];
            if (at.Class == layoutClass ? at.Prefix <= key : at.Class < layoutClass) low = middle + 1; else high = middle;
        }
        peer = low == 0 ? default : _byPrefix[low - 1];
        return low > 0 && peer.Contains(layoutClass, key);
    }

    public bool Contains(ShardId id)
    {
        foreach (ShardRange peer in _byPrefix)
        {
            if (peer.Id == id) return true;
        }
        return false;
    }
}
