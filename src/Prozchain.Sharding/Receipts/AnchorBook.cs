using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// The receipts roots of other shards' anchored headers, as long as a bundle under them may still come. Bundles of a
/// channel are applied in the order of their heights, so an applied one ends all anchors up to its own. Others may be
/// of blocks that sent nothing here, which a header does not tell: where room is short, only those are kept whose
/// bundles wait.
/// </summary>
internal sealed class AnchorBook(int capacity)
{
    private readonly Dictionary<ShardId, Source> _sources = [];

    public int Count { get; private set; }

    /// <param name="header">The header.</param>
    /// <param name="waitingHeights">Heights of the bundles of a shard that wait to be applied.</param>
    public AnchorResult Add(ShardHeader header, Func<ShardId, IEnumerable<ulong>> waitingHeights)
    {
        if (!IsNeeded(header)) return AnchorResult.NotNeeded;
        if (Count >= capacity) KeepOnly(waitingHeights);
        if (Count >= capacity) return AnchorResult.Full;
        Insert(header);
        return AnchorResult.Accepted;
    }

    /// <summary>Adds beyond the capacity: for a block that is final, whatever room its proposer had.</summary>
    public void AddAlways(ShardHeader header)
    {
        if (IsNeeded(header)) Insert(header);
    }

    public bool TryFind(ShardId shard, ulong height, out Entry entry)
    {
        entry = default;
        if (!_sources.TryGetValue(shard, out Source? source)) return false;
        int at = source.IndexOf(height);
        if (at >= 0) entry = source.Entries[at];
        return at >= 0;
    }

    public void Prune(ShardId shard, ulong height)
    {
        if (!_sources.TryGetValue(shard, out Source? source)) return;
        source.AppliedHeight = height;
        Count -= source.Entries.RemoveAll(entry => entry.Height <= height);
    }

    private bool IsNeeded(ShardHeader header) => header.OutboundBundles > 0
        && (!_sources.TryGetValue(header.Shard, out Source? source) || header.Height > source.AppliedHeight && source.IndexOf(header.Height) < 0);

    private void Insert(ShardHeader header)
    {
        if (!_sources.TryGetValue(header.Shard, out Source? source)) _sources.Add(header.Shard, source = new Source());
        source.Entries.Insert(~source.IndexOf(header.Height), new Entry(header.Height, header.ReceiptsRoot, header.OutboundBundles, header.TimeMs));
        Count++;
    }

    private void KeepOnly(Func<ShardId, IEnumerable<ulong>> waitingHeights)
    {
        foreach ((ShardId shard, Source source) in _sources)
        {
            HashSet<ulong> waiting = [.. waitingHeights(shard)];
            Count -= source.Entries.RemoveAll(entry => !waiting.Contains(entry.Height));
        }
    }

    public readonly record struct Entry(ulong Height, Digest ReceiptsRoot, int Bundles, long TimeMs)
    {
        public static readonly IComparer<Entry> ByHeight = Comparer<Entry>.Create((a, b) => a.Height.CompareTo(b.Height));
    }

    private sealed class Source
    {
        /// <summary>By height.</summary>
        public readonly List<Entry> Entries = [];

        public ulong AppliedHeight;

        public int IndexOf(ulong height) => Entries.BinarySearch(new Entry(height, default, 0, 0), Entry.ByHeight);
    }
}
