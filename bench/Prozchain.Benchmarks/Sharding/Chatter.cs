using Prozchain.Sharding;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>Tells its group a message every 10 ms, and answers each with one of its own, so that a simulator has events.</summary>
internal sealed class Chatter : IProtocolNode
{
    public const int Group = 7, MessageBytes = 200;
    private const int EveryMs = 10;

    private readonly NodeId[] _peers;
    private readonly byte[] _message = new byte[MessageBytes];

    public Chatter(NodeId id) => _peers = [.. Enumerable.Range(id.Value / Group * Group, Group).Where(peer => peer != id.Value).Select(peer => new NodeId(peer))];

    public long Received { get; private set; }

    public void Restore(ReadOnlySpan<byte> record)
    {
    }

    public void Start(long nowMs, NodeActions actions) => actions.WakeAt(nowMs + EveryMs);

    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        Received++;
        if (message[0] != 0) return;
        _message[0] = 1;
        actions.Send(from, _message);
    }

    public void Tick(long nowMs, NodeActions actions)
    {
        _message[0] = 0;
        actions.Send(_peers, _message);
        actions.WakeAt(nowMs + EveryMs);
    }
}
