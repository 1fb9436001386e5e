using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// Transfers that wait, in the order of arrival. Each was admitted with the very nonce that its sender needs next, so
/// that the head of the queue can always be executed.
/// </summary>
internal sealed class Mempool(int capacity)
{
    private readonly Dictionary<Digest, Pending> _pending = [];
    private Queue<Transfer> _queue = new();

    public int Count => _queue.Count;

    public SubmitResult Check(Transfer transfer, ulong accountNonce)
    {
        ulong next = _pending.TryGetValue(transfer.Sender.Digest, out Pending pending) ? pending.NextNonce : accountNonce;
        if (transfer.Nonce < next) return SubmitResult.NonceTooLow;
        if (transfer.Nonce > next || transfer.Nonce == ulong.MaxValue) return SubmitResult.NonceGap;
        return _queue.Count >= capacity ? SubmitResult.PoolFull : SubmitResult.Accepted;
    }

    public void Add(Transfer transfer)
    {
        _queue.Enqueue(transfer);
        int count = _pending.TryGetValue(transfer.Sender.Digest, out Pending pending) ? pending.Count : 0;
        _pending[transfer.Sender.Digest] = new Pending(transfer.Nonce + 1, count + 1);
    }

    public IEnumerable<Transfer> Head => _queue;

    /// <summary>Drops the first transfers: they are in a block now.</summary>
    public void RemoveHead(int count)
    {
        while (count-- > 0)
        {
            Transfer done = _queue.Dequeue();
            Pending pending = _pending[done.Sender.Digest];
            if (pending.Count == 1) _pending.Remove(done.Sender.Digest);
            else _pending[done.Sender.Digest] = pending with { Count = pending.Count - 1 };
        }
    }

    /// <summary>After somebody else's block: keeps what still is in its turn.</summary>
    public void Refilter(Func<Digest, ulong> accountNonceOf)
    {
        Queue<Transfer> old = _queue;
        _queue = new Queue<Transfer>(old.Count);
        _pending.Clear();
        foreach (Transfer transfer in old)
            if (Check(transfer, accountNonceOf(transfer.Sender.Digest)) == SubmitResult.Accepted) Add(transfer);
    }

    private readonly record struct Pending(ulong NextNonce, int Count);
}
