using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// What final blocks said to other shards and these have not taken in yet, as far as this node knows: bundles until a
/// grant covers them, the rest until more members than can be faulty have acknowledged it.
/// </summary>
internal sealed partial class Outbox(long resendMs, long retentionMs)
{
    private const int MostDoublings = 4;

    private readonly SortedDictionary<(ulong Height, int Index), Entry> _entries = [];

    public int Count => _entries.Count;

    public void Add(CertifiedStep step, ShardLayout layout)
    {
        foreach (SentReceipt sent in step.Step.Sent)
        {
            var entry = new Entry(step.Header, sent);
            Reroute(entry, layout);
            if (entry.Awaited.Count > 0) _entries.TryAdd((step.Header.Header.Height - 1, sent.Proof.Index), entry);
        }
    }

    /// <summary>The destination's certified word: bundles up to the sequence are applied.</summary>
    public void Granted(ChannelNotice grant)
    {
        List<(ulong, int)> done = [.. _entries.Where(entry => entry.Value.Sent.Bundle is { } bundle && bundle.Channel == grant.Channel && bundle.Sequence <= grant.Sequence).Select(entry => entry.Key)];
        foreach ((ulong, int) key in done) _entries.Remove(key);
    }

    /// <summary>A member of a destination has the receipt in a final block.</summary>
    public void Acknowledged(ShardId destination, NodeId member, int enough, ulong height, int index)
    {
        if (!_entries.TryGetValue((height, index), out Entry? entry) || !entry.Awaited.TryGetValue(destination, out HashSet<NodeId>? members)) return;
        members.Add(member);
        if (members.Count < enough) return;
        entry.Awaited.Remove(destination);
        if (entry.Awaited.Count == 0) _entries.Remove((height, index));
    }

    /// <summary>Others are to be spoken to than before: everything is due at once.</summary>
    public void Again()
    {
        foreach (Entry entry in _entries.Values) (entry.DueMs, entry.Attempts) = (0, 0);
    }

    /// <summary>The beacon recognises no block from a height on.</summary>
    public void Forget(ulong fromHeight)
    {
        foreach ((ulong Height, int Index) key in _entries.Keys.Where(key => key.Height >= fromHeight).ToArray()) _entries.Remove(key);
    }

    /// <summary>Lets go of what nobody can use any more: provisions well past their deadline.</summary>
    public void Expire(long blockTimeMs)
    {
        List<(ulong, int)> dead = [.. _entries.Where(entry => entry.Value.Sent is { MustArrive: false, Transaction: { } transaction } && transaction.DeadlineMs + retentionMs < blockTimeMs).Select(entry => entry.Key)];
        foreach ((ulong, int) key in dead) _entries.Remove(key);
    }

    /// <summary>What is due now, by header and destination; it is due again later.</summary>
    /// <returns>When something is next due; <see cref="long.MaxValue"/> for never.</returns>
    public long TakeDue(long nowMs, List<(FinalityProof Header, ShardId Destination, int Attempt, List<SentReceipt> Receipts)> due)
    {
        long next = long.MaxValue;
        foreach (Entry entry in _entries.Values)
        {
            if (entry.DueMs <= nowMs)
            {
                foreach (ShardId destination in entry.Awaited.Keys)
                {
                    int at = due.FindLastIndex(other => other.Header == entry.Header && other.Destination == destination && other.Attempt == entry.Attempts);
                    if (at < 0)
                    {
                        at = due.Count;
                        due.Add((entry.Header, destination, entry.Attempts, []));
                    }
                    due[at].Receipts.Add(entry.Sent);
                }
                entry.DueMs = nowMs + (resendMs << Math.Min(entry.Attempts, MostDoublings));
                entry.Attempts++;
            }
            next = Math.Min(next, entry.DueMs);
        }
        return next;
    }

    private sealed class Entry(FinalityProof header, SentReceipt sent)
    {
        public FinalityProof Header { get; } = header;

        public SentReceipt Sent { get; } = sent;

        public SortedDictionary<ShardId, HashSet<NodeId>> Awaited { get; } = new(sent.Destinations.ToDictionary(shard => shard, _ => new HashSet<NodeId>()));

        public long DueMs { get; set; }

        public int Attempts { get; set; }
    }
}
