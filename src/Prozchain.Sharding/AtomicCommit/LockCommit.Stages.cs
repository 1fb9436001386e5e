namespace Prozchain.Sharding.AtomicCommit;

/// <content>What an attempt may do next.</content>
internal sealed partial class LockCommit
{
    /// <summary>How far an attempt has come.</summary>
    public LockStage StageOf(in Digest transaction, Attempt attempt)
    {
        if (_open.TryGetValue(transaction, out LockEntry? entry))
        {
            if (entry.Attempt == attempt) return entry.IsFixed ? LockStage.Past : entry.IsWaiting ? LockStage.Waits : LockStage.Holds;
            return attempt.Number <= entry.Attempt.Number ? LockStage.Past : entry.IsFixed ? LockStage.Waits : LockStage.Next;
        }
        return Ended.TryGet(transaction, out Tombstone ended) && (ended.IsCommit || attempt.Number <= ended.Attempt) ? LockStage.Past : LockStage.Next;
    }

    /// <summary>False while a decision is about an attempt that may still be prepared here, and is not an abort by the shard that was to decide.</summary>
    public bool CanFollow(AtomicRecord decision) =>
        !_open.TryGetValue(decision.Transaction, out LockEntry? entry) || entry.IsFixed || entry.Attempt != decision.Attempt
        || (!decision.IsCommit && entry.Participants is [var first, ..] && first == decision.Shard);

    public bool IsOpen(in Digest transaction) => _open.ContainsKey(transaction);
}
