using System.Buffers.Binary;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>What transactions over several shards see is one order of all of them: no long fork, and a ring stays a ring.</summary>
public class SerializabilityTests
{
    // Readers of two counters on two shards must agree which of two independent writers came first.
    [Fact]
    public void Readers_OfTwoShards_SeeNoLongFork()
    {
        int pairs = 0;
        for (int run = 0; run < TestSettings.Scale(60, 3000); run++)
        {
            var counters = new Counters();
            var world = new AtomicWorld(options: AtomicWorld.Defaults with { Programs = new Dictionary<ushort, IAtomicProgram> { [1] = counters } });
            Digest x = AtomicWorld.Key(AtomicWorld.WalletIn(world.Live[new ShardId(1)].Range)), y = AtomicWorld.Key(AtomicWorld.WalletIn(world.Live[new ShardId(3)].Range));
            var random = new Random((int)TestSettings.Seed + run);
            var all = new List<AtomicTransaction>();
            for (ulong i = 0; i < 14; i++) all.Add(Make(world, i, (i % 4) switch { 0 => [new(x, true)], 1 => [new(y, true)], _ => [new(x, false), new(y, false)] }));
            Play(world, random, all, () => { });
            ulong[][] seen = [.. all.Where(transaction => transaction.Cells.Length == 2 && IsCommitted(world, transaction)).Select(transaction => counters.Seen[transaction.Id])];
            foreach (ulong[] one in seen)
                foreach (ulong[] other in seen)
                {
                    Assert.True((one[0] <= other[0]) == (one[1] <= other[1]) || one[0] == other[0] || one[1] == other[1], $"Seed {(int)TestSettings.Seed + run}: a long fork, ({one[0]}, {one[1]}) and ({other[0]}, {other[1]}).");
                    if (one[0] != other[0] || one[1] != other[1]) pairs++;
                }
        }
        Assert.True(pairs > 20, $"Expected readers between writers, got {pairs} pairs that differ.");
    }

    // FoundationDB's ring: each transaction turns two neighbours of a ring over all shards round; whoever reads all finds one ring.
    [Fact]
    public void Ring_TurnedByManyAtOnce_StaysOneCycle()
    {
        int turned = 0, read = 0;
        for (int run = 0; run < TestSettings.Scale(60, 3000); run++)
        {
            var ring = new Ring();
            var world = new AtomicWorld(options: AtomicWorld.Defaults with { Programs = new Dictionary<ushort, IAtomicProgram> { [1] = ring } });
            Digest[] nodes = [.. Enumerable.Range(0, 8).Select(AtomicWorld.Key)];
            for (int i = 0; i < nodes.Length; i++) world.HolderOf(nodes[i]).Cells.Write(nodes[i], nodes[(i + 1) % nodes.Length].Span);
            var random = new Random((int)TestSettings.Seed + run);
            var all = new List<AtomicTransaction>();
            ulong number = 0;
            Play(world, random, all, () =>
            {
                if (all.Count == 25) return;
                // A client reads the ring as it stands on each shard, whether or not that is consistent, and declares what it saw.
                if (random.Next(4) == 0) { all.Add(Make(world, number++, [.. nodes.Select(node => new DeclaredCell(node, false))])); return; }
                Digest a = nodes[random.Next(nodes.Length)], b = Next(world, a), c = Next(world, b);
                if (a != b && b != c && a != c) all.Add(Make(world, number++, [new(a, true), new(b, true), new(c, true)], a));
            });
            read += all.Count(transaction => transaction.Cells.Length == nodes.Length && IsCommitted(world, transaction));
            turned += all.Count(transaction => transaction.Cells.Length == 3 && IsCommitted(world, transaction));
            Assert.DoesNotContain(all, transaction => ring.Broken.Contains(transaction.Id) && IsCommitted(world, transaction));
            Digest at = nodes[0];
            var seen = new HashSet<Digest>();
            while (seen.Add(at)) at = Next(world, at);
            Assert.True(seen.Count == nodes.Length && at == nodes[0], $"Seed {(int)TestSettings.Seed + run}: expected a ring of {nodes.Length}, got {seen.Count}.");
        }
        Assert.True(turned > 60 && read > 20, $"Expected turns and reads, got {turned} and {read}.");
    }

    private static void Play(AtomicWorld world, Random random, List<AtomicTransaction> all, Action begin)
    {
        for (int step = 0; step < 150; step++)
        {
            begin();
            world.NowMs += random.Next(60);
            AtomicNode node = world.Live.Values.ElementAt(random.Next(world.Live.Count));
            world.Block(node, _ =>
            {
                foreach (AtomicTransaction transaction in all)
                {
                    if (random.Next(4) == 0) node.Shard.Admit(transaction);
                }
                foreach ((AtomicRecord record, RecordOrigin origin) in world.Archive.ToArray())
                {
                    if (random.Next(3) == 0) world.Deliver(node, record, origin);
                }
            });
        }
        world.RunToEnd();
    }

    private static Digest Next(AtomicWorld world, Digest node)
    {
        world.HolderOf(node).Cells.TryRead(node, out ReadOnlySpan<byte> next);
        return new Digest(next);
    }

    private static bool IsCommitted(AtomicWorld world, AtomicTransaction transaction)
    {
        AtomicRecord[] said = [.. world.Archive.Select(entry => entry.Record).Where(record => record.Transaction == transaction.Id && record.Kind == AtomicRecordKind.ExecutionCertificate)];
        int shards = transaction.Cells.ToArray().Select(cell => world.HolderOf(cell.Key).Range.Id).Distinct().Count();
        return said.Length == shards && said.All(record => record.IsCommit);
    }

    private static AtomicTransaction Make(AtomicWorld world, ulong number, DeclaredCell[] cells, Digest start = default) =>
        AtomicTransaction.Sign(new AtomicTransaction.Header(TestNetwork.ChainId, world.NowMs, world.NowMs + 9000, 1), cells, [.. BitConverter.GetBytes(number), .. start.Span], []);

    /// <summary>Adds 1 to what it may write; remembers what it read.</summary>
    private sealed class Counters : IAtomicProgram
    {
        public Dictionary<Digest, ulong[]> Seen { get; } = [];

        public bool Execute(AtomicTransaction transaction, ProvidedCells cells)
        {
            var values = new ulong[transaction.Cells.Length];
            for (int i = 0; i < values.Length; i++)
            {
                DeclaredCell cell = transaction.Cells[i];
                if (cells.Read(cell.Key, out ReadOnlySpan<byte> value) != CellStatus.Present) return false;
                values[i] = BinaryPrimitives.ReadUInt64LittleEndian(value[^8..]);
                byte[] more = value.ToArray();
                BinaryPrimitives.WriteUInt64LittleEndian(more.AsSpan()[^8..], values[i] + 1);
                if (cell.IsWritten) cells.Write(cell.Key, more);
            }
            Seen[transaction.Id] = values;
            return true;
        }
    }

    /// <summary>With three cells a → b → c → d makes a → c → b → d of them; with more looks whether they are one ring.</summary>
    private sealed class Ring : IAtomicProgram
    {
        public HashSet<Digest> Broken { get; } = [];

        public bool Execute(AtomicTransaction transaction, ProvidedCells cells)
        {
            var at = new Digest(transaction.Payload.Span[8..]);
            if (transaction.Cells.Length > 3)
            {
                var seen = new HashSet<Digest>();
                for (at = transaction.Cells[0].Key; seen.Add(at);)
                {
                    if (cells.Read(at, out ReadOnlySpan<byte> next) != CellStatus.Present) return false;
                    at = new Digest(next);
                }
                if (seen.Count != transaction.Cells.Length) Broken.Add(transaction.Id);
                return true;
            }
            if (cells.Read(at, out ReadOnlySpan<byte> value) != CellStatus.Present) return false;
            var b = new Digest(value);
            if (cells.Read(b, out value) != CellStatus.Present) return false;
            var c = new Digest(value);
            if (cells.Read(c, out value) != CellStatus.Present) return false;
            var d = new Digest(value);
            return at != c && at != b && b != c && cells.Write(at, c.Span) == CellStatus.Present && cells.Write(c, b.Span) == CellStatus.Present && cells.Write(b, d.Span) == CellStatus.Present;
        }
    }
}
