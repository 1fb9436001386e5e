using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>
/// Shards with local transfers, receipts over channels and atomic swaps of both kinds on the same accounts, under a
/// carrier that loses, doubles and reorders. A cut is one point in the history of each shard; it is consistent if no
/// shard has taken in what another has not yet said.
/// </summary>
public class BankTests
{
    private const int Wallets = AtomicWorld.Wallets;

    [Fact]
    public void Value_AtEveryConsistentCut_IsConserved()
    {
        for (int run = 0; run < TestSettings.Scale(30, 2000); run++)
        {
            int seed = (int)TestSettings.Seed + run;
            try
            {
                // Of two shards every cut there is, of four some.
                new Bank(seed, depth: 1 + run % 2).Run();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    /// <summary>What a shard's history amounts to after each of its blocks.</summary>
    private sealed record Point(ulong Held, Dictionary<ShardId, ulong> Sent, Dictionary<ShardId, ulong> Received, Dictionary<ShardId, int> Heard, HashSet<Digest> Committed, Dictionary<Digest, long> Swapped);

    private sealed class Bank
    {
        private readonly Random _random;
        private readonly AtomicWorld _world;
        private readonly Dictionary<ShardId, Till> _tills = [];
        private readonly List<ChannelBundle> _bundles = [];
        private readonly List<ChannelNotice> _notices = [];
        private readonly List<LockDriver> _drivers = [];
        private readonly List<AtomicTransaction> _swaps = [];

        public Bank(int seed, int depth)
        {
            _random = new Random(seed);
            _world = new AtomicWorld(depth);
            ShardRange[] live = [.. _world.Live.Values.Select(node => node.Range)];
            foreach (AtomicNode node in _world.Live.Values) _tills.Add(node.Range.Id, new Till(node, live));
            for (int i = 0; i < 4; i++)
            {
                int[] wallets = [.. Enumerable.Range(0, 8).OrderBy(_ => _random.Next()).Take(_random.Next(2, 5))];
                bool locks = _random.Next(2) == 0;
                AtomicTransaction swap = _world.Ring(wallets, (ulong)(1000 * i + 1), 6000, !locks);
                if (locks) _drivers.Add(new LockDriver(_world, swap, [.. wallets.Select(wallet => new DeclaredCell(AtomicWorld.Key(wallet), true))]));
                else _swaps.Add(swap);
            }
        }

        public void Run()
        {
            foreach (Till till in _tills.Values) till.Mark([]);
            for (int step = 0; step < 60 * _tills.Count / 2; step++)
            {
                _world.NowMs += _random.Next(80);
                Block(_tills.Values.ElementAt(_random.Next(_tills.Count)), _random.Next(5), [.. Pick(_world.Archive, 5)], [.. Pick(_bundles, 5)], [.. Pick(_notices, 4)]);
            }
            for (int round = 0; round < 12; round++)
            {
                _world.NowMs += 3000;
                foreach (Till till in _tills.Values) Block(till, 0, [.. _world.Archive], [.. _bundles], [.. _notices]);
            }
            Assert.All(_tills.Values, till => Assert.Equal((0, 0, 0), (till.Node.Shard.Open, till.Node.Shard.Claimed, till.Incoming.Deferred)));
            Assert.Equal(AtomicWorld.Wallets * AtomicWorld.Balance, _world.Total());
            int consistent = 0;
            if (_tills.Count == 2)
            {
                for (int one = 0; one < _tills.Values.First().History.Count; one++)
                    for (int other = 0; other < _tills.Values.Last().History.Count; other++) consistent += Check([one, other]) ? 1 : 0;
            }
            // The cuts along the run itself, and those that lag a little behind it on some shards.
            int length = _tills.Values.Max(till => till.History.Count);
            for (int at = 0; at < length; at++)
            {
                for (int i = 0; i < 40; i++) consistent += Check([.. _tills.Values.Select(till => Math.Clamp(at - _random.Next(4), 0, till.History.Count - 1))]) ? 1 : 0;
            }
            Assert.True(consistent > 20, $"Expected consistent cuts, got {consistent}.");
        }

        private IEnumerable<T> Pick<T>(List<T> all, int most)
        {
            for (int i = _random.Next(most); i > 0 && all.Count > 0; i--) yield return all[_random.Next(all.Count)];
        }

        private void Block(Till till, int payments, (AtomicRecord Record, RecordOrigin Origin)[] records, ChannelBundle[] bundles, ChannelNotice[] notices)
        {
            AtomicNode node = till.Node;
            var said = new List<ChannelNotice>();
            _world.Block(node, _ =>
            {
                foreach (ChannelNotice notice in notices) till.Outgoing.Accept(notice);
                till.Incoming.RetryDeferred(till);
                foreach (ChannelBundle bundle in bundles)
                {
                    if (bundle.Channel.Destination == node.Range.Id) till.Apply(bundle);
                }
                foreach ((AtomicRecord record, RecordOrigin origin) in records) till.Hear(_world, record, origin);
                foreach (AtomicTransaction swap in Pick(_swaps, 3)) node.Shard.Admit(swap);
                foreach (LockDriver driver in Pick(_drivers, 4)) driver.Act(node, _random);
                for (int i = 0; i < payments; i++) till.Pay(_random.Next(Wallets), _random.Next(Wallets), (ulong)_random.Next(1, 500));
                till.Outgoing.Seal(node.Height, _bundles, said);
                till.Incoming.Seal(said);
            });
            _notices.AddRange(said);
            till.Mark([.. _swaps, .. _drivers.Select(driver => driver.Transaction)]);
        }

        private bool Check(int[] cut)
        {
            (ShardId Id, Point Point, int At)[] points = [.. _tills.Values.Select((till, i) => (till.Node.Range.Id, till.History[cut[i]], cut[i]))];
            foreach ((_, Point point, _) in points)
            {
                foreach ((ShardId from, int height) in point.Heard)
                {
                    if (points.Single(other => other.Id == from).At < height) return false;
                }
            }
            UInt128 held = 0, flying = 0;
            Int128 half = 0;
            foreach ((ShardId id, Point point, _) in points)
            {
                held += point.Held;
                foreach ((ShardId to, ulong sent) in point.Sent)
                {
                    ulong received = points.Single(other => other.Id == to).Point.Received.GetValueOrDefault(id);
                    Assert.True(sent >= received, "Expected no more to arrive than was sent.");
                    flying += sent - received;
                }
                // A swap that some have carried out and others not yet: what these still owe is in the decision that all follow.
                foreach (Digest swap in points.SelectMany(other => other.Point.Committed).Distinct())
                {
                    if (!point.Committed.Contains(swap)) half += _tills[id].History[^1].Swapped.GetValueOrDefault(swap);
                }
            }
            Assert.Equal((Int128)(AtomicWorld.Wallets * AtomicWorld.Balance), (Int128)(held + flying) + half);
            return true;
        }
    }

    /// <summary>One shard with its channels.</summary>
    private sealed class Till(AtomicNode node, ShardRange[] live) : IReceiptSink
    {
        private static readonly ChannelOptions s_options = new() { MaxQueued = 4000, MaxChannels = 8, InitialCredit = 50 };

        private readonly Dictionary<ShardId, ulong> _sent = [], _received = [];
        private readonly Dictionary<ShardId, int> _heard = [];
        private readonly Dictionary<Digest, long> _swapped = [];
        private readonly HashSet<Digest> _committed = [];

        public AtomicNode Node => node;

        public List<Point> History { get; } = [];

        public OutgoingChannels Outgoing { get; } = new(node.Range, s_options, live);

        public IncomingChannels Incoming { get; } = new(node.Range, s_options, live);

        public void Pay(int from, int to, ulong amount)
        {
            Digest payer = AtomicWorld.Key(from), payee = AtomicWorld.Key(to);
            if (from == to || !node.Range.Contains(payer) || !node.Shard.MayWrite(payer) || Get(payer).Balance < amount) return;
            if (node.Range.Contains(payee))
            {
                if (!node.Shard.MayWrite(payee)) return;
                Add(payer, -(long)amount);
                Add(payee, (long)amount);
                return;
            }
            Span<byte> payload = stackalloc byte[16];
            BinaryPrimitives.WriteUInt64LittleEndian(payload, amount);
            BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], node.Range.Id.Value);
            if (Outgoing.TrySend(payee, payload, amount) != SendResult.Sent) return;
            Add(payer, -(long)amount);
            ShardId destination = live.Single(range => range.Contains(payee)).Id;
            _sent[destination] = _sent.GetValueOrDefault(destination) + amount;
        }

        public void Apply(ChannelBundle bundle)
        {
            if (Incoming.Apply(bundle, this) == ChannelResult.Applied) HeardOf(bundle.Channel.Source, (int)bundle.SourceHeight);
        }

        public void Hear(AtomicWorld world, AtomicRecord record, RecordOrigin origin)
        {
            if (record.Shard == node.Range.Id) return;
            // Whatever it makes of it: this shard's history now comes after the block that said it.
            world.Deliver(node, record, origin);
            HeardOf(record.Shard, world.HeightOf(record));
        }

        public bool TryCredit(in Digest cell, ReadOnlySpan<byte> payload)
        {
            if (!node.Shard.MayWrite(cell)) return false;
            ulong amount = BinaryPrimitives.ReadUInt64LittleEndian(payload);
            Add(cell, (long)amount);
            ShardId source = new(BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]));
            _received[source] = _received.GetValueOrDefault(source) + amount;
            return true;
        }

        public void Mark(AtomicTransaction[] swaps)
        {
            foreach (AtomicTransaction swap in swaps)
            {
                if (node.Shard.EndOf(swap.Id) is { IsCommit: true } && _committed.Add(swap.Id)) _swapped[swap.Id] = NetOf(swap);
            }
            ulong held = (ulong)node.Cells.Values.Sum(value => (long)Account.Read(value).Balance);
            History.Add(new Point(held, new(_sent), new(_received), new(_heard), [.. _committed], new(_swapped)));
        }

        private void HeardOf(ShardId source, int height) => _heard[source] = Math.Max(_heard.GetValueOrDefault(source), height);

        // What a swap adds to this shard's accounts: those of the ring are of Bank's making, wallet i pays the next.
        private long NetOf(AtomicTransaction swap)
        {
            long net = 0;
            ReadOnlySpan<byte> rest = swap.Payload.Span[1..];
            for (; !rest.IsEmpty; rest = rest[72..])
            {
                long amount = (long)BinaryPrimitives.ReadUInt64LittleEndian(rest[64..]);
                if (node.Range.Contains(new Digest(rest[..32]))) net -= amount;
                if (node.Range.Contains(new Digest(rest[32..64]))) net += amount;
            }
            return net;
        }

        private Account Get(in Digest key)
        {
            node.Cells.TryRead(key, out ReadOnlySpan<byte> value);
            return Account.Read(value);
        }

        private void Add(in Digest key, long amount)
        {
            Account account = Get(key);
            node.Cells.Write(key, (account with { Balance = (ulong)((long)account.Balance + amount) }).ToBytes());
        }
    }
}
