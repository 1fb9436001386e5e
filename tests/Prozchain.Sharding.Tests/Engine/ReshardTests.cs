using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class ReshardTests
{
    private const int Rounds = 40;

    /// <summary>Splits, merges, a split of an heir, under load with swaps: every transfer counts once, and no round is without any.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Reshard_UnderLoad_EveryTransferCountsOnce(int seed, bool beacon)
    {
        var load = new EngineLoad(seed);
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(3, beacon: beacon));
        List<EngineRound> rounds = Drive(engine, load, 0, Rounds);
        Assert.Equal(Script.Length, rounds.Count(round => round.Change is not null));
        Assert.All(rounds, round => Assert.Empty(round.RefusedChanges));
        Assert.All(rounds, round => Assert.True(round.Shards.Sum(shard => shard.Applied) > 0));
        Assert.Equal((ulong)Script.Length, engine.Layout.Version);
        Assert.Equal(3, engine.Layout.Shards.Count);
        Quiesce(engine);
        load.AssertReached(engine);
        engine.AssertConserved();
    }

    /// <summary>Serial or not, stopped after any round or not: the same rounds.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reshard_ParallelAndResumed_GivesTheSameRounds(bool beacon)
    {
        string[] serial = Run(1, Rounds), parallel = Run(4, 1);
        Assert.Equal(serial, parallel);

        string[] Run(int threads, int reopenEvery)
        {
            var rounds = new List<string>();
            var load = new EngineLoad(7);
            InProcessOptions options = EngineWorld.Options(3, new MemoryLogStorage(), beacon) with { MaxDegreeOfParallelism = threads };
            for (int from = 0; from < Rounds; from += reopenEvery)
            {
                var replayed = new List<string>();
                using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options with { Replayed = round => replayed.Add(Describe(round)) });
                Assert.Equal(rounds, replayed);
                rounds.AddRange(Drive(engine, load, from, Math.Min(Rounds, from + reopenEvery)).Select(Describe));
                // What waits lives in memory only.
                Assert.Equal(0, engine.QueuedTransactions() + engine.QueuedAtomic() + engine.QueuedChanges.Count);
            }
            return [.. rounds];
        }
    }

    /// <summary>Checkpoints before, in and after changes; each resume goes on from the last one.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reshard_Checkpoints_ResumeToTheSameRounds(bool beacon)
    {
        string[] plain = Run(null, out int all), checkpointed = Run(new MemoryLogStorage(), out int some);
        Assert.Equal(plain, checkpointed);
        Assert.True(some < all / 2, $"Expected few of {all} rounds executed again, got {some}.");

        string[] Run(MemoryLogStorage? other, out int replayed)
        {
            int count = 0;
            var rounds = new List<string>();
            var load = new EngineLoad(8);
            InProcessOptions options = EngineWorld.Options(3, beacon: beacon) with { OtherLog = other, CheckpointBytes = 6_000, Replayed = _ => count++ };
            for (int from = 0; from < Rounds; from++)
            {
                using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options);
                rounds.AddRange(Drive(engine, load, from, from + 1).Select(Describe));
            }
            replayed = count;
            return [.. rounds];
        }
    }

    /// <summary>The power goes at every operation of the storage around a split and a merge.</summary>
    [Fact]
    public void Reshard_CrashAtAnyPoint_IsWholeOrNotAtAll()
    {
        int splits = 0, merges = 0;
        for (int at = 1; at < 60; at++)
        {
            CrashingStorage log = new(at), other = new(at + 1000);
            ulong nonce = 0, acknowledged = 0;
            for (int life = 0; life < 2; life++)
            {
                (log.OperationsLeft, other.OperationsLeft) = life == 0 ? (at, at) : (-1, -1);
                try
                {
                    using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, log) with { OtherLog = at % 2 == 0 ? other : null, CheckpointBytes = 1_500 });
                    Assert.True(engine.Height >= acknowledged);
                    engine.AssertConserved();
                    nonce = engine.AccountOf(0).Nonce;
                    if (life == 1) (splits, merges) = (splits + (engine.Layout.Version > 0 ? 1 : 0), merges + (engine.Layout.Version > 1 ? 1 : 0));
                    for (int round = 0; round < 12; round++)
                    {
                        for (int i = 1; i < 8; i++) engine.Submit(EngineWorld.Pay(0, i, 1, nonce++));
                        if (engine.Layout.Version == 0 && round == 2) engine.Reshard(ReshapeAction.Split(engine.Layout.Shards[0].Id));
                        if (engine.Layout.Version == 1 && round == 6) engine.Reshard(ReshapeAction.Merge(engine.Layout.Shards[0].Id, engine.Layout.Shards[1].Id));
                        acknowledged = engine.Round().Height;
                    }
                    engine.AssertConserved();
                    Assert.Equal((nonce, 2UL), (engine.AccountOf(0).Nonce, engine.Layout.Version));
                }
                catch (IOException e) when (e.Message == "The power is gone.") { }
                log.Crash();
                other.Crash();
            }
        }
        Assert.True(splits > 10 && merges > 3, $"Expected resumes after splits and merges, got {splits} and {merges}.");
    }

    /// <summary>Swaps that are under way when a shard of theirs ends do on both sides or on neither, and end.</summary>
    [Fact]
    public void Reshard_SwapsUnderWay_EndAlikeOnBothSides()
    {
        int committed = 0, aborted = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
            engine.Round();
            var swaps = new List<(int One, int Other, byte[] Bytes)>();
            for (int i = 0; i < 20; i++)
            {
                swaps.Add((i, i + 20, EngineWorld.Swap(i, 3, i + 20, 1, engine.TimeMs + 100 * ((i + seed) % 6))));
                Assert.Equal(AdmissionResult.Accepted, engine.SubmitAtomic(swaps[^1].Bytes));
            }
            engine.Reshard(ReshapeAction.Split(engine.Layout.Shards[seed % 2].Id));
            engine.Round();
            engine.Reshard(ReshapeAction.Merge(engine.Layout.Shards[seed % 2].Id, engine.Layout.Shards[seed % 2 + 1].Id));
            Quiesce(engine);
            Assert.Equal(2UL, engine.Layout.Version);
            foreach ((int one, int other, byte[] bytes) in swaps)
            {
                AtomicOutcome outcome = engine.OutcomeOf(bytes);
                Assert.True(outcome is AtomicOutcome.Committed or AtomicOutcome.Aborted, $"Expected a swap that ended, got {outcome} with seed {seed}.");
                ulong moved = outcome == AtomicOutcome.Committed ? 2UL : 0;
                Assert.Equal((EngineWorld.Balance - moved, EngineWorld.Balance + moved), (engine.AccountOf(one).Balance, engine.AccountOf(other).Balance));
                if (moved > 0) committed++; else aborted++;
            }
            engine.AssertConserved();
        }
        Assert.True(committed > 20, $"Expected many swaps that were done, got {committed}, and {aborted} not.");
    }

    /// <summary>A settled set that is silent about a swap of later says nothing of it: swaps of heirs go on as before.</summary>
    [Fact]
    public void Reshard_SwapsAfterIt_AreDone()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(3));
        engine.Round();
        for (int change = 0; change < 2; change++)
        {
            engine.Reshard(change == 0 ? ReshapeAction.Split(engine.Layout.Shards[0].Id) : ReshapeAction.Merge(engine.Layout.Shards[0].Id, engine.Layout.Shards[1].Id));
            engine.Round();
            byte[][] swaps = [.. Enumerable.Range(0, 20).Select(i => EngineWorld.Swap(i, 3, i + 20, 1, engine.TimeMs + 1))];
            foreach (byte[] swap in swaps) Assert.Equal(AdmissionResult.Accepted, engine.SubmitAtomic(swap));
            Quiesce(engine);
            Assert.All(swaps, swap => Assert.Equal(AtomicOutcome.Committed, engine.OutcomeOf(swap)));
        }
    }

    [Fact]
    public void Reshard_SplitThenMerge_GivesBackTheStateRoot()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        new EngineLoad(4).Submit(engine, 30);
        for (int i = 0; i < 3; i++) engine.Round();
        Digest key = TestNetwork.AddressOf(TestNetwork.WalletOn(engine.Layout, 0)).Digest;
        Digest before = engine.ProveCell(key).Cells;
        engine.Reshard(ReshapeAction.Split(engine.Layout.Shards[0].Id));
        engine.Round();
        Assert.NotEqual(before, engine.ProveCell(key).Cells);
        engine.Reshard(ReshapeAction.Merge(engine.Layout.Shards[0].Id, engine.Layout.Shards[1].Id));
        engine.Round();
        Assert.Equal(before, engine.ProveCell(key).Cells);
    }

    /// <summary>Heirs' headers are certified by their committees, and continue those of the shards that ended.</summary>
    [Fact]
    public void Reshard_WithABeacon_AnchorsTheHeirs()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, beacon: true));
        ShardId parent = engine.Layout.Shards[0].Id;
        engine.Reshard(ReshapeAction.Split(parent));
        EngineRound round = engine.Round();
        while (round.Change is null) round = engine.Round();
        MicroHeader last = round.Shards[0].Header;
        Assert.Equal((0UL, parent, MicroBlockKind.Terminal), (round.Height % 4, last.Shard, last.Kind));
        Assert.Equal(engine.Layout.Hash(), engine.Beacon!.Layout.Hash());
        Assert.Equal([last.Hash, last.Hash], engine.Layout.Shards.Take(2).Select(heir => engine.Header(heir.Id).Parent));
        round = engine.Round();
        foreach (ShardRound shard in round.Shards)
        {
            Assert.Equal(shard.Header.Hash, engine.Beacon.Anchored(shard.Shard)!.Value.HeaderHash);
            Assert.Equal(last.Height + 6, shard.Height);
        }
        AnchorProof proof = engine.Beacon.ProveAnchor(round.Shards[0].Shard)!;
        Assert.Equal(round.Shards[0].StateRoot, proof.Entry.StateRoot);
    }

    [Fact]
    public void Reshard_WhatCannotBe_IsRefused()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(4));
        IReadOnlyList<ShardInfo> shards = engine.Layout.Shards;
        Assert.Throws<ArgumentException>(() => engine.Reshard(ReshapeAction.Merge(shards[1].Id, shards[2].Id)));
        Assert.Throws<ArgumentException>(() => engine.Reshard(ReshapeAction.Split(new ShardId(99))));
        engine.Reshard(ReshapeAction.Merge(shards[0].Id, shards[1].Id));
        Assert.Throws<ArgumentException>(() => engine.Reshard(ReshapeAction.Split(shards[0].Id)));
        // Five validators of equal stake fill the seats of so many shards and no more.
        InProcessOptions options = EngineWorld.Options(2, beacon: true);
        using InProcessEngine<TransferTransition> poor = EngineWorld.Open(options with { Validators = [.. options.Validators.Take(2).Select(validator => validator with { Stake = 4 })] });
        poor.Reshard(ReshapeAction.Split(poor.Layout.Shards[0].Id));
        EngineRound[] rounds = [.. Enumerable.Range(0, 8).Select(_ => poor.Round())];
        Assert.Single(rounds, round => round.RefusedChanges.Count == 1);
        Assert.Equal((0UL, 0), (poor.Layout.Version, poor.QueuedChanges.Count));
    }

    /// <summary>Two states that do not fit into the bound of one stay two, and the load goes on.</summary>
    [Fact]
    public void Reshard_MergeOfFullShards_IsRefused()
    {
        InProcessOptions options = EngineWorld.Options(2);
        var cells = options.Cells.Concat(Enumerable.Range(0, 12_000).Select(i => new StateWrite(new Digest(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i))), new Account(0, 0).ToBytes()))).ToArray();
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options with { Cells = cells });
        engine.Reshard(ReshapeAction.Merge(engine.Layout.Shards[0].Id, engine.Layout.Shards[1].Id));
        engine.Reshard(ReshapeAction.Split(new ShardId(engine.Layout.NextId)));
        EngineRound round = engine.Round();
        Assert.Equal((2, 0UL, 0), (round.RefusedChanges.Count, engine.Layout.Version, engine.QueuedChanges.Count));
        engine.Reshard(ReshapeAction.Split(engine.Layout.Shards[0].Id));
        Assert.NotNull(engine.Round().Change);
        engine.AssertConserved();
    }

    // Split the first shard, split its right heir, merge these again, merge the rest.
    private static readonly (int Round, Func<ShardLayout, ReshapeAction> Action)[] Script =
    [
        (3, layout => ReshapeAction.Split(layout.Shards[0].Id)),
        (11, layout => ReshapeAction.Split(layout.Shards[1].Id)),
        (19, layout => ReshapeAction.Merge(layout.Shards[1].Id, layout.Shards[2].Id)),
        (27, layout => ReshapeAction.Merge(layout.Shards[0].Id, layout.Shards[1].Id)),
    ];

    // Where there is a beacon a change waits for the end of an epoch, four rounds: the script names such ends.
    private static List<EngineRound> Drive(InProcessEngine<TransferTransition> engine, EngineLoad load, int from, int to)
    {
        var rounds = new List<EngineRound>();
        for (int round = from; round < to; round++)
        {
            foreach ((int at, Func<ShardLayout, ReshapeAction> action) in Script)
                if (at == round) engine.Reshard(action(engine.Layout));
            load.Submit(engine, 25, swaps: true);
            rounds.Add(engine.Round());
        }
        return rounds;
    }

    private static void Quiesce(InProcessEngine<TransferTransition> engine)
    {
        for (int round = 0; round < 60; round++)
        {
            int open = engine.Round().Shards.Sum(shard => shard.AtomicOpen);
            if (open == 0 && round > 2 && engine.QueuedTransactions() + engine.QueuedAtomic() == 0 && engine.ValueInFlight() == 0) return;
        }
        Assert.Fail("Expected all to be done.");
    }

    private static string Describe(EngineRound round) => $"{EngineWorld.Describe(round)} {round.Change}";
}
