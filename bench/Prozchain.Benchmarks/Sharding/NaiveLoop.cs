using Prozchain.Sharding;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// The least that hosts the same nodes in virtual time: a priority queue of closures, an array for each message, a
/// constant delay. No faults, storage, CPUs, hash or trace.
/// </summary>
internal sealed class NaiveLoop
{
    private const long DelayMicros = 25_000;

    private readonly PriorityQueue<Action, (long Micros, long Order)> _queue = new();
    private readonly List<IProtocolNode> _nodes = [];
    private long _micros, _order;

    public void Add(IProtocolNode node)
    {
        _nodes.Add(node);
        Handle(new NodeId(_nodes.Count - 1), actions => node.Start(0, actions));
    }

    public void RunFor(long ms)
    {
        long end = _micros + 1000 * ms;
        while (_queue.TryPeek(out _, out (long Micros, long Order) due) && due.Micros <= end)
        {
            _micros = due.Micros;
            _queue.Dequeue()();
        }
        _micros = end;
    }

    private void Handle(NodeId id, Action<NodeActions> call)
    {
        var actions = new NodeActions();
        call(actions);
        for (int i = 0; i < actions.Count; i++)
        {
            NodeId to = actions[i].To;
            byte[] message = actions[i].Bytes.ToArray();
            _queue.Enqueue(() => Handle(to, next => _nodes[to.Value].Receive(_micros / 1000, id, message, next)), (_micros + DelayMicros, _order++));
        }
        if (actions.WakeMs is { } wakeMs) _queue.Enqueue(() => Handle(id, next => _nodes[id.Value].Tick(_micros / 1000, next)), (1000 * wakeMs, _order++));
    }
}
