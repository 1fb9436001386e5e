using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Receipts;

/// <summary>
/// Verified bundles that wait to be applied. They may come doubled, late and in any order: per channel they leave in
/// the order of their sequence, each at most once. Bounded in bundles ahead of the watermark and in receipts.
/// </summary>
internal sealed class Inbox(int maxReceipts)
{
    private const ulong Window = 1024;

    private readonly SortedDictionary<ShardId, SortedDictionary<ulong, ProvenBundle>> _waiting = [];

    /// <summary>Receipts in all waiting bundles.</summary>
    public int Receipts { get; private set; }

    /// <param name="proven">The bundle; its proof is verified.</param>
    /// <param name="watermark">Sequence of the channel's last applied bundle.</param>
    public BundleResult Add(in ProvenBundle proven, ulong watermark)
    {
        ReceiptBundle bundle = proven.Bundle;
        if (bundle.Sequence <= watermark) return BundleResult.Duplicate;
        if (_waiting.TryGetValue(bundle.Source, out SortedDictionary<ulong, ProvenBundle>? channel) && channel.ContainsKey(bundle.Sequence))
            return BundleResult.Duplicate;
        // The next one of a channel is always let in, so that what waits can never lock out what it waits for.
        bool next = bundle.Sequence == watermark + 1;
        if (!next && (bundle.Sequence - watermark > Window || Receipts + bundle.Receipts.Count > maxReceipts)) return BundleResult.Full;
        if (channel is null) _waiting.Add(bundle.Source, channel = []);
        channel.Add(bundle.Sequence, proven);
        Receipts += bundle.Receipts.Count;
        return BundleResult.Accepted;
    }

    /// <summary>
    /// The bundles that can be applied now: those of each channel without gaps after its watermark; over all channels by
    /// source height, then by source, so that no channel starves.
    /// </summary>
    public List<ProvenBundle> Ready(Func<ShardId, ulong> watermarkOf)
    {
        var ready = new List<ProvenBundle>();
        foreach ((ShardId source, SortedDictionary<ulong, ProvenBundle> channel) in _waiting)
        {
            ulong expected = watermarkOf(source) + 1;
            foreach ((ulong sequence, ProvenBundle proven) in channel)
            {
                if (sequence != expected++) break;
                ready.Add(proven);
            }
        }
        ready.Sort(static (a, b) =>
        {
            int order = a.Bundle.SourceHeight.CompareTo(b.Bundle.SourceHeight);
            return order != 0 ? order : a.Bundle.Source.CompareTo(b.Bundle.Source);
        });
        return ready;
    }

    /// <summary>Heights of a source's blocks whose bundles wait.</summary>
    public IEnumerable<ulong> HeightsOf(ShardId source) =>
        _waiting.TryGetValue(source, out SortedDictionary<ulong, ProvenBundle>? channel) ? channel.Values.Select(proven => proven.Bundle.SourceHeight) : [];

    /// <summary>Forgets what a block applied.</summary>
    public void RemoveUpTo(ShardId source, ulong watermark)
    {
        if (!_waiting.TryGetValue(source, out SortedDictionary<ulong, ProvenBundle>? channel)) return;
        while (channel.Count > 0)
        {
            (ulong sequence, ProvenBundle proven) = channel.First();
            if (sequence > watermark) return;
            channel.Remove(sequence);
            Receipts -= proven.Bundle.Receipts.Count;
        }
        _waiting.Remove(source);
    }
}
