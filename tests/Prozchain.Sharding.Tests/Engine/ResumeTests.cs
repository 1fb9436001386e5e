using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class ResumeTests
{
    [Fact]
    public void Open_ExistingLog_EqualsAnUninterruptedRun()
    {
        string[] uninterrupted = Run(reopenEvery: 100), interrupted = Run(reopenEvery: 3);
        Assert.Equal(uninterrupted, interrupted);

        static string[] Run(int reopenEvery)
        {
            var rounds = new List<string>();
            var load = new EngineLoad(5);
            InProcessOptions options = EngineWorld.Options(5, beacon: true);
            InProcessEngine<TransferTransition> engine = EngineWorld.Open(options);
            for (int round = 1; round <= 14; round++)
            {
                if (round % reopenEvery == 0)
                {
                    engine.Dispose();
                    var replayed = new List<string>();
                    engine = EngineWorld.Open(options with { MaxDegreeOfParallelism = 3, Replayed = result => replayed.Add(EngineWorld.Describe(result)) });
                    Assert.Equal(rounds, replayed);
                    Assert.Equal((ulong)round - 1, engine.Height);
                    Assert.Equal([(byte)(round - 1)], engine.HostMark.ToArray());
                }
                load.Submit(engine, 25, swaps: true);
                engine.SubmitRecord(4, [(byte)round, 1]);
                rounds.Add(EngineWorld.Describe(engine.Round(new byte[] { (byte)round })));
            }
            load.AssertReached(engine);
            engine.Dispose();
            return [.. rounds];
        }
    }

    /// <summary>Checkpoints are written while rounds go on; a resume executes only the rounds after the last one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_Checkpoints_ResumesFromTheLastOne(bool beacon)
    {
        string[] plain = Run(null, out int all), checkpointed = Run(new MemoryLogStorage(), out int some);
        Assert.Equal(plain, checkpointed);
        Assert.True(some < all / 2, $"Expected few of {all} rounds executed again, got {some}.");

        string[] Run(MemoryLogStorage? other, out int replayed)
        {
            int count = 0;
            var rounds = new List<string>();
            var load = new EngineLoad(6);
            InProcessOptions options = EngineWorld.Options(3, beacon: beacon) with { OtherLog = other, CheckpointBytes = 20_000, Replayed = _ => count++ };
            for (int run = 0; run < 12; run++)
            {
                using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options);
                Assert.Equal(5UL * (ulong)run, engine.Height);
                for (int round = 0; round < 5; round++)
                {
                    load.Submit(engine, 25, swaps: true);
                    rounds.Add(EngineWorld.Describe(engine.Round(new byte[] { (byte)round })));
                }
                load.AssertReached(engine);
            }
            replayed = count;
            return [.. rounds];
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Crash_AtAnyPoint_KeepsEveryAcknowledgedRound(bool checkpoints, bool beacon)
    {
        int rounds = 0, resumed = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            CrashingStorage log = new(seed), other = new(seed + 1000);
            var acknowledged = new Dictionary<ulong, string>();
            for (int crash = 0; crash < 5; crash++)
            {
                log.OperationsLeft = random.Next(1, 40);
                other.OperationsLeft = random.Next(1, 60);
                try
                {
                    InProcessOptions options = EngineWorld.Options(3, log, beacon) with { OtherLog = checkpoints ? other : null, CheckpointBytes = 3_000, Replayed = Compare };
                    using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options);
                    Assert.True(engine.Height >= (ulong)acknowledged.Count, $"Expected {acknowledged.Count} rounds, got {engine.Height} with seed {seed}.");
                    while ((ulong)acknowledged.Count < engine.Height) acknowledged.TryAdd((ulong)acknowledged.Count + 1, "");
                    if (engine.Height > 0) resumed++;
                    engine.AssertConserved();
                    while (true)
                    {
                        for (int i = 0; i < 5; i++)
                        {
                            int from = random.Next(32);
                            engine.Submit(EngineWorld.Pay(from, random.Next(32), 3, engine.AccountOf(from).Nonce));
                        }
                        EngineRound round = engine.Round();
                        acknowledged.Add(round.Height, EngineWorld.Describe(round));
                        rounds++;
                    }
                }
                catch (IOException e) when (e.Message == "The power is gone.") { }
                log.Crash();
                other.Crash();

                void Compare(EngineRound round)
                {
                    if (acknowledged.TryGetValue(round.Height, out string? known) && known.Length > 0) Assert.Equal(known, EngineWorld.Describe(round));
                }
            }
        }
        Assert.True(rounds > 100 && resumed > 50, $"Expected many rounds and resumes, got {rounds} and {resumed}.");
    }

    /// <summary>Whatever length of the log survives, its whole rounds are there, and no more.</summary>
    [Fact]
    public void Open_LogCutAtAnyByte_KeepsItsWholeRounds()
    {
        (byte[] bytes, int[] ends) = ThreeRounds();
        for (int length = 0; length <= bytes.Length; length += Math.Abs(length - ends[0]) < 20 || Math.Abs(length - ends[1]) < 20 ? 1 : 13)
        {
            using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, EngineWorld.LogOf(bytes.AsSpan(0, length))));
            Assert.Equal((ulong)ends.Count(end => end <= length), engine.Height);
            engine.AssertConserved();
        }
    }

    /// <summary>A damaged byte is a refusal or a torn tail, and never another state.</summary>
    [Fact]
    public void Open_LogWithADamagedByte_RefusesOrCuts()
    {
        (byte[] bytes, int[] ends) = ThreeRounds();
        int refused = 0;
        for (int at = 0; at < bytes.Length; at += 11)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 0x40;
            try
            {
                using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, EngineWorld.LogOf(damaged)));
                Assert.True(engine.Height <= (ulong)ends.Count(end => end <= at), $"Expected the rounds before byte {at}, got {engine.Height}.");
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > 0);
    }

    /// <summary>A checkpoint whose checksums hold, but in which something else stands, is refused by name; one with a damaged byte as well.</summary>
    [Fact]
    public void Open_CheckpointOfABeaconWithOtherBytes_IsRefused()
    {
        MemoryLogStorage log = new(), other = new();
        InProcessOptions options = EngineWorld.Options(2, log, beacon: true) with { OtherLog = other, CheckpointBytes = 1 };
        var load = new EngineLoad(3);
        using (InProcessEngine<TransferTransition> engine = EngineWorld.Open(options))
        {
            for (int round = 0; round < 6; round++)
            {
                load.Submit(engine, 10);
                engine.Round();
            }
        }
        byte[] checkpoint = EngineWorld.BytesOf(log.Length > 0 ? log : other);
        EngineWorld.Open(options with { Log = EngineWorld.LogOf(checkpoint), OtherLog = new MemoryLogStorage() }).Dispose();
        int forged = 0, damaged = 0;
        for (int at = 0; at < checkpoint.Length; at += 97)
        {
            byte[] bytes = [.. checkpoint];
            bytes[at] ^= 0x10;
            damaged += IsRefused(EngineWorld.LogOf(bytes));
        }
        var random = new Random(5);
        for (int i = 0; i < 150; i++)
        {
            // The last record is the end: the beacon's state and those of the shards.
            var records = new List<byte[]>();
            AppendLog.Open(EngineWorld.LogOf(checkpoint), record => records.Add(record.ToArray()), EngineJournal.SaltOf);
            records[^1][2 + random.Next(records[^1].Length - 2)] ^= (byte)(1 << random.Next(8));
            var storage = new MemoryLogStorage();
            AppendLog copy = AppendLog.Open(storage, salt: EngineJournal.SaltOf);
            foreach (byte[] record in records) copy.Append(record);
            copy.Flush();
            forged += IsRefused(storage);
        }
        Assert.True(damaged == (checkpoint.Length + 96) / 97 && forged > 130, $"Expected refusals, got {damaged} and {forged}.");

        int IsRefused(MemoryLogStorage storage)
        {
            try
            {
                using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options with { Log = storage, OtherLog = new MemoryLogStorage() });
                return 0;
            }
            catch (InvalidDataException)
            {
                return 1;
            }
        }
    }

    [Fact]
    public void RunRound_AfterTheLogFailed_IsRefused()
    {
        var storage = new CrashingStorage(1);
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, storage));
        storage.OperationsLeft = 2;
        Assert.Throws<IOException>(() => engine.Round());
        storage.OperationsLeft = -1;
        Assert.Throws<InvalidOperationException>(() => engine.Round());
    }

    [Fact]
    public void Open_OtherNetworksLog_IsRefused()
    {
        var log = new MemoryLogStorage();
        InProcessOptions options = EngineWorld.Options(2, log, beacon: true);
        EngineWorld.Open(options).Dispose();
        foreach (InProcessOptions other in (InProcessOptions[])[
            EngineWorld.Options(3, log, beacon: true), EngineWorld.Options(2, log), EngineWorld.Options(2, log, beacon: true, balance: 7), options with { UnsafeDevelopment = new CommitteeParameters(3) },
            options with { Randomness = new SeededRandomness(TestNetwork.Key(1).Span) }, options with { MicroBlocks = 4 }, options with { MicroBlockMs = 99 }, options with { GenesisTimeMs = 5 },
            options with { Rules = TransferEngine.Rules(8, 2) }])
            Assert.Throws<InvalidDataException>(() => EngineWorld.Open(other));
        EngineWorld.Open(options with { MaxQueued = 5, MaxDegreeOfParallelism = 4 }).Dispose();
    }

    /// <summary>A log whose checksums hold, but in which a transfer pays another amount, or is unknown bytes.</summary>
    [Fact]
    public void Open_LogWithAForgedRound_IsRefused()
    {
        var log = new MemoryLogStorage();
        byte[] pay = EngineWorld.Pay(0, 1, 5, 0);
        using (InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(1, log)))
        {
            engine.Submit(pay);
            engine.Round();
        }
        foreach (int at in (int[])[0, 25, 40])
        {
            var forged = new MemoryLogStorage();
            AppendLog copy = AppendLog.Open(forged);
            AppendLog.Open(log, record =>
            {
                byte[] bytes = record.ToArray();
                int found = bytes.AsSpan().IndexOf(pay);
                if (found >= 0) bytes[found + at] ^= 2;
                copy.Append(bytes);
            });
            copy.Flush();
            Assert.Throws<InvalidDataException>(() => EngineWorld.Open(EngineWorld.Options(1, forged)));
        }
    }

    private static (byte[] Bytes, int[] Ends) ThreeRounds()
    {
        var log = new MemoryLogStorage();
        var ends = new int[3];
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, log));
        var load = new EngineLoad(8);
        for (int round = 0; round < 3; round++)
        {
            load.Submit(engine, 6);
            engine.Round();
            ends[round] = (int)log.Length;
        }
        return (EngineWorld.BytesOf(log), ends);
    }
}
