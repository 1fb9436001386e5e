using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// The receipts roots of other shards' anchored headers, as long as a bundle under them may still come. Bundles of a
/// channel are applied in the order of their heights, so an applied one ends all anchors up to its own.
/// </summary>
internal sealed class AnchorBook(int capacity)
{
    private readonly Dictionary<ShardId, List<Entry>> _entries = [];

    public int Count { get; private set; }

    public AnchorResult Add(ShardHeader header)
    {
        if (header.OutboundBundles == 0) return AnchorResult.NotNeeded;
        if (!_entries.TryGetValue(header.Shard, out List<Entry>? entries)) _entries.Add(header.Shard, entries = []);
        if (entries.Count > 0 && header.Height <= entries[^1].Height) return AnchorResult.NotNeeded;
        if (Count == capacity) return AnchorResult.Full;
        entries.Add(new Entry(header.Height, header.ReceiptsRoot, header.OutboundBundles, header.TimeMs));
        Count++;
        return AnchorResult.Accepted;
    }

    public bool TryFind(ShardId source, ulong height, out Entry entry)
    {
        entry = default;
        if (!_entries.TryGetValue(source, out List<Entry>? entries)) return false;
        int at = entries.BinarySearch(new Entry(height, default, 0, 0), Entry.ByHeight);
        if (at >= 0) entry = entries[at];
        return at >= 0;
    }

    public void Prune(ShardId source, ulong height)
    {
        if (!_entries.TryGetValue(source, out List<Entry>? entries)) return;
        int done = entries.FindIndex(entry => entry.Height > height);
        if (done < 0) done = entries.Count;
        entries.RemoveRange(0, done);
        Count -= done;
    }

    public readonly record struct Entry(ulong Height, Digest ReceiptsRoot, int Bundles, long TimeMs)
    {
        public static readonly IComparer<Entry> ByHeight = Comparer<Entry>.Create((a, b) => a.Height.CompareTo(b.Height));
    }
}
