using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// Checked transactions on their way into a batch, within bounds of count and bytes and of each sender's share of them. One
/// sender's gap or failure holds up nobody else. Allocates only to grow. Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
public sealed class TransactionPool<TTransaction>
{
    private readonly ITransactionAccess<TTransaction> _access;
    private readonly ITransactionOrder _order;
    private readonly PoolOptions _options;
    private readonly Dictionary<AccountAddress, int> _laneOf = [];
    private readonly Stack<int> _freeEntries = new(), _freeLanes = new();
    private Entry[] _entries = new Entry[64];
    private Lane[] _lanes = new Lane[16];
    private WaitingPlace[] _places = new WaitingPlace[64];
    private int _entryCount, _laneCount, _placeCount, _round;
    private long _arrivals, _bytes;

    /// <summary>An empty pool.</summary>
    public TransactionPool(ITransactionAccess<TTransaction> access, ITransactionOrder order, PoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options));
        (_access, _order, _options) = (access, order, options);
    }

    /// <summary>Transactions held.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a transaction whose signatures were checked.</summary>
    public PoolResult Add(in TTransaction transaction)
    {
        int size = _access.MaxSizeOf(transaction);
        ulong nonce = _access.NonceOf(transaction);
        AccountAddress sender = _access.SenderOf(transaction);
        bool isKnown = _laneOf.TryGetValue(sender, out int lane);
        int before = isKnown ? Before(lane, nonce) : -1, at = before >= 0 ? _entries[before].Next : isKnown ? _lanes[lane].Head : -1;
        if (at >= 0 && _entries[at].Nonce == nonce) return Replace(at, transaction, size);
        if (Count >= _options.Capacity || _bytes + size > _options.MaxBytes) return PoolResult.PoolFull;
        if (isKnown && _lanes[lane].Count >= _options.SenderFloor
            && (_lanes[lane].Count >= _options.SenderShare * (_options.Capacity - Count) || _lanes[lane].Bytes + size > _options.SenderShare * (_options.MaxBytes - _bytes)))
            return PoolResult.SenderLimit;
        if (!isKnown) lane = NewLane(sender);
        int entry = NewEntry();
        _entries[entry] = new Entry { Transaction = transaction, Nonce = nonce, Size = size, Next = at };
        if (before >= 0) _entries[before].Next = entry;
        else _lanes[lane].Head = entry;
        if (at < 0) _lanes[lane].Tail = entry;
        _lanes[lane].Count++;
        _lanes[lane].Bytes += size;
        _bytes += size;
        Count++;
        if (_placeCount == _places.Length) Array.Resize(ref _places, 2 * _placeCount);
        _places[_placeCount++] = new WaitingPlace(_arrivals++, sender, _access.FeeOf(transaction));
        return PoolResult.Accepted;
    }

    /// <summary>Hands transactions out in the policy's order, each sender's by their nonces, until there is no room left.</summary>
    /// <param name="state">Handed on.</param>
    /// <param name="decide">Says what becomes of each.</param>
    public void Drain<TState>(TState state, Func<TState, TTransaction, PoolFate> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        _order.Order(_places.AsSpan(0, _placeCount));
        _round++;
        int kept = 0, i = 0;
        for (; i < _placeCount; i++)
        {
            if (!_laneOf.TryGetValue(_places[i].Sender, out int lane)) continue;
            if (_lanes[lane].PassedIn == _round)
            {
                _places[kept++] = _places[i];
                continue;
            }
            // A nonce that was used by now is passed over as one that is too high is: then a later one has its turn.
            int at = _lanes[lane].Head, stale = 0;
            PoolFate fate = decide(state, _entries[at].Transaction);
            for (; fate == PoolFate.Passed && _entries[at].Next >= 0; stale++)
            {
                at = _entries[at].Next;
                fate = decide(state, _entries[at].Transaction);
            }
            if (fate == PoolFate.Full) break;
            if (fate == PoolFate.Passed)
            {
                stale = 0;
                if (++_entries[_lanes[lane].Head].Passes < _options.MaxPasses)
                {
                    _lanes[lane].PassedIn = _round;
                    _places[kept++] = _places[i];
                    continue;
                }
            }
            for (; stale >= 0; stale--) RemoveHead(lane);
        }
        _places.AsSpan(i, _placeCount - i).CopyTo(_places.AsSpan(kept));
        _placeCount = kept + _placeCount - i;
        // A policy may have put them in any order.
        _places.AsSpan(0, _placeCount).Sort(static (one, other) => one.Arrival.CompareTo(other.Arrival));
    }

    private PoolResult Replace(int at, in TTransaction transaction, int size)
    {
        UInt128 fee = _access.FeeOf(_entries[at].Transaction), offered = _access.FeeOf(transaction), least = fee + fee / 10;
        if (offered <= fee || least < fee || offered < least) return PoolResult.Underpriced;
        if (_bytes - _entries[at].Size + size > _options.MaxBytes) return PoolResult.PoolFull;
        ref Lane lane = ref _lanes[_laneOf[_access.SenderOf(transaction)]];
        lane.Bytes += size - _entries[at].Size;
        _bytes += size - _entries[at].Size;
        (_entries[at].Transaction, _entries[at].Size, _entries[at].Passes) = (transaction, size, 0);
        return PoolResult.Replaced;
    }

    // The last entry with a lower nonce; -1 for none. Nearly always it is the last of all.
    private int Before(int lane, ulong nonce)
    {
        if (_entries[_lanes[lane].Tail].Nonce < nonce) return _lanes[lane].Tail;
        int before = -1;
        for (int at = _lanes[lane].Head; at >= 0 && _entries[at].Nonce < nonce; at = _entries[at].Next) before = at;
        return before;
    }

    private void RemoveHead(int index)
    {
        ref Lane lane = ref _lanes[index];
        int head = lane.Head;
        lane.Head = _entries[head].Next;
        lane.Count--;
        lane.Bytes -= _entries[head].Size;
        _bytes -= _entries[head].Size;
        Count--;
        _entries[head] = default;
        _freeEntries.Push(head);
        if (lane.Count > 0) return;
        _laneOf.Remove(lane.Sender);
        lane = default;
        _freeLanes.Push(index);
    }

    private int NewLane(in AccountAddress sender)
    {
        if (!_freeLanes.TryPop(out int lane))
        {
            lane = _laneCount++;
            if (lane == _lanes.Length) Array.Resize(ref _lanes, 2 * lane);
        }
        _lanes[lane] = new Lane { Sender = sender, Head = -1, Tail = -1 };
        _laneOf.Add(sender, lane);
        return lane;
    }

    private int NewEntry()
    {
        if (_freeEntries.TryPop(out int entry)) return entry;
        entry = _entryCount++;
        if (entry == _entries.Length) Array.Resize(ref _entries, 2 * entry);
        return entry;
    }

    private struct Entry
    {
        public TTransaction Transaction;
        public ulong Nonce;
        public int Size, Next, Passes;
    }

    private struct Lane
    {
        public AccountAddress Sender;
        public int Head, Tail, Count, PassedIn;
        public long Bytes;
    }
}
