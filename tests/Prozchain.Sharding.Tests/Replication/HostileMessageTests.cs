using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>A node of a shard under mutations of all that its peers and other shards really say.</summary>
public class HostileMessageTests
{
    [Fact]
    public void Receive_HostileMessages_NeverThrowsAndStaysSound()
    {
        using var bank = new BankWorld(TestSettings.Seed, new BankOptions { Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), SwapsPerSecond = 10 });
        bank.World.RunTo(2_000);
        ShardNode<TransferTransition>[] nodes = [.. Enumerable.Range(0, bank.World.Nodes.Count).Select(i => bank.World.Nodes[i].As<ShardNode<TransferTransition>>()!)];
        // From here on they talk by hand: who sends what to whom, of each kind.
        var samples = new Dictionary<byte, List<byte[]>>();
        long now = bank.World.NowMs;
        for (int step = 0; step < 100; step++, now += 20)
        {
            var queue = new Queue<(NodeId From, NodeId To, byte[] Bytes)>();
            for (int i = 0; i < nodes.Length; i++) Take(queue, new NodeId(i), actions => nodes[i].Tick(now, actions));
            while (queue.TryDequeue(out (NodeId From, NodeId To, byte[] Bytes) sent))
            {
                List<byte[]> kind = samples.TryGetValue(sent.Bytes[1], out List<byte[]>? known) ? known : samples[sent.Bytes[1]] = [];
                if (kind.Count < 20) kind.Add(sent.Bytes);
                Take(queue, sent.To, actions => nodes[sent.To.Value].Receive(now, sent.From, sent.Bytes, actions));
            }
        }
        Assert.True(samples.Count >= 5, $"Expected messages of 5 kinds, got {string.Join(", ", samples.Keys)}.");
        byte[][] seeds = [.. samples.Values.SelectMany(kind => kind)];
        int fed = 0;
        HostileBytes.Feed(
            seeds,
            bytes =>
            {
                nodes[fed % 2].Receive(now + fed / 100, new NodeId(fed % nodes.Length), bytes, new NodeActions());
                fed++;
            },
            count: 20_000);
        Assert.All(nodes, node => Assert.False(node.Ordering.IsForked || node.Replica.IsFaulted));

        void Take(Queue<(NodeId From, NodeId To, byte[] Bytes)> queue, NodeId id, Action<NodeActions> call)
        {
            var actions = new NodeActions();
            call(actions);
            for (int k = 0; k < actions.Count; k++)
                if (actions[k].Kind == NodeActionKind.Send && actions[k].To.Value < nodes.Length) queue.Enqueue((id, actions[k].To, actions[k].Bytes.ToArray()));
        }
    }
}
