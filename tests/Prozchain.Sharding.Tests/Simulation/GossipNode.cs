using System.Buffers.Binary;
using Prozchain.Sharding.Simulation;

namespace Prozchain.Sharding.Tests.Simulation;

/// <summary>Sends a number to all others every few milliseconds and counts what comes; nothing is kept.</summary>
internal sealed class GossipNode(NodeId id, int nodes, int everyMs = 10, int bytes = 64) : IProtocolNode
{
    private readonly NodeId[] _peers = [.. Enumerable.Range(0, nodes).Where(peer => peer != id.Value).Select(peer => new NodeId(peer))];
    private readonly byte[] _message = new byte[bytes];
    private long _sent;

    public long Received { get; private set; }

    public List<long>? Arrivals { get; init; }

    public void Restore(ReadOnlySpan<byte> record) => throw new InvalidOperationException("Expected no records.");

    public void Start(long nowMs, NodeActions actions) => actions.WakeAt(nowMs + everyMs);

    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        Received++;
        Arrivals?.Add(BinaryPrimitives.ReadInt64LittleEndian(message));
    }

    public void Tick(long nowMs, NodeActions actions)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_message, _sent++);
        actions.Send(_peers, _message);
        actions.WakeAt(nowMs + everyMs);
    }

    public static SimulatedWorld World(ulong seed, int nodes, WorldOptions? options = null)
    {
        var world = new SimulatedWorld(seed, options);
        for (int i = 0; i < nodes; i++) world.Add(id => new GossipNode(id, nodes));
        return world;
    }
}
