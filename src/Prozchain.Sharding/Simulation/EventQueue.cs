namespace Prozchain.Sharding.Simulation;

/// <summary>What a queued event will make the world do.</summary>
internal enum WorkKind : byte
{
    Deliver,
    Run,
    Durable,
    Start,
    FaultBegin,
    FaultHeal,
    Call,
}

/// <summary>An event to come. <see cref="Life"/> is the node's life that asked for it: a crash makes it void.</summary>
internal struct Work
{
    public WorkKind Kind;
    public int Node, From, Life;
    public object? Load;
}

/// <summary>When something is due; what was asked for first goes first.</summary>
internal readonly record struct Due(long Micros, ulong Order)
{
    public static readonly Due Never = new(long.MaxValue, ulong.MaxValue);

    public bool IsBefore(in Due other) => Micros < other.Micros || (Micros == other.Micros && Order < other.Order);
}

/// <summary>
/// Events by time, ties by the order of asking. A heap of four children a node over 16-byte keys; the events lie still in
/// slots, the slot's number being the low bits of the key's order.
/// </summary>
internal sealed class EventQueue
{
    private const int SlotBits = 24, Arity = 4;
    private const int MaxEvents = 1 << SlotBits;

    private Due[] _heap = new Due[256];
    private Work[] _slots = new Work[256];
    private int[] _free = new int[256];
    private int _count, _freeCount, _used;
    private ulong _sequence;

    public int Count => _count;

    public Due First => _count == 0 ? Due.Never : _heap[0];

    /// <summary>The next number in the order of asking, for a queue beside this one.</summary>
    public ulong NextOrder() => _sequence++ << SlotBits;

    public void Push(long micros, in Work work)
    {
        int slot = _freeCount > 0 ? _free[--_freeCount] : NewSlot();
        _slots[slot] = work;
        if (_count == _heap.Length) Array.Resize(ref _heap, 2 * _count);
        var due = new Due(micros, NextOrder() | (uint)slot);
        int at = _count++;
        while (at > 0)
        {
            int parent = (at - 1) / Arity;
            if (!due.IsBefore(_heap[parent])) break;
            _heap[at] = _heap[parent];
            at = parent;
        }
        _heap[at] = due;
    }

    public Work Pop()
    {
        int slot = (int)(_heap[0].Order & (MaxEvents - 1));
        Work work = _slots[slot];
        _slots[slot].Load = null;
        _free[_freeCount++] = slot;
        Due last = _heap[--_count];
        int at = 0;
        for (int child = 1; child < _count; child = Arity * at + 1)
        {
            int end = Math.Min(child + Arity, _count), best = child;
            for (int i = child + 1; i < end; i++)
            {
                if (_heap[i].IsBefore(_heap[best])) best = i;
            }
            if (!_heap[best].IsBefore(last)) break;
            _heap[at] = _heap[best];
            at = best;
        }
        _heap[at] = last;
        return work;
    }

    private int NewSlot()
    {
        if (_used == MaxEvents) throw new InvalidOperationException($"Expected at most {MaxEvents} events under way, got more.");
        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, 2 * _used);
            Array.Resize(ref _free, 2 * _used);
        }
        return _used++;
    }
}
