using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Hosting;

/// <content>Transactions with locks: an attempt asks for its locks here, then is prepared with what the others have locked.</content>
internal sealed partial class HostedShard<TTransition>
{
    private readonly List<LockRequest> _attempts = [], _locks = [], _prepared = [];

    /// <summary>True if an attempt comes after all that this shard knows of its transaction.</summary>
    public bool IsNext(LockRequest attempt) =>
        !_attempts.Exists(other => other.Transaction.Id == attempt.Transaction.Id && other.Attempt.Number >= attempt.Attempt.Number)
        && Machine.StageOf(State, attempt.Transaction.Id, attempt.Attempt) != LockStage.Past;

    /// <summary>Adds an attempt in place of an earlier one.</summary>
    public void Add(LockRequest attempt)
    {
        _attempts.RemoveAll(other => other.Transaction.Id == attempt.Transaction.Id);
        _attempts.Add(attempt);
    }

    private void PickLocks(long timeMs, ref int left)
    {
        _locks.Clear();
        _prepared.Clear();
        if (_attempts.Count == 0 || _change is not null) return;
        foreach (LockRequest attempt in _attempts)
        {
            int length = attempt.Encoded.Length + FrameBytes;
            if (length > left || _locks.Count + _prepared.Count >= MicroBlockLimits.MaxRecords / 4) break;
            if (timeMs < attempt.Transaction.BeginMs) continue;
            LockStage stage = Machine.StageOf(State, attempt.Transaction.Id, attempt.Attempt);
            if (stage == LockStage.Next) _locks.Add(attempt);
            else if (stage == LockStage.Holds && TryProvisions(attempt, left - length) is { } provisions)
            {
                _prepared.Add(attempt);
                _receipts.AddRange(provisions);
                foreach (ProvenReceipt provision in provisions) left -= provision.Encoding.Length + ReceiptBytes;
            }
            else continue;
            left -= length;
        }
    }

    // What all others have locked; null until it is here.
    private List<ProvenReceipt>? TryProvisions(LockRequest attempt, int most)
    {
        var awaited = new SortedSet<ShardId>(attempt.ParticipantsIn(State.Layout));
        awaited.Remove(Info.Id);
        var provisions = new List<ProvenReceipt>();
        foreach (ReceiptLine.Waiting item in Line.Items)
        {
            if (item.Receipt.Record is not { Kind: AtomicRecordKind.Provision } record || record.Transaction != attempt.Transaction.Id || record.Attempt != attempt.Attempt || !awaited.Remove(record.Shard)) continue;
            provisions.Add(item.Receipt);
            most -= item.Receipt.Encoding.Length + ReceiptBytes;
        }
        return awaited.Count == 0 && most >= 0 && _receipts.Count + provisions.Count < MicroBlockLimits.MaxRecords / 2 ? provisions : null;
    }

    // Refused for good, prepared, ended here, or over.
    private void ReleaseLocks(ShardStep step, long timeMs)
    {
        if (_attempts.Count == 0) return;
        for (int i = 0; i < _locks.Count; i++)
            if (step.Locks[i] is not (AtomicResult.Accepted or AtomicResult.Full or AtomicResult.BlockFull)) _attempts.Remove(_locks[i]);
        _attempts.RemoveAll(attempt => attempt.Transaction.DeadlineMs <= timeMs || Machine.StageOf(State, attempt.Transaction.Id, attempt.Attempt) == LockStage.Past);
    }
}
