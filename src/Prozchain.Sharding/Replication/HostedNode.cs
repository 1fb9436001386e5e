namespace Prozchain.Sharding.Replication;

/// <summary>
/// A protocol node inside another: its messages and records travel with a prefix that says whose they are, its peers'
/// names are translated, and its wake-up time is kept apart.
/// </summary>
internal sealed class HostedNode(IProtocolNode node, Func<NodeId, NodeId> addressOf)
{
    private readonly NodeActions _actions = new();
    private readonly List<NodeId> _to = [];

    public IProtocolNode Node { get; } = node;

    public long WakeMs { get; private set; } = long.MaxValue;

    public void Start(long nowMs, Func<NodeAction, byte[]> wrap, NodeActions output)
    {
        Node.Start(nowMs, _actions);
        Forward(wrap, output);
    }

    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, Func<NodeAction, byte[]> wrap, NodeActions output)
    {
        Node.Receive(nowMs, from, message, _actions);
        Forward(wrap, output);
    }

    public void TickIfDue(long nowMs, Func<NodeAction, byte[]> wrap, NodeActions output)
    {
        if (nowMs < WakeMs) return;
        WakeMs = long.MaxValue;
        Node.Tick(nowMs, _actions);
        Forward(wrap, output);
    }

    // A message to many peers lies once in the actions, entry behind entry: it is wrapped once here too.
    private void Forward(Func<NodeAction, byte[]> wrap, NodeActions output)
    {
        for (int i = 0; i < _actions.Count;)
        {
            NodeAction action = _actions[i++];
            byte[] bytes = wrap(action);
            if (action.Kind == NodeActionKind.Persist)
            {
                output.Persist(bytes);
                continue;
            }
            _to.Clear();
            _to.Add(addressOf(action.To));
            for (; i < _actions.Count && _actions[i].Kind == NodeActionKind.Send && _actions[i].Bytes.Equals(action.Bytes); i++) _to.Add(addressOf(_actions[i].To));
            output.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_to), bytes);
        }
        if (_actions.WakeMs is { } wake) WakeMs = wake;
        _actions.Clear();
    }
}
