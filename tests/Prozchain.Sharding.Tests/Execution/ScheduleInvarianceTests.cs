using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Execution;

/// <summary>Nobody can tell from an outcome who executed what when.</summary>
public class ScheduleInvarianceTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(150)]
    public void Execute_AnySchedule_GivesTheSerialOutcome(int cells)
    {
        for (int seed = 1; seed <= 12; seed++)
        {
            var random = new Random(seed * 1000 + cells);
            byte[][] programs = [.. Enumerable.Range(0, 600).Select(i => ScriptTransition.Program(random, cells, i is > 100 and < 450 ? i > 200 : null, removes: seed % 2 == 0))];
            MicroBlockBody body = TestShard.Body(programs, builder =>
            {
                for (byte i = 0; i < 5; i++) builder.AddBundle([i], TestShard.Receipt(ScriptTransition.KeyOf(i), [i, 1, 2]));
            });
            var shard = new TestShard();
            string expected = Run(shard, body, 1, 0);
            foreach ((int threads, int disorder) in new[] { (1, 1), (1, 77), (2, 0), (3, 5) })
            {
                string actual = Run(shard, body, threads, disorder);
                Assert.True(expected == actual, $"Seed {seed}, {cells} cells, {threads} threads, disorder {disorder}: expected\n{expected}\ngot\n{actual}");
            }
        }
    }

    [Fact]
    public void Execute_DeclaredOrNot_WritesTheSame()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            byte[][] declared = [.. Enumerable.Range(0, 200).Select(_ => ScriptTransition.Program(random, 12, declared: true, removes: seed % 2 == 0))];
            // A program that touches what it did not declare, or writes what it declared to read, may behave otherwise.
            declared = [.. declared.Where(KeepsItsDeclaration)];
            byte[][] undeclared = [.. declared.Select(program => (byte[])[0, program[1], 0, .. program.AsSpan(3 + 2 * program[2])])];
            var shard = new TestShard();
            using var executor = new MicroBlockExecutor<ScriptTransition>(default, maxDegreeOfParallelism: 2);
            Assert.True(executor.Execute(TestShard.Block(), TestShard.Body(declared), shard.State).IsOk);
            (Digest writes, Digest receipts) = (executor.Outcome.WriteDigest, executor.Outcome.ReceiptsRoot);
            Assert.True(executor.Execute(TestShard.Block(), TestShard.Body(undeclared), shard.State).IsOk);
            Assert.Equal((seed, writes, receipts), (seed, executor.Outcome.WriteDigest, executor.Outcome.ReceiptsRoot));
        }
    }

    [Fact]
    public void Execute_BlockAfterBlock_KeepsNothingOfTheLast()
    {
        var random = new Random(9);
        var shard = new TestShard();
        using var kept = new MicroBlockExecutor<ScriptTransition>(default, maxDegreeOfParallelism: 2);
        for (int block = 0; block < 20; block++)
        {
            MicroBlockBody body = TestShard.Body(Enumerable.Range(0, random.Next(300)).Select(_ => ScriptTransition.Program(random, 40, removes: block % 2 == 1)).ToList());
            string expected = Run(shard, body, 1, 0);
            Assert.True(kept.Execute(TestShard.Block(), body, shard.State).IsOk);
            Assert.Equal(expected, TestShard.Describe(kept.Outcome));
            shard.Commit(kept.Outcome);
        }
    }

    [Fact]
    public void Build_Groups_ShareNoWrittenCellAndKeepTheOrder()
    {
        for (int seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            int cellCount = random.Next(1, 60);
            var cells = new Cell[cellCount];
            foreach (ref Cell cell in cells.AsSpan()) cell.HasWriter = random.Next(3) > 0;
            var declared = new List<int>();
            var plans = new TransactionPlan[random.Next(1, 80)];
            foreach (ref TransactionPlan plan in plans.AsSpan())
            {
                plan.CellsAt = declared.Count;
                for (plan.CellCount = 0; plan.CellCount < random.Next(4); plan.CellCount++) declared.Add(random.Next(cellCount) << 1);
            }
            var groups = new ConflictGroups();
            groups.Build(plans, declared.ToArray(), cells);
            var groupOf = new int[plans.Length];
            int members = 0, lastFirst = -1;
            for (int group = 0; group < groups.Count; group++)
            {
                Assert.True(groups[group][0] > lastFirst);
                lastFirst = groups[group][0];
                for (int i = 0; i < groups[group].Length; i++, members++)
                {
                    Assert.True(i == 0 || groups[group][i] > groups[group][i - 1]);
                    groupOf[groups[group][i]] = group;
                }
            }
            Assert.Equal(plans.Length, members);
            // Transitive closure by brute force: the groups are the connected components.
            int[] component = [.. Enumerable.Range(0, plans.Length)];
            for (bool changed = true; changed;)
            {
                changed = false;
                for (int a = 0; a < plans.Length; a++)
                    for (int b = 0; b < a; b++)
                        if (component[a] != component[b] && Meet(plans[a], plans[b]))
                        {
                            component[a] = component[b] = Math.Min(component[a], component[b]);
                            changed = true;
                        }
            }
            for (int a = 0; a < plans.Length; a++)
                for (int b = 0; b < a; b++) Assert.Equal(component[a] == component[b], groupOf[a] == groupOf[b]);

            bool Meet(TransactionPlan a, TransactionPlan b) => declared.GetRange(a.CellsAt, a.CellCount)
                .Intersect(declared.GetRange(b.CellsAt, b.CellCount)).Any(access => cells[access >> 1].HasWriter);
        }
    }

    private static string Run(TestShard shard, MicroBlockBody body, int threads, int disorder)
    {
        using var executor = new MicroBlockExecutor<ScriptTransition>(default, maxDegreeOfParallelism: threads) { Disorder = disorder };
        Assert.True(executor.Execute(TestShard.Block(), body, shard.State).IsOk);
        return TestShard.Describe(executor.Outcome);
    }

    private static bool KeepsItsDeclaration(byte[] program)
    {
        var written = new HashSet<byte>();
        var read = new HashSet<byte>();
        for (int i = 0; i < program[2]; i++) (program[4 + 2 * i] == 1 ? written : read).Add(program[3 + 2 * i]);
        for (int at = 3 + 2 * program[2]; at < program.Length; at += 3)
        {
            bool writes = program[at] % 8 is 2 or 3 or 7, touches = writes || program[at] % 8 < 2;
            if (touches && !written.Contains(program[at + 1]) && (writes || !read.Contains(program[at + 1]))) return false;
        }
        return true;
    }
}
