using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <content>Destinations that end are replaced by their heirs.</content>
internal sealed partial class Outbox
{
    /// <summary>From now on what was for a shard that is not live is for those that hold its keys; a grant to an ended shard is for nobody.</summary>
    public void Reroute(ShardLayout layout)
    {
        List<(ulong, int)>? done = null;
        foreach (((ulong, int) key, Entry entry) in _entries)
        {
            Reroute(entry, layout);
            if (entry.Awaited.Count == 0) (done ??= []).Add(key);
        }
        foreach ((ulong, int) key in done ?? []) _entries.Remove(key);
    }

    private static void Reroute(Entry entry, ShardLayout layout)
    {
        foreach (ShardId destination in entry.Awaited.Keys.Where(shard => !layout.IsLive(shard) && layout.TryGetInfo(shard, out _)).ToArray())
        {
            entry.Awaited.Remove(destination);
            entry.DueMs = 0;
            if (entry.Sent.IsGrant) continue;
            foreach (ShardInfo heir in layout.HoldersOf(destination))
                if (Concerns(entry.Sent, heir)) entry.Awaited.TryAdd(heir.Id, []);
        }
    }

    // A bundle concerns every heir, as each counts the channel on; a record those that hold a declared cell of its transaction.
    public static bool Concerns(SentReceipt sent, ShardInfo heir)
    {
        if (sent.Transaction is not { Cells.Length: > 0 } transaction) return true;
        foreach (AtomicCommit.DeclaredCell cell in transaction.Cells)
            if (heir.Contains(cell.Class, cell.Key)) return true;
        return false;
    }
}
