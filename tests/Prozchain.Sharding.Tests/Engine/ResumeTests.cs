using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class ResumeTests
{
    [Fact]
    public void Open_ExistingLog_EqualsAnUninterruptedRun()
    {
        string[] uninterrupted = Run(new MemoryLogStorage(), reopenEvery: 100), interrupted = Run(new MemoryLogStorage(), reopenEvery: 3);
        Assert.Equal(uninterrupted, interrupted);

        static string[] Run(MemoryLogStorage log, int reopenEvery)
        {
            var hashes = new List<string>();
            var workload = new Workload(5);
            InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(5, log: log));
            for (int round = 1; round <= 14; round++)
            {
                if (round % reopenEvery == 0)
                {
                    engine.Dispose();
                    var replayed = new List<string>();
                    engine = InProcessEngine.Open(TestNetwork.Options(5, log: log) with { MaxDegreeOfParallelism = 3, Replayed = result => replayed.Add(Describe(result)) });
                    Assert.Equal(hashes, replayed);
                    Assert.Equal((ulong)round - 1, engine.Height);
                    Assert.Equal([(byte)(round - 1)], engine.HostMark.ToArray());
                }
                workload.Submit(engine, 25);
                engine.SubmitRecord(4, [(byte)round, 1]);
                hashes.Add(Describe(engine.RunRound(round * 10, new byte[] { (byte)round })));
                Assert.Equal(engine.GenesisSupply, engine.TotalSupply() + engine.ValueInFlight());
            }
            engine.Dispose();
            return [.. hashes];
        }
    }

    [Fact]
    public void Crash_AtAnyPoint_KeepsEveryAcknowledgedRound()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var storage = new CrashingStorage(seed);
            var acknowledged = new List<string>();
            for (int crash = 0; crash < 5; crash++)
            {
                storage.OperationsLeft = random.Next(1, 25);
                try
                {
                    var replayed = new List<string>();
                    using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(3, log: storage) with { Replayed = result => replayed.Add(Describe(result)) });
                    Assert.True(replayed.Count >= acknowledged.Count);
                    Assert.Equal(acknowledged, replayed[..acknowledged.Count]);
                    Assert.Equal(engine.GenesisSupply, engine.TotalSupply() + engine.ValueInFlight());
                    acknowledged = replayed;
                    while (true)
                    {
                        for (int i = 0; i < 5; i++)
                        {
                            int from = random.Next(32);
                            ulong nonce = engine.GetAccount(TestNetwork.AddressOf(from)).Nonce;
                            engine.Submit(TestNetwork.Pay(from, random.Next(32), 3, nonce));
                        }
                        acknowledged.Add(Describe(engine.RunRound(engine.TimeMs + 1)));
                    }
                }
                catch (IOException e) when (e.Message == "The power is gone.") { }
                storage.Crash();
            }
            Assert.NotEmpty(acknowledged);
        }
    }

    [Fact]
    public void RunRound_AfterTheLogFailed_IsRefused()
    {
        var storage = new CrashingStorage(1);
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(2, log: storage));
        storage.OperationsLeft = 2;
        Assert.Throws<IOException>(() => engine.RunRound(1));
        storage.OperationsLeft = -1;
        Assert.Throws<InvalidOperationException>(() => engine.RunRound(1));
    }

    [Fact]
    public void Open_OtherNetworksLog_IsRefused()
    {
        var log = new MemoryLogStorage();
        InProcessEngine.Open(TestNetwork.Options(2, log: log)).Dispose();
        foreach (EngineOptions other in (EngineOptions[])[
            TestNetwork.Options(3, log: log), TestNetwork.Options(2, balance: 7, log: log), TestNetwork.Options(2, log: log) with { ChainId = 1 },
            TestNetwork.Options(2, log: log) with { SeatsPerCommittee = 3 }, TestNetwork.Options(2, log: log) with { Randomness = new SeededRandomness(TestNetwork.Key(1).Span) }])
            Assert.Throws<InvalidDataException>(() => InProcessEngine.Open(other));
        InProcessEngine.Open(TestNetwork.Options(2, log: log)).Dispose();
    }

    [Fact]
    public void Open_LogWithAForgedRound_IsRefused()
    {
        var log = new MemoryLogStorage();
        using (InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(1, log: log)))
        {
            engine.Submit(TestNetwork.Pay(0, 1, 5, 0));
            engine.RunRound(1);
        }
        // A log whose checksums hold, but in which the transfer pays another amount.
        var forged = new MemoryLogStorage();
        AppendLog copy = AppendLog.Open(forged);
        byte[] amount = BitConverter.GetBytes(5UL);
        AppendLog.Open(log, record =>
        {
            byte[] bytes = record.ToArray();
            byte[] recipient = new byte[33];
            TestNetwork.AddressOf(1).WriteTo(recipient);
            int at = bytes.AsSpan().IndexOf([.. recipient, .. amount]);
            if (at >= 0) bytes[at + 33] = 6;
            copy.Append(bytes);
        });
        copy.Flush();
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => InProcessEngine.Open(TestNetwork.Options(1, log: forged)));
        Assert.Contains(nameof(BlockResult.WrongTransfersRoot), error.Message, StringComparison.Ordinal);
    }

    private static string Describe(RoundResult result) =>
        $"{result.Height} {result.Epoch} {result.BeaconHash} " + string.Join(' ', result.Shards.Select(shard => $"{shard.HeaderHash}/{shard.StateRoot}/{shard.Applied}/{shard.Failed}"));
}
