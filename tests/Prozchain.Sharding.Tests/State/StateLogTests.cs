using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.State;

/// <summary>Whatever is lost in a crash, an acknowledged batch is not, and what is read back is the content after some batch.</summary>
public class StateLogTests
{
    [Fact]
    public void Open_AfterCrashesAtAnyPoint_IsTheContentAfterABatch()
    {
        int crashes = 0, checkpoints = 0;
        for (int seed = 0; seed < 80; seed++)
        {
            var cases = new StateCases(seed);
            CrashingStorage first = new(2 * seed), second = new(2 * seed + 1);
            var roots = new List<Digest> { default };
            int acknowledged = 0;
            for (int life = 0; life < 5; life++)
            {
                using var store = new HeapTrieStore(1 << 24);
                StateLog log = StateLog.Open(store, first, second);
                int survived = roots.LastIndexOf(store.Root);
                Assert.True(survived >= acknowledged, $"Seed {seed}, life {life}: expected batch {acknowledged} or later, got {survived}.");
                roots.RemoveRange(survived + 1, roots.Count - survived - 1);
                acknowledged = survived;
                (life % 2 == 0 ? first : second).OperationsLeft = cases.Random.Next(60);
                try
                {
                    for (int i = 0; i < 25; i++)
                    {
                        StateWrite[] batch = cases.Batch(cases.Random.Next(1, 40));
                        store.Stage(batch);
                        store.Commit();
                        roots.Add(store.Root);
                        log.Append(batch);
                        if (cases.Random.Next(5) == 0) log.BeginCheckpoint();
                        bool wasUnderWay = log.IsCheckpointing;
                        if (cases.Random.Next(2) == 0 && log.StepCheckpoint(cases.Random.Next(1, 20_000)) && wasUnderWay) checkpoints++;
                        if (cases.Random.Next(3) > 0) continue;
                        log.Flush();
                        acknowledged = roots.Count - 1;
                    }
                }
                catch (IOException) { crashes++; }
                first.Crash();
                second.Crash();
            }
        }
        Assert.True(crashes > 100 && checkpoints > 50, $"{crashes} crashes, {checkpoints} checkpoints.");
    }

    [Fact]
    public void Open_AfterACrashAtEachOperationOfACheckpoint_HasAllThatWasFlushed()
    {
        int crashes = 0;
        for (int seed = 0; seed < 6; seed++)
            foreach (bool inFirst in new[] { true, false })
                for (int operations = 0; ; operations++)
                {
                    var cases = new StateCases(seed);
                    CrashingStorage first = new(7 * operations + seed), second = new(7 * operations + seed + 1);
                    Digest flushed = default, latest = default;
                    bool crashed = false;
                    using (var store = new HeapTrieStore(1 << 22))
                    {
                        StateLog log = StateLog.Open(store, first, second);
                        (inFirst ? first : second).OperationsLeft = operations;
                        try
                        {
                            for (int round = 0; round < 3; round++)
                            {
                                Write();
                                log.BeginCheckpoint();
                                while (!log.StepCheckpoint(3000)) Write();
                            }
                        }
                        catch (IOException) { crashed = true; }

                        void Write()
                        {
                            StateWrite[] batch = cases.Batch(6);
                            store.Stage(batch);
                            store.Commit();
                            latest = store.Root;
                            log.Append(batch);
                            log.Flush();
                            flushed = store.Root;
                        }
                    }
                    first.Crash();
                    second.Crash();
                    using var again = new HeapTrieStore(1 << 22);
                    StateLog.Open(again, first, second);
                    Assert.True(again.Root == flushed || again.Root == latest, $"Seed {seed}, operation {operations} of {(inFirst ? "first" : "second")}: expected {flushed} or {latest}, got {again.Root}.");
                    if (!crashed) break;
                    crashes++;
                }
        Assert.True(crashes > 300, $"Expected a crash at each operation, got {crashes}.");
    }

    [Fact]
    public void Open_LogOfAnotherShard_IsInvalidData()
    {
        Sharding.Ports.MemoryLogStorage first = new(), second = new();
        using (var store = new HeapTrieStore(1 << 20))
        {
            StateLog log = StateLog.Open(store, first, second);
            StateWrite[] batch = [.. Enumerable.Range(0, 20).Select(i => new StateWrite(TestNetwork.Key(i), default))];
            store.Stage(batch);
            store.Commit();
            log.Append(batch);
            log.Flush();
        }
        using var other = new HeapTrieStore(1 << 20, TestNetwork.Key(1), 1);
        Assert.Throws<InvalidDataException>(() => StateLog.Open(other, first, second));
    }

    [Fact]
    public void StepCheckpoint_WhileBatchesGoOn_ShortensTheLog()
    {
        var cases = new StateCases(1);
        Sharding.Ports.MemoryLogStorage first = new(), second = new();
        using var store = new HeapTrieStore(1 << 26);
        StateLog log = StateLog.Open(store, first, second);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 20; i++) Write();
            long before = log.Length;
            log.BeginCheckpoint();
            int steps = 1;
            for (; !log.StepCheckpoint(10_000); steps++) Write();
            Assert.InRange(steps, 3, 10_000);
            Assert.False(log.IsCheckpointing);
            Assert.True(round == 0 || log.Length < before + steps * 100_000);
            Write();
            using var again = new HeapTrieStore(1 << 26);
            StateLog.Open(again, first, second);
            Assert.Equal((store.Root, store.Count), (again.Root, again.Count));
        }
        using var small = new HeapTrieStore(1 << 16);
        Assert.Throws<InvalidDataException>(() => StateLog.Open(small, first, second));

        void Write()
        {
            StateWrite[] batch = cases.Batch(30, deletesIn10: 5);
            store.Stage(batch);
            store.Commit();
            log.Append(batch);
            log.Flush();
        }
    }
}
