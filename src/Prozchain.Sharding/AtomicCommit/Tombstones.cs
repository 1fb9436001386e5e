using Prozchain.Shared;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>How a transaction, or its last attempt, ended here.</summary>
internal readonly record struct Tombstone(long DeadlineMs, uint Attempt, bool IsCommit, Digest Outcome);

/// <summary>
/// Transactions that ended, until nothing can bring them back: no block holds a transaction from its deadline on, so
/// that a tombstone goes a fixed time after it. Their number is bounded by what blocks may begin in that window.
/// </summary>
internal sealed class Tombstones(long retentionMs)
{
    private readonly SortedDictionary<Digest, Tombstone> _byId = [];
    private readonly PriorityQueue<Digest, long> _expiry = new();

    public int Count => _byId.Count;

    public IEnumerable<KeyValuePair<Digest, Tombstone>> All => _byId;

    public bool TryGet(in Digest id, out Tombstone tombstone) => _byId.TryGetValue(id, out tombstone);

    public void Set(in Digest id, Tombstone tombstone)
    {
        if (!_byId.ContainsKey(id)) _expiry.Enqueue(id, tombstone.DeadlineMs);
        _byId[id] = tombstone;
    }

    /// <summary>Takes over a parent's: of two about the same transaction a commit, else the later attempt, stands.</summary>
    public void Inherit(Tombstones parent)
    {
        foreach ((Digest id, Tombstone ended) in parent._byId) Raise(id, ended);
    }

    /// <summary>Sets one, unless what is known says more.</summary>
    public void Raise(in Digest id, Tombstone tombstone)
    {
        if (!_byId.TryGetValue(id, out Tombstone known) || (!known.IsCommit && (tombstone.IsCommit || tombstone.Attempt > known.Attempt))) Set(id, tombstone);
    }

    public void Expire(long nowMs)
    {
        while (_expiry.TryPeek(out Digest id, out long deadline) && deadline < nowMs - retentionMs)
        {
            _expiry.Dequeue();
            _byId.Remove(id);
        }
    }

    public void Write(WireWriter writer)
    {
        writer.WriteVarint((ulong)_byId.Count);
        if (_byId.Count == 0) return;
        foreach ((Digest id, Tombstone tombstone) in _byId)
        {
            writer.WriteBytes32(id.Bytes);
            writer.WriteUInt64((ulong)tombstone.DeadlineMs);
            writer.WriteUInt32(tombstone.Attempt);
            writer.WriteByte(tombstone.IsCommit ? (byte)1 : (byte)0);
            writer.WriteBytes32(tombstone.Outcome.Bytes);
        }
    }

    public bool TryRead(ref WireReader reader)
    {
        if (!reader.TryReadCount(reader.Remaining / (2 * Digest.Size), out int count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!(reader.TryReadBytes32(out Bytes32 id) && reader.TryReadUInt64(out ulong deadline) && reader.TryReadUInt32(out uint attempt)
                && reader.TryReadByte(out byte commit) && reader.TryReadBytes32(out Bytes32 outcome)) || commit > 1 || deadline > long.MaxValue) return false;
            Set(new Digest(id), new Tombstone((long)deadline, attempt, commit == 1, new Digest(outcome)));
        }
        return true;
    }
}
