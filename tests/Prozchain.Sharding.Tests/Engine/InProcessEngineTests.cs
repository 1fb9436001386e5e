using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class InProcessEngineTests
{
    [Fact]
    public void RunRound_AnyDegreeOfParallelism_SameHeaders()
    {
        string[] serial = Run(1, 5);
        foreach (int threads in (int[])[2, 3, 7]) Assert.Equal(serial, Run(threads, 5));

        static string[] Run(int threads, int shards)
        {
            using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(shards, beacon: true) with { MaxDegreeOfParallelism = threads });
            var load = new EngineLoad(3);
            var rounds = new List<string>();
            for (int round = 0; round < 12; round++)
            {
                load.Submit(engine, 60, swaps: true);
                engine.SubmitRecord(4, [(byte)round]);
                rounds.Add(EngineWorld.Describe(engine.Round()));
            }
            return [.. rounds];
        }
    }

    /// <summary>Each transfer once, and at every round nothing made or lost, receipts on the way counted.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(5, 5)]
    [InlineData(16, 3)]
    public void RunRound_Load_ExactlyOnceAndConserved(int shards, int microBlocks)
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(shards) with { MicroBlocks = microBlocks, MaxDegreeOfParallelism = 2 });
        var load = new EngineLoad(shards);
        int cuts = 0, delivered = 0, sent = 0;
        for (int round = 0; round < 20 || engine.QueuedTransactions() > 0 || engine.ValueOnTheWay() > 0; round++)
        {
            if (round < 16) load.Submit(engine, 40, swaps: round % 2 == 0 && shards > 1);
            EngineRound result = engine.Round();
            delivered += result.Shards.Sum(shard => shard.ReceiptsIn);
            sent += result.Shards.Sum(shard => shard.ReceiptsOut);
            Assert.Equal(result.Shards.Sum(shard => shard.Deliveries.Sum(delivery => delivery.Receipts)), result.Shards.Sum(shard => shard.ReceiptsIn));
            if (result.Shards.Any(shard => shard.AtomicOpen > 0)) continue;
            engine.AssertConserved();
            cuts++;
        }
        load.AssertReached(engine);
        Assert.True(cuts > 4);
        Assert.Equal(sent, delivered);
        Assert.Equal(shards > 1, sent > 0);
    }

    [Fact]
    public void RunRound_TransferAcross_CreditedInTheNextMicroBlock()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        (int left, int right) = EngineWorld.Pair(engine.Layout);
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(left, right, 30, 0)));
        EngineRound round = engine.Round();
        Assert.Equal((1030UL, 970UL), (engine.AccountOf(right).Balance, engine.AccountOf(left).Balance));
        BundleDelivery delivery = Assert.Single(round.Shards[1].Deliveries);
        Assert.Equal((engine.Layout.Shards[0].Id, 1UL, 100L, 0, 1), (delivery.Source, delivery.SourceHeight, delivery.TimeMs - delivery.SourceTimeMs, delivery.Rounds, delivery.Receipts));
        Assert.Equal((1, 0), (round.Shards[0].Applied, round.Shards[0].Failed));
        Assert.Equal(6UL, round.Shards[0].Height);
    }

    [Fact]
    public void RunRound_Swap_OnAllShardsOrNone()
    {
        foreach (ulong gives in (ulong[])[40, 4000])
        {
            using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(4));
            (int one, int other) = EngineWorld.Pair(engine.Layout);
            Assert.Equal(AdmissionResult.Accepted, engine.SubmitAtomic(EngineWorld.Swap(one, gives, other, 25, EngineWorld.StartMs)));
            EngineRound round = engine.Round();
            Assert.Equal(2, round.Shards.Sum(shard => shard.AtomicBegun));
            Assert.Equal(0, round.Shards.Sum(shard => shard.AtomicOpen));
            ulong moved = gives <= EngineWorld.Balance ? gives - 25 : 0;
            Assert.Equal((1000 - moved, 1000 + moved), (engine.AccountOf(one).Balance, engine.AccountOf(other).Balance));
            engine.AssertConserved();
        }
    }

    /// <summary>A transfer that meets a claimed cell is no failure: it and its sender's later ones wait, in order.</summary>
    [Fact]
    public void RunRound_TransfersOfAClaimedCell_WaitAndGoThrough()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        (int one, int other) = EngineWorld.Pair(engine.Layout);
        Assert.Equal(AdmissionResult.Accepted, engine.SubmitAtomic(EngineWorld.Swap(one, 10, other, 25, EngineWorld.StartMs)));
        for (ulong nonce = 0; nonce < 5; nonce++) Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(one, other, 1, nonce)));
        int applied = 0;
        for (int round = 0; round < 3; round++) applied += engine.Round().Shards.Sum(shard => shard.Applied);
        Assert.Equal(5, applied);
        Assert.Equal(new Account(5, 1010), engine.AccountOf(one));
        engine.AssertConserved();
    }

    /// <summary>Channels that carry two receipts at a time: the rest waits in the sender's order, and all of it arrives.</summary>
    [Fact]
    public void RunRound_NarrowChannels_HoldBackAndDeliverAll()
    {
        InProcessOptions options = EngineWorld.Options(2);
        options = options with { MaxQueued = 60, Rules = options.Rules with { Channels = new ChannelOptions { InitialCredit = 2, MaxChannels = 8, MaxQueued = 16 } } };
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(options);
        (int left, int right) = EngineWorld.Pair(engine.Layout);
        int elsewhere = TestNetwork.WalletOn(engine.Layout, 0, left + 1);
        ReadOnlyMemory<byte>[] transfers = [.. Enumerable.Range(0, 70).Select(nonce => (ReadOnlyMemory<byte>)EngineWorld.Pay(left, right, 1, (ulong)nonce))];
        var results = new AdmissionResult[70];
        engine.SubmitMany(transfers, results);
        Assert.Equal(Enumerable.Repeat(AdmissionResult.Accepted, 60), results[..60]);
        Assert.All(results[60..], result => Assert.Equal(AdmissionResult.QueueFull, result));
        // Another sender is not held up.
        EngineRound first = engine.Round();
        Assert.InRange(first.Shards[0].Applied, 2, 40);
        Assert.Equal(60 - first.Shards[0].Applied, first.Shards[0].Queued);
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(elsewhere, left, 7, 0)));
        engine.Round();
        Assert.Equal(1UL, engine.AccountOf(elsewhere).Nonce);
        int rounds = 2, failed = 0;
        for (; engine.QueuedTransactions() > 0 || engine.ValueOnTheWay() > 0; rounds++)
        {
            failed += engine.Round().Shards.Sum(shard => shard.Failed);
            engine.AssertConserved();
        }
        Assert.True(rounds > 2 && failed == 0);
        Assert.Equal((60UL, 1060UL), (engine.AccountOf(left).Nonce, engine.AccountOf(right).Balance));
    }

    /// <summary>A full state drops what does not fit, and goes on with what does.</summary>
    [Fact]
    public void RunRound_FullState_DropsAndGoesOn()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(1) with { StateBytes = 1 << 16 });
        int applied = 0, dropped = 0;
        ulong nonce = 0;
        for (int i = 0; i < 440; i++) Assert.Equal(AdmissionResult.Accepted, engine.Submit(TestShard.Pay(TestNetwork.Wallet(0), NewAddress(i), 1, nonce++, EngineWorld.StartMs + 1_000_000)));
        for (int i = 0; i < 700 && engine.QueuedTransactions() > 0; i++)
        {
            EngineRound round = engine.Round();
            applied += round.Shards[0].Applied;
            dropped += round.Shards[0].Dropped;
            engine.AssertConserved();
        }
        Assert.True(applied > 50 && dropped > 0, $"Expected some applied and some dropped, got {applied} and {dropped}.");
        // An account that is there already takes no more room.
        ulong next = engine.AccountOf(1).Nonce;
        Assert.Equal(AdmissionResult.Accepted, engine.Submit(EngineWorld.Pay(1, 2, 5, next)));
        Assert.Equal(1, engine.Round().Shards[0].Applied);

        static Address NewAddress(int i) => Address.FromPublicKey(new TestSigner(10_000 + i).PublicKey.Span);
    }

    [Fact]
    public void RunRound_CustomTransition_SameForAnyParallelismAndAfterResume()
    {
        string[] serial = Run(1, 100);
        Assert.Equal(serial, Run(3, 100));
        Assert.Equal(serial, Run(2, 3));

        static string[] Run(int threads, int reopenEvery)
        {
            InProcessOptions options = EngineWorld.Options(2) with { Cells = [], MaxDegreeOfParallelism = threads };
            var random = new Random(11);
            var rounds = new List<string>();
            InProcessEngine<ScriptTransition> engine = InProcessEngine<ScriptTransition>.Open(default, options);
            for (int round = 1; round <= 12; round++)
            {
                if (round % reopenEvery == 0)
                {
                    engine.Dispose();
                    engine = InProcessEngine<ScriptTransition>.Open(default, options);
                }
                ReadOnlyMemory<byte>[] programs = [.. Enumerable.Range(0, 80).Select(_ => (ReadOnlyMemory<byte>)ScriptTransition.Program(random, 30, removes: true))];
                engine.SubmitMany(programs, new AdmissionResult[80]);
                EngineRound result = engine.RunRound(EngineWorld.StartMs + round * EngineWorld.RoundMs);
                Assert.True(result.Shards[0].Applied > 0);
                rounds.Add(EngineWorld.Describe(result));
                // Queues are not in the log: both runs go on without what was left.
                while (engine.QueuedTransactions() > 0) engine.RunRound(engine.TimeMs);
            }
            engine.Dispose();
            return [.. rounds];
        }
    }

    [Fact]
    public void Beacon_EachRound_AnchorsTheSealedRootsUnderAQuorum()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(3, beacon: true));
        var load = new EngineLoad(9);
        for (int round = 1; round <= 10; round++)
        {
            load.Submit(engine, 20);
            Assert.Equal(RecordResult.Accepted, engine.SubmitRecord(7, [1, (byte)round]));
            EngineRound result = engine.Round();
            Assert.Equal((ulong)((round - 1) / 4), result.Epoch);
            Assert.Equal([1, (byte)round], Assert.Single(result.Records).Data.ToArray());
            Assert.Equal((ulong)round, engine.Beacon!.Height);
            foreach (ShardRound shard in result.Shards)
            {
                AnchorEntry anchor = engine.Beacon.Anchored(shard.Shard)!.Value;
                Assert.Equal((shard.Header.Hash, shard.StateRoot, shard.Height), (anchor.HeaderHash, anchor.StateRoot, anchor.Height));
                AccountProof proof = engine.ProveAccount(TestNetwork.AddressOf(TestNetwork.WalletOn(engine.Layout, shard.Shard == engine.Layout.Shards[0].Id ? 0 : 1)));
                Assert.Equal(engine.Layout.ShardOf(proof.Address) == shard.Shard, engine.Layout.TryGetInfo(shard.Shard, out ShardInfo? info) && proof.Holds(anchor.StateRoot, info));
            }
        }
    }

    [Fact]
    public void ProveCell_PresentAbsentAndForeign()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        Check();
        (int left, int right) = EngineWorld.Pair(engine.Layout);
        engine.Submit(EngineWorld.Pay(left, right, 3, 0));
        engine.SubmitAtomic(EngineWorld.Swap(left, 1, right, 2, EngineWorld.StartMs + 450));
        engine.Round();
        Check();

        void Check()
        {
            foreach (int wallet in (int[])[0, 1, 2, 400, 401])
            {
                Digest key = TestNetwork.AddressOf(wallet).Digest;
                CellProof proof = engine.ProveCell(key);
                Assert.Equal(wallet < EngineWorld.Wallets, proof.Value is not null);
                foreach (ShardInfo shard in engine.Layout.Shards) Assert.Equal(shard.Contains(key), proof.Holds(engine.Header(shard.Id).StateRoot, shard));
                ShardInfo own = engine.Layout.Shards.Single(shard => shard.Contains(key));
                Digest root = engine.Header(own.Id).StateRoot;
                Assert.False((proof with { Value = new byte[16] }).Holds(root, own));
                Assert.False((proof with { Atomic = key }).Holds(root, own));
                Assert.False((proof with { Key = TestNetwork.Key(3) }).Holds(root, own));
            }
        }
    }
}
