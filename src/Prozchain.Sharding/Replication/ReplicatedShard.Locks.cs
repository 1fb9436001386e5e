using Prozchain.Sharding.AtomicCommit;

namespace Prozchain.Sharding.Replication;

/// <content>Attempts of transactions with locks that wait for a block.</content>
public sealed partial class ReplicatedShard<TTransition>
{
    /// <summary>Takes an attempt of a transaction with locks, some of them on this shard's cells, into the pool if its signatures hold.</summary>
    internal bool TrySubmit(LockRequest request, long nowMs)
    {
        AtomicOptions options = Machine.Options.Atomic;
        AtomicTransaction transaction = request.Transaction;
        if (HasEnded || request.Attempt.Number <= Pool.AttemptOf(transaction.Id) || transaction.ChainId != options.ChainId || !options.Programs.ContainsKey(transaction.Program)) return false;
        if (nowMs >= transaction.DeadlineMs || transaction.BeginMs > nowMs + options.MaxValidityMs || !Pool.HasRoom(request.Encoded.Length)) return false;
        if (!HoldsCellOf(request.Cells) || Machine.StageOf(State, transaction.Id, request.Attempt) == LockStage.Past || !request.IsSigned(_options.Verifier)) return false;
        Pool.Add(request);
        return true;
    }

    // Prepared, ended here, or overtaken by a later attempt.
    private void ForgetPastLocks()
    {
        if (Pool.Locks.Count == 0) return;
        foreach (LockRequest request in Pool.Locks.ToArray())
            if (Machine.StageOf(State, request.Transaction.Id, request.Attempt) == LockStage.Past) Pool.Remove(request);
    }
}
