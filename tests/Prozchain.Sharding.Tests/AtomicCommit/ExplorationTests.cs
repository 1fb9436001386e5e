using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>
/// Random schedules of both kinds of transactions with records late, doubled, reordered and lost until the end, restarts,
/// splits, merges and freezes. Always: no commit/abort split, value conserved, all claims released.
/// </summary>
public class ExplorationTests
{
    [Fact]
    public void Schedules_OverDeclaredCells_NeverSplit() => Explore(TestSettings.Scale(300, 20_000), reshape: false, locks: false, declared: true);

    [Fact]
    public void Schedules_WithLocks_NeverSplit() => Explore(TestSettings.Scale(300, 20_000), reshape: false, locks: true, declared: false);

    [Fact]
    public void Schedules_OfBothKindsOverReshaping_NeverSplit() => Explore(TestSettings.Scale(400, 30_000), reshape: true, locks: true, declared: true);

    private static void Explore(int runs, bool reshape, bool locks, bool declared)
    {
        int commits = 0, aborts = 0;
        for (int run = 0; run < runs; run++)
        {
            int seed = (int)TestSettings.Seed + run;
            try
            {
                Run(new Random(seed), reshape, locks, declared, ref commits, ref aborts);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
        // A machine that aborts everything would be safe as well.
        Assert.True(commits > runs / 4, $"Expected commits, got {commits} and {aborts} aborts.");
        Assert.True(aborts > runs / 10, $"Expected aborts, got {aborts} and {commits} commits.");
    }

    private static void Run(Random random, bool reshape, bool locks, bool declared, ref int commits, ref int aborts)
    {
        var world = new AtomicWorld();
        var drivers = new List<LockDriver>();
        for (int i = 0; i < 3; i++)
        {
            int[] wallets = [.. Enumerable.Range(0, 6).ToArray().OrderBy(_ => random.Next()).Take(random.Next(2, 5))];
            bool withLocks = locks && (!declared || random.Next(2) == 0);
            AtomicTransaction transaction = world.Ring(wallets, (ulong)(100 * i + 1), random.Next(1, 4) * 2000, !withLocks);
            if (withLocks) drivers.Add(new LockDriver(world, transaction, [.. wallets.Select(wallet => new DeclaredCell(AtomicWorld.Key(wallet), true))]));
        }
        AtomicTransaction[] simple = [.. world.Transactions.Where(transaction => !transaction.Cells.IsEmpty)];
        for (int step = 0; step < 150; step++)
        {
            AtomicNode node = world.Live.Values.ElementAt(random.Next(world.Live.Count));
            world.NowMs += random.Next(120);
            if (random.Next(15) == 0) world.Restart(node);
            if (reshape && random.Next(30) == 0 && Reshape(world, node, random)) continue;
            if (random.Next(60) == 0) world.Epoch++;
            world.Block(node, _ =>
            {
                for (int i = random.Next(10); i > 0; i--) Act(world, node, simple, drivers, random);
            });
        }
        world.RunToEnd();
        world.AssertConserved();
        foreach (AtomicTransaction transaction in world.Transactions)
        {
            // What shards certified must fit together, over all that ever lived.
            AtomicRecord[] decisions = [.. world.Archive.Select(entry => entry.Record).Where(record => record.Transaction == transaction.Id && record.Kind == AtomicRecordKind.Decision)];
            foreach (var attempt in decisions.GroupBy(record => record.Attempt))
            {
                if (attempt.Select(record => record.IsCommit).Distinct().Count() == 1) continue;
                // A replayed vote about a commit that all have acknowledged, and that is forgotten, is answered with abort: nobody is left to follow.
                int firstAbort = world.Archive.FindIndex(entry => entry.Record is { Kind: AtomicRecordKind.Decision, IsCommit: false } && entry.Record.Transaction == transaction.Id && entry.Record.Attempt == attempt.Key);
                int lastDone = world.Archive.FindLastIndex(entry => entry.Record.Kind == AtomicRecordKind.Acknowledgement && entry.Record.Transaction == transaction.Id && entry.Record.Attempt == attempt.Key);
                Assert.True(lastDone >= 0 && lastDone < firstAbort, $"Expected one decision about {attempt.Key}, got both before all had carried it out.");
            }
            Assert.True(decisions.Where(record => record.IsCommit).Select(record => record.Attempt).Distinct().Count() <= 1);
            foreach (var shard in world.Archive.Select(entry => entry.Record).Where(record => record.Transaction == transaction.Id && record.Kind == AtomicRecordKind.ExecutionCertificate).GroupBy(record => record.Shard))
                Assert.Single(shard);
        }
        foreach (AtomicTransaction transaction in simple)
        {
            bool[] told = [.. world.Archive.Select(entry => entry.Record).Where(record => record.Transaction == transaction.Id && record.Kind == AtomicRecordKind.ExecutionCertificate).Select(record => record.IsCommit)];
            if (told.Length > 0 && told.All(commit => commit)) commits++; else if (told.Length > 0) aborts++;
        }
        foreach (LockDriver driver in drivers)
        {
            if (world.Archive.Exists(entry => entry.Record is { Kind: AtomicRecordKind.Decision, IsCommit: true } && entry.Record.Transaction == driver.Transaction.Id)) commits++; else aborts++;
        }
    }

    private static void Act(AtomicWorld world, AtomicNode node, AtomicTransaction[] simple, List<LockDriver> drivers, Random random)
    {
        int kind = random.Next(10);
        if (kind < 2 && simple.Length > 0) node.Shard.Admit(simple[random.Next(simple.Length)]);
        else if (kind < 6 && drivers.Count > 0) drivers[random.Next(drivers.Count)].Act(node, random);
        else if (kind == 6 && world.Endings.Count > 0)
        {
            var ended = world.Endings[random.Next(world.Endings.Count)];
            node.Shard.Accept(ended.Ending);
            AtomicTransaction transaction = world.Transactions[random.Next(3)];
            foreach (Attempt attempt in world.AttemptsOf(transaction)) AtomicWorld.Settle(node, ended, transaction.Id, attempt);
        }
        else if (world.Archive.Count > 0)
        {
            (AtomicRecord record, RecordOrigin origin) = world.Archive[random.Next(world.Archive.Count)];
            world.Deliver(node, record, origin);
        }
    }

    private static bool Reshape(AtomicWorld world, AtomicNode node, Random random)
    {
        switch (random.Next(3))
        {
            case 0 when node.Range.Depth < 5:
                world.Split(node);
                return true;
            case 1 when world.SiblingOf(node) is { } sibling:
                bool isLeft = node.Range.Prefix < sibling.Range.Prefix;
                world.Merge(isLeft ? node : sibling, isLeft ? sibling : node);
                return true;
            case 2:
                world.Freeze(node);
                return true;
            default:
                return false;
        }
    }
}
