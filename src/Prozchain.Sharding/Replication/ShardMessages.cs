using Prozchain.Sharding.AtomicCommit;

namespace Prozchain.Sharding.Replication;

/// <summary>Messages that a client sends to nodes of a shard.</summary>
public static class ShardMessages
{
    /// <summary>Hands a transaction in: to more nodes of its sender's shard than can be faulty.</summary>
    /// <param name="transaction">The transaction's bytes.</param>
    public static byte[] Submission(ReadOnlySpan<byte> transaction) => new ReplicaWriter().Transaction(ReplicaMessage.Transaction, transaction).ToArray();

    /// <summary>Hands an atomic transaction in: to more nodes of one of its shards than can be faulty.</summary>
    /// <param name="transaction">The transaction.</param>
    public static byte[] Submission(AtomicTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return new ReplicaWriter().Transaction(ReplicaMessage.AtomicTransaction, transaction.Encoded.Span).ToArray();
    }

    /// <summary>Hands an attempt of a transaction with locks in: to more nodes of one of its shards than can be faulty.</summary>
    /// <param name="request">The attempt.</param>
    public static byte[] Submission(LockRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ReplicaWriter().Transaction(ReplicaMessage.LockRequest, request.Encoded.Span).ToArray();
    }
}
