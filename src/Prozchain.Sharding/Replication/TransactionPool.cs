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
    private readonly Dictionary<Digest, LockRequest> _locks = [];
    private readonly HashSet<Digest> _done = [];
    private readonly Queue<Digest> _doneOrder = new();
    private readonly List<Entry> _unverified = [];
    private long _bytes;

    public int Count => _byId.Count + _atomic.Count + _locks.Count;

    public IEnumerable<Entry> Entries => _order;

    /// <summary>Those whose signatures have not been checked, or that went meanwhile: whoever checks them clears the list.</summary>
    public List<Entry> Unverified => _unverified;

    public IEnumerable<AtomicTransaction> Atomic => _atomic.Values;

    /// <summary>The last attempt of each transaction with locks.</summary>
    public IReadOnlyCollection<LockRequest> Locks => _locks.Values;

    public static Digest IdOf(ReadOnlySpan<byte> transaction) => new(Domains.PooledTransaction.Hash(transaction));

    /// <summary>True if it waits, or was executed lately.</summary>
    public bool Knows(in Digest id) => _byId.ContainsKey(id) || _atomic.ContainsKey(id) || _done.Contains(id);

    /// <summary>It is here and no final block holds it.</summary>
    public bool Waits(in Digest id) => _byId.ContainsKey(id) || _atomic.ContainsKey(id) || _locks.ContainsKey(id);

    public bool HasRoom(int length) => Count < maxCount && _bytes + length <= maxBytes;

    /// <summary>True if it waits and its signatures are known to hold.</summary>
    public bool IsVerified(in Digest id) => _byId.TryGetValue(id, out LinkedListNode<Entry>? entry) && entry.Value.IsVerified;

    /// <summary>True if it waits, with these signatures: they are known to hold.</summary>
    public bool Holds(AtomicTransaction transaction) => _atomic.TryGetValue(transaction.Id, out AtomicTransaction? held) && held.Encoded.Span.SequenceEqual(transaction.Encoded.Span);

    /// <summary>True if it waits, with these signatures.</summary>
    public bool Holds(LockRequest request) => _locks.TryGetValue(request.Transaction.Id, out LockRequest? held) && held.Encoded.Span.SequenceEqual(request.Encoded.Span);

    /// <summary>The number of the attempt that waits; 0 for none.</summary>
    public uint AttemptOf(in Digest transaction) => _locks.TryGetValue(transaction, out LockRequest? held) ? held.Attempt.Number : 0;

    /// <summary>Its signatures hold.</summary>
    public void Verified(in Digest id)
    {
        if (_byId.TryGetValue(id, out LinkedListNode<Entry>? entry)) entry.Value.IsVerified = true;
    }

    public void Add(in Digest id, ReadOnlyMemory<byte> transaction, ulong gasLimit, bool isVerified)
    {
        var entry = new Entry(id, transaction, gasLimit) { IsVerified = isVerified };
        _byId.Add(id, _order.AddLast(entry));
        if (!isVerified) _unverified.Add(entry);
        _bytes += transaction.Length;
    }

    public void Add(AtomicTransaction transaction)
    {
        _atomic.Add(transaction.Id, transaction);
        _bytes += transaction.Encoded.Length;
    }

    /// <summary>In place of an earlier attempt.</summary>
    public void Add(LockRequest request)
    {
        Remove(request);
        _locks[request.Transaction.Id] = request;
        _bytes += request.Encoded.Length;
    }

    /// <summary>Whatever attempt of the transaction waits.</summary>
    public void Remove(LockRequest request)
    {
        if (_locks.Remove(request.Transaction.Id, out LockRequest? held)) _bytes -= held.Encoded.Length;
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
    public void Inherit(TransactionPool parent, Func<ReadOnlyMemory<byte>, bool> isHere, Func<AtomicTransaction, bool> isAtomicHere, Func<LockRequest, bool> isLockHere)
    {
        foreach (Digest id in parent._doneOrder) Done(id);
        foreach (Entry entry in parent._order)
            if (!Knows(entry.Id) && HasRoom(entry.Transaction.Length) && isHere(entry.Transaction)) Add(entry.Id, entry.Transaction, entry.GasLimit, entry.IsVerified);
        foreach (AtomicTransaction transaction in parent._atomic.Values)
            if (!Knows(transaction.Id) && HasRoom(transaction.Encoded.Length) && isAtomicHere(transaction)) Add(transaction);
        // An attempt ends with the shard; one that has not begun may go on with the heirs.
        foreach (LockRequest request in parent._locks.Values)
            if (AttemptOf(request.Transaction.Id) == 0 && HasRoom(request.Encoded.Length) && isLockHere(request)) Add(request);
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
        foreach (LockRequest request in _locks.Values)
            if (request.Transaction.DeadlineMs <= timeMs) Remove(request);
    }

    internal sealed class Entry(Digest id, ReadOnlyMemory<byte> transaction, ulong gasLimit)
    {
        public Digest Id { get; } = id;

        public ReadOnlyMemory<byte> Transaction { get; } = transaction;

        public ulong GasLimit { get; } = gasLimit;

        public bool IsVerified { get; set; }

        public int Tries { get; set; }
    }
}
