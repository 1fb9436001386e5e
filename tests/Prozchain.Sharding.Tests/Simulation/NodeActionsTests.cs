using System.Runtime.InteropServices;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Simulation;

public class NodeActionsTests
{
    private static readonly NodeId[] s_peers = [.. Enumerable.Range(0, 50).Select(peer => new NodeId(peer))];

    [Fact]
    public void Indexer_MixedActions_KeepsOrderAndBytes()
    {
        var actions = new NodeActions();
        actions.Send(new NodeId(3), "one"u8);
        actions.Persist("two"u8);
        actions.Send(s_peers.AsSpan(0, 2), "three"u8);
        actions.Persist(new byte[5000]);
        actions.Send(new NodeId(0), []);

        string[] kinds = [.. Enumerable.Range(0, actions.Count).Select(i => $"{actions[i].Kind} {actions[i].To} {actions[i].Bytes.Length}")];
        Assert.Equal(["Send 3 3", "Persist 0 3", "Send 0 5", "Send 1 5", "Persist 0 5000", "Send 0 0"], kinds);
        Assert.Equal("one"u8, actions[0].Bytes.Span);
        Assert.Equal("two"u8, actions[1].Bytes.Span);
        Assert.Equal("three"u8, actions[3].Bytes.Span);
    }

    [Fact]
    public void Send_ManyPeers_HoldsTheBytesOnce()
    {
        var actions = new NodeActions();
        byte[] message = [1, 2, 3];
        actions.Send(s_peers, message);
        message[0] = 9;
        Assert.All(Enumerable.Range(0, actions.Count), i =>
        {
            Assert.Equal(actions[0].Bytes, actions[i].Bytes);
            Assert.Equal([1, 2, 3], actions[i].Bytes.ToArray());
        });
        Assert.True(MemoryMarshal.TryGetArray(actions[49].Bytes, out ArraySegment<byte> last) && last.Offset == 0);
    }

    [Fact]
    public void Clear_AfterActions_ForgetsAll()
    {
        var actions = new NodeActions();
        Assert.Null(actions.WakeMs);
        actions.WakeAt(5);
        actions.WakeAt(7);
        actions.Persist("record"u8);
        Assert.Equal(7, actions.WakeMs);
        actions.Clear();
        Assert.Equal((0, null), (actions.Count, actions.WakeMs));
        actions.Send(new NodeId(1), "next"u8);
        Assert.Equal("next"u8, actions[0].Bytes.Span);
    }

    [Fact]
    public void AllMembers_WarmBuffers_AllocateNothing()
    {
        var actions = new NodeActions();
        byte[] message = new byte[700];
        int sum = 0;
        AllocationAssert.None(() =>
        {
            actions.Clear();
            actions.Send(s_peers, message);
            actions.Persist(message);
            actions.Send(new NodeId(2), message);
            actions.WakeAt(12);
            for (int i = 0; i < actions.Count; i++) sum += actions[i].Bytes.Length;
        });
        Assert.True(sum > 0);
    }
}
