using System.Buffers.Binary;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Receipts;

/// <summary>Shards that split and merge while receipts are under way, each taking the change in when it likes.</summary>
public class ChannelTopologyTests
{
    private static readonly ChannelOptions s_options = new() { MaxQueued = 4000, MaxChannels = 64, InitialCredit = 8 };

    [Fact]
    public void Receipts_OverSplitsAndMerges_ArriveExactlyOnce()
    {
        int reshapes = 0;
        for (int run = 0; run < TestSettings.Scale(150, 5000); run++)
        {
            int seed = (int)TestSettings.Seed + run;
            try
            {
                reshapes += new World(seed).Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
        Assert.True(reshapes > 300);
    }

    private sealed class World : IReceiptSink
    {
        private readonly Random _random;
        private readonly SortedDictionary<ShardId, Node> _live = [];
        private readonly List<ShardRange[]> _versions = [];
        private readonly List<ChannelBundle> _bundles = [];
        private readonly List<ChannelNotice> _notices = [];
        private readonly HashSet<int> _credited = [];
        private ShardRange _at;
        private ulong _lastId = 3;
        private int _sent;

        public World(int seed)
        {
            _random = new Random(seed);
            ShardRange[] live = [new(new ShardId(1), new Digest([0x00, .. new byte[31]]), 1), new(new ShardId(2), new Digest([0x80, .. new byte[31]]), 2), new(new ShardId(3), new Digest([0xC0, .. new byte[31]]), 2)];
            _versions.Add(live);
            foreach (ShardRange range in live) _live.Add(range.Id, new Node(range, new OutgoingChannels(range, s_options, live), new IncomingChannels(range, s_options, live), 0));
        }

        public int Run()
        {
            for (int step = 0; step < 250; step++)
            {
                Node node = _live.Values.ElementAt(_random.Next(_live.Count));
                if (node.Version < _versions.Count - 1 && _random.Next(4) == 0) Adopt(node);
                if (_random.Next(25) == 0) Restart(node);
                if (_random.Next(30) == 0) Reshape(node);
                else Block(node, _random.Next(4), _random.Next(6));
            }
            for (int round = 0; round < 60 && _credited.Count < _sent; round++)
            {
                foreach (Node node in _live.Values)
                {
                    while (node.Version < _versions.Count - 1) Adopt(node);
                    foreach (ChannelNotice notice in _notices.ToArray()) Deliver(node, notice);
                    foreach (ChannelBundle bundle in _bundles) Deliver(node, bundle);
                    Block(node, 0, 0);
                }
            }
            Assert.Equal(_sent, _credited.Count);
            foreach (Node node in _live.Values)
            {
                foreach (ChannelNotice notice in _notices.ToArray()) Deliver(node, notice);
                // All that is left open is what a live peer may still use.
                Assert.InRange(node.Incoming.Outstanding, 0, s_options.MaxQueued * 16);
                byte[] state = TestNetwork.Encode(node.Incoming.Write);
                foreach (ChannelBundle bundle in _bundles) Assert.NotEqual(ChannelResult.Applied, Deliver(node, bundle));
                Assert.Equal(state, TestNetwork.Encode(node.Incoming.Write));
            }
            return _versions.Count - 1;
        }

        public bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload)
        {
            Assert.True(_at.Contains(cell));
            if (_random.Next(20) == 0) return false;
            Assert.True(_credited.Add(BinaryPrimitives.ReadInt32LittleEndian(payload)), "Expected each receipt once.");
            return true;
        }

        private void Block(Node node, int sends, int deliveries)
        {
            _at = node.Range;
            node.Incoming.RetryDeferred(this);
            for (int i = 0; i < deliveries && _bundles.Count > 0; i++) Deliver(node, _bundles[_random.Next(_bundles.Count)]);
            for (int i = 0; i < deliveries && _notices.Count > 0; i++) Deliver(node, _notices[_random.Next(_notices.Count)]);
            Span<byte> cell = stackalloc byte[32], payload = stackalloc byte[sizeof(int)];
            for (int i = 0; i < sends; i++)
            {
                _random.NextBytes(cell);
                BinaryPrimitives.WriteInt32LittleEndian(payload, _sent);
                if (node.Outgoing.TrySend(new Digest(cell), payload, 1) == SendResult.Sent) _sent++;
            }
            Seal(node);
        }

        private void Seal(Node node)
        {
            node.Incoming.Seal(_notices);
            node.Outgoing.Seal(++node.Height, _bundles, _notices);
        }

        private void Deliver(Node node, ChannelNotice notice)
        {
            node.Outgoing.Accept(notice);
            node.Incoming.Accept(notice);
        }

        private ChannelResult Deliver(Node node, ChannelBundle bundle)
        {
            _at = node.Range;
            ChannelResult result = node.Incoming.Apply(bundle, this);
            Assert.True(result is not (ChannelResult.OverCredit or ChannelResult.WrongCell), $"Expected honest bundles to be within their credit, got {result}.");
            return result;
        }

        private void Adopt(Node node)
        {
            ShardRange[] next = _versions[++node.Version];
            node.Incoming.Adopt(next);
            node.Outgoing.Adopt(next);
        }

        private void Restart(Node node)
        {
            var outgoing = new OutgoingChannels(node.Range, s_options, _versions[node.Version]);
            var incoming = new IncomingChannels(node.Range, s_options, _versions[node.Version]);
            Assert.True(outgoing.TryRestore(TestNetwork.Encode(node.Outgoing.Write)));
            Assert.True(incoming.TryRestore(TestNetwork.Encode(node.Incoming.Write)));
            Assert.Equal(node.Outgoing.Digest, outgoing.Digest);
            Assert.Equal(node.Incoming.Digest, incoming.Digest);
            (node.Outgoing, node.Incoming) = (outgoing, incoming);
        }

        private void Reshape(Node node)
        {
            Node? sibling = _live.Values.FirstOrDefault(other => other != node && node.Range.Depth > 0 && other.Range.Depth == node.Range.Depth
                && new ShardRange(default, node.Range.Prefix, node.Range.Depth - 1).Contains(other.Range.Prefix));
            bool merges = sibling is not null && _random.Next(2) == 0;
            if (!merges && node.Range.Depth > 4) return;
            Node[] parents = merges ? [node, sibling!] : [node];
            foreach (Node parent in parents)
            {
                while (parent.Version < _versions.Count - 1) Adopt(parent);
                parent.Outgoing.End();
                Seal(parent);
                _live.Remove(parent.Range.Id);
            }
            ShardRange[] heirs = merges ? [Range(Lower(node.Range.Prefix, sibling!.Range.Prefix), node.Range.Depth - 1)] : [Range(node.Range.Prefix, node.Range.Depth + 1), Range(Upper(node.Range), node.Range.Depth + 1)];
            ShardRange[] live = [.. _versions[^1].Where(range => !parents.Any(parent => parent.Range.Id == range.Id)), .. heirs];
            _versions.Add(live);
            foreach (ShardRange heir in heirs)
            {
                _live.Add(heir.Id, new Node(heir, OutgoingChannels.Inherit(heir, live, [.. parents.Select(parent => parent.Outgoing)]),
                    IncomingChannels.Inherit(heir, live, [.. parents.Select(parent => parent.Incoming)]), _versions.Count - 1));
            }
        }

        private ShardRange Range(Digest prefix, int depth) => new(new ShardId(++_lastId), prefix, depth);

        private static Digest Lower(Digest a, Digest b) => a < b ? a : b;

        private static Digest Upper(ShardRange range)
        {
            byte[] prefix = range.Prefix.Span.ToArray();
            prefix[range.Depth >> 3] |= (byte)(0x80 >> (range.Depth & 7));
            return new Digest(prefix);
        }

        private sealed class Node(ShardRange range, OutgoingChannels outgoing, IncomingChannels incoming, int version)
        {
            public ShardRange Range { get; } = range;
            public OutgoingChannels Outgoing { get; set; } = outgoing;
            public IncomingChannels Incoming { get; set; } = incoming;
            public int Version { get; set; } = version;
            public ulong Height { get; set; }
        }
    }
}
