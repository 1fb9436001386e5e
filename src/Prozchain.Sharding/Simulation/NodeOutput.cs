namespace Prozchain.Sharding.Simulation;

/// <summary>An action that has not been carried out.</summary>
internal readonly record struct Pending(NodeActionKind Kind, NodeId To, Payload Bytes);

/// <summary>
/// A node's actions in order, those of all its calls: none overtakes a record that was asked for before it. Positions
/// count from the beginning of the node.
/// </summary>
internal sealed class NodeOutput
{
    private Pending[] _ring = new Pending[4];

    /// <summary>The first that is still to be carried out.</summary>
    public long Head { get; private set; }

    /// <summary>Behind the last.</summary>
    public long Tail { get; private set; }

    /// <summary>Behind the last whose call has been paid for.</summary>
    public long PaidEnd { get; set; }

    /// <summary>Behind the last whose record the running flush covers.</summary>
    public long WrittenEnd { get; set; }

    /// <summary>Behind the last whose record is durable.</summary>
    public long DurableEnd { get; set; }

    public bool IsFlushing { get; set; }

    public bool IsEmpty => Head == Tail;

    public Pending this[long position] => _ring[position & (_ring.Length - 1)];

    public void Add(in Pending action)
    {
        if (Tail - Head == _ring.Length) Grow();
        _ring[Tail++ & (_ring.Length - 1)] = action;
    }

    public Pending Take()
    {
        ref Pending slot = ref _ring[Head++ & (_ring.Length - 1)];
        Pending action = slot;
        slot = default;
        return action;
    }

    /// <summary>All of it is void, what a flush was to cover included.</summary>
    public void Reset()
    {
        PaidEnd = WrittenEnd = DurableEnd = Head;
        IsFlushing = false;
    }

    private void Grow()
    {
        var larger = new Pending[2 * _ring.Length];
        for (long at = Head; at < Tail; at++) larger[at & (larger.Length - 1)] = this[at];
        _ring = larger;
    }
}
