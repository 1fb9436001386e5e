namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>A node whose calls a test writes in place; it notes what it was called with.</summary>
internal sealed class ScriptNode : IProtocolNode
{
    public Action<long, NodeActions>? OnStart { get; init; }

    public Action<long, NodeActions>? OnTick { get; init; }

    public Action<long, NodeId, byte[], NodeActions>? OnReceive { get; init; }

    public List<byte[]> Records { get; } = [];

    public List<(long Ms, NodeId From, byte[] Message)> Got { get; } = [];

    public List<long> Ticks { get; } = [];

    public void Restore(ReadOnlySpan<byte> record) => Records.Add(record.ToArray());

    public void Start(long nowMs, NodeActions actions) => OnStart?.Invoke(nowMs, actions);

    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        Got.Add((nowMs, from, message.ToArray()));
        OnReceive?.Invoke(nowMs, from, message.ToArray(), actions);
    }

    public void Tick(long nowMs, NodeActions actions)
    {
        Ticks.Add(nowMs);
        OnTick?.Invoke(nowMs, actions);
    }
}
