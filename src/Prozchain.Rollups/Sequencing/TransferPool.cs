using System.Runtime.InteropServices;

namespace Prozchain.Rollups.Sequencing;

/// <summary>Checked transfers on their way into a batch: of each sender an unbroken run of nonces, in order.</summary>
internal sealed class TransferPool(int capacity, int senderCapacity)
{
    private readonly Dictionary<AccountAddress, Queue<L2Transfer>> _bySender = [];
    private readonly List<PendingTransfer> _arrivals = [];
    private readonly Dictionary<AccountAddress, int> _taken = [];
    private PendingTransfer[] _ordered = [];
    private long _arrivalCount;

    public int Count => _arrivals.Count;

    public bool IsFull => Count >= capacity;

    public int CountOf(in AccountAddress sender) => _bySender.TryGetValue(sender, out Queue<L2Transfer>? queue) ? queue.Count : 0;

    public bool IsFullFor(in AccountAddress sender) => CountOf(sender) >= senderCapacity;

    public void Add(in L2Transfer transfer)
    {
        ref Queue<L2Transfer>? queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_bySender, transfer.Sender, out _);
        queue ??= new Queue<L2Transfer>();
        queue.Enqueue(transfer);
        _arrivals.Add(new PendingTransfer(_arrivalCount++, transfer.Sender, transfer.Id()));
    }

    /// <summary>Hands transfers over in the policy's order until one is refused, and forgets those taken.</summary>
    public void Take(IOrderingPolicy policy, Func<L2Transfer, bool> tryTake)
    {
        if (_ordered.Length < Count) _ordered = new PendingTransfer[Math.Max(Count, 2 * _ordered.Length)];
        _arrivals.CopyTo(_ordered);
        Span<PendingTransfer> ordered = _ordered.AsSpan(0, Count);
        policy.Order(ordered);
        foreach (ref readonly PendingTransfer place in ordered)
        {
            Queue<L2Transfer> queue = _bySender[place.Sender];
            if (!tryTake(queue.Peek())) break;
            queue.Dequeue();
            if (queue.Count == 0) _bySender.Remove(place.Sender);
            CollectionsMarshal.GetValueRefOrAddDefault(_taken, place.Sender, out _)++;
        }
        // A sender's places and transfers are both in order of arrival, so the first places go with the first transfers.
        _arrivals.RemoveAll(place =>
        {
            ref int taken = ref CollectionsMarshal.GetValueRefOrNullRef(_taken, place.Sender);
            return !System.Runtime.CompilerServices.Unsafe.IsNullRef(ref taken) && taken-- > 0;
        });
        _taken.Clear();
    }
}
