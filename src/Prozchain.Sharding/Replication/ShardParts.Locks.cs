using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <content>Transactions with locks: what other shards said of them, and the requests that the block orders.</content>
internal sealed partial class ShardParts
{
    // What may still apply in a later block is not ordered here: it waits on.
    private AtomicResult Take(ProvenReceipt receipt)
    {
        AtomicRecord record = receipt.Record!;
        if (record.Attempt.Number > 0 && !Atomic.CanTake(record)) return AtomicResult.NotOrdered;
        AtomicResult result = Atomic.Accept(record, new RecordOrigin(receipt.Source.Shard, receipt.Source.Epoch));
        return result switch
        {
            AtomicResult.BlockFull or AtomicResult.Full => AtomicResult.NotOrdered,
            // Nobody decides about a shard that has not provided: the attempt was here, and is forgotten.
            AtomicResult.NotOrdered when record.Kind == AtomicRecordKind.Decision => AtomicResult.Duplicate,
            _ => result,
        };
    }

    private void TakeLocks(ShardBody body)
    {
        foreach (LockRequest request in body.Locks)
        {
            ShardId[] participants = request.ParticipantsIn(_layout);
            DeclaredCell[] own = [.. request.Cells.ToArray().Where(cell => _self.Contains(cell.Class, cell.Key))];
            _step!.Locks.Add(participants.Length is 0 or > AtomicLimits.MaxParticipants ? AtomicResult.NotParticipant : Atomic.Acquire(request.Transaction, request.Attempt, participants, own));
        }
        foreach (LockRequest request in body.Prepared) _step!.Prepared.Add(Prepare(request, body));
    }

    // A proposer that leaves values out changes nothing: without all of them there is no vote.
    private AtomicResult Prepare(LockRequest request, ShardBody body)
    {
        if (Atomic.StageOf(request.Transaction.Id, request.Attempt) != LockStage.Holds) return AtomicResult.NotOrdered;
        ShardId[] participants = request.ParticipantsIn(_layout);
        var provided = new SortedDictionary<ShardId, int>();
        for (int i = 0; i < body.Records.Count; i++)
            if (body.Records[i].Record is { Kind: AtomicRecordKind.Provision } record && record.Transaction == request.Transaction.Id && record.Attempt == request.Attempt
                && Array.IndexOf(participants, record.Shard) >= 0) provided[record.Shard] = i;
        foreach (ShardId each in participants)
            if (each != _self.Id && !provided.ContainsKey(each)) return AtomicResult.NotOrdered;
        AtomicResult result = Atomic.Prepare(request.Transaction.Id, request.Attempt, participants, [.. provided.Values.Select(place => body.Records[place].Record!)]);
        if (result != AtomicResult.Accepted) return result;
        foreach (int place in provided.Values) _step!.Records[place] = AtomicResult.Accepted;
        return result;
    }
}
