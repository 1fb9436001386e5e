using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Replication;

/// <summary>Transactions that wait for a block, in the order of their arrival; bounded in number and bytes.</summary>
internal sealed class TransactionPool(int maxCount, long maxBytes)
{
    // What left nothing so many times is not waiting for an earlier one of its sender.
    private const int MostTries = 50;

    private readonly Dictionary<Digest, LinkedListNode<Entry>> _byId = [];
    private readonly LinkedList<Entry> _order = new();
    private readonly Dictionary<Digest, AtomicTransaction> _atomic = [];
    private readonly HashSet<Digest> _done = [];
    private readonly Queue<Digest> _doneOrder = new();
    private long _bytes;

    public int Count => _byId.Count + _atomic.Count;

    public IEnumerable<Entry> Entries => _order;

    public IEnumerable<AtomicTransaction> Atomic => _atomic.Values;

    public static Digest IdOf(ReadOnlySpan<byte> transaction) => new(Domains.PooledTransaction.Hash(transaction));

    /// <summary>True if it waits, or was executed lately.</summary>
    public bool Knows(in Digest id) => _byId.ContainsKey(id) || _atomic.ContainsKey(id) || _done.Contains(id);

    public bool HasRoom(int length) => Count < maxCount && _bytes + length <= maxBytes;

    public void Add(in Digest id, ReadOnlyMemory<byte> transaction, ulong gasLimit)
    {
        _byId.Add(id, _order.AddLast(new Entry(id, transaction, gasLimit)));
        _bytes += transaction.Length;
    }

    public void Add(AtomicTransaction transaction)
    {
        _atomic.Add(transaction.Id, transaction);
        _bytes += transaction.Encoded.Length;
    }

    public void Remove(in Digest id)
    {
        if (_byId.Remove(id, out LinkedListNode<Entry>? entry))
        {
            _order.Remove(entry);
            _bytes -= entry.Value.Transaction.Length;
        }
        else if (_atomic.Remove(id, out AtomicTransaction? transaction)) _bytes -= transaction.Encoded.Length;
    }

    /// <summary>It is executed: for a while it is not taken in again.</summary>
    public void Done(in Digest id)
    {
        Remove(id);
        if (!_done.Add(id)) return;
        _doneOrder.Enqueue(id);
        if (_doneOrder.Count > maxCount) _done.Remove(_doneOrder.Dequeue());
    }

    /// <summary>Takes over what waits at an ended parent, as far as it is for this shard, and what was executed there lately.</summary>
    public void Inherit(TransactionPool parent, Func<ReadOnlyMemory<byte>, bool> isHere, Func<AtomicTransaction, bool> isAtomicHere)
    {
        foreach (Digest id in parent._doneOrder) Done(id);
        foreach (Entry entry in parent._order)
            if (!Knows(entry.Id) && HasRoom(entry.Transaction.Length) && isHere(entry.Transaction)) Add(entry.Id, entry.Transaction, entry.GasLimit);
        foreach (AtomicTransaction transaction in parent._atomic.Values)
            if (!Knows(transaction.Id) && HasRoom(transaction.Encoded.Length) && isAtomicHere(transaction)) Add(transaction);
    }

    /// <summary>It failed and left nothing: perhaps an earlier one of its sender has yet to come.</summary>
    public void Failed(Entry entry)
    {
        if (++entry.Tries >= MostTries) Remove(entry.Id);
    }

    /// <summary>The blocks' time is past these deadlines.</summary>
    public void Expire(long timeMs)
    {
        foreach ((Digest id, AtomicTransaction transaction) in _atomic)
            if (transaction.DeadlineMs <= timeMs) Remove(id);
    }

    internal sealed class Entry(Digest id, ReadOnlyMemory<byte> transaction, ulong gasLimit)
    {
        public Digest Id { get; } = id;

        public ReadOnlyMemory<byte> Transaction { get; } = transaction;

        public ulong GasLimit { get; } = gasLimit;

        public int Tries { get; set; }
    }
}
