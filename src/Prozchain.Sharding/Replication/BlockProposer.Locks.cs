using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <content>Transactions with locks: an attempt asks for its locks here, then is prepared with what the others have locked.</content>
internal sealed partial class BlockProposer<TTransition>
{
    private void TakeLocks(ExecutedNode parent, long timeMs, ref int left)
    {
        _locks.Clear();
        _prepared.Clear();
        // In the block in which the shard ends it would be aborted.
        if (pool.Locks.Count == 0 || !_layout.IsLive(machine.Shard.Id)) return;
        foreach (LockRequest request in pool.Locks)
        {
            AtomicTransaction transaction = request.Transaction;
            int length = request.Encoded.Length + FrameBytes;
            if (length > left || _locks.Count + _prepared.Count >= MicroBlockLimits.MaxRecords / 4) break;
            if (timeMs < transaction.BeginMs || timeMs >= transaction.DeadlineMs) continue;
            switch (machine.StageOf(parent.State, transaction.Id, request.Attempt))
            {
                case LockStage.Next:
                    _locks.Add(request);
                    break;
                case LockStage.Holds when TryProvisions(parent, request, left - length) is { } provisions:
                    _prepared.Add(request);
                    _receipts.AddRange(provisions);
                    foreach (ProvenReceipt provision in provisions) left -= LengthOf(provision);
                    break;
                default:
                    continue;
            }
            left -= length;
        }
    }

    // What all others have locked; null until it is here.
    private List<ProvenReceipt>? TryProvisions(ExecutedNode parent, LockRequest request, int most)
    {
        var awaited = new SortedSet<ShardId>(request.ParticipantsIn(_layout));
        awaited.Remove(machine.Shard.Id);
        var provisions = new List<ProvenReceipt>();
        foreach (ProvenReceipt receipt in awaited.Count == 0 ? [] : inbound.Waiting)
        {
            if (receipt.Record is not { Kind: AtomicRecordKind.Provision } record || record.Transaction != request.Transaction.Id || record.Attempt != request.Attempt
                || !_layout.TryGetInfo(receipt.Source.Shard, out _) || ExecutedTree.Any(parent, node => node.Receipts.Contains(receipt.Name)) || !awaited.Remove(record.Shard)) continue;
            provisions.Add(receipt);
            most -= LengthOf(receipt);
        }
        return awaited.Count == 0 && most >= 0 && _receipts.Count + provisions.Count < MicroBlockLimits.MaxRecords / 2 ? provisions : null;
    }

    private static int LengthOf(ProvenReceipt receipt) => receipt.Encoding.Length + FrameBytes + BodySource.Size + 40 * Digest.Size;
}
