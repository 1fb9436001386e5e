using FsCheck;
using FsCheck.Fluent;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class InProcessEngineTests
{
    [Fact]
    public void RunRound_AnyWorkloadAndShards_ConservesValue() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(1, 17).ToArbitrary(),
        (seed, shards) =>
        {
            using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(shards));
            var workload = new Workload(seed);
            for (int round = 0; round < 8; round++)
            {
                workload.Submit(engine, round < 6 ? 30 : 0);
                engine.RunRound(round * 100);
                if (engine.TotalSupply() + engine.ValueInFlight() != engine.GenesisSupply) return false;
            }
            // Two rounds without new transfers: all is credited, as a bank of one account each says.
            return engine.ValueInFlight() == 0 && engine.PooledTransfers() == 0
                && Enumerable.Range(0, Workload.Wallets).All(i => engine.GetAccount(TestNetwork.AddressOf(i)) == workload.Expected(i));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void RunRound_AnyParallelism_GivesTheSameHashes()
    {
        Assert.Equal(Run(1), Run(4));
        Assert.Equal(Run(1), Run(1));

        static string[] Run(int degree)
        {
            using var signers = new Signers(3);
            EngineOptions options = TestNetwork.Options(6) with
            {
                MaxDegreeOfParallelism = degree,
                Verifier = null,
                Validators = [.. signers.All.Select(signer => new EngineValidator(signer, 100))],
                Accounts = [.. signers.All.Select(signer => new GenesisAccount(Sharding.Layout.Address.FromPublicKey(signer.PublicKey.Span), 500))],
            };
            using InProcessEngine engine = InProcessEngine.Open(options);
            var hashes = new List<string>();
            for (int round = 0; round < 6; round++)
            {
                // P-256 signatures differ on every run; nothing that is hashed may.
                var transfers = signers.All.Select((signer, i) => Transfer.Sign(signer, TestNetwork.ChainId, TestNetwork.AddressOf(10 * round + i), 5, (ulong)round)).ToList();
                var results = new SubmitResult[3];
                engine.SubmitMany(transfers, results);
                Assert.All(results, result => Assert.Equal(SubmitResult.Accepted, result));
                RoundResult result = engine.RunRound(round);
                hashes.Add(result.BeaconHash.ToString());
                hashes.AddRange(result.Shards.Select(shard => $"{shard.HeaderHash} {shard.StateRoot}"));
            }
            return [.. hashes];
        }
    }

    [Fact]
    public void RunRound_Summaries_CountWhatHappened()
    {
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(2));
        int here = TestNetwork.WalletOn(engine.Layout, 0), there = TestNetwork.WalletOn(engine.Layout, 1);
        Assert.Equal(SubmitResult.Accepted, engine.Submit(TestNetwork.Pay(here, there, 400, 0)));
        Assert.Equal(SubmitResult.Accepted, engine.Submit(TestNetwork.Pay(here, here, 601, 1)));
        Assert.Equal(SubmitResult.Accepted, engine.Submit(TestNetwork.Pay(here, here, 600, 2)));
        RoundResult first = engine.RunRound(1000, new byte[] { 42 });
        ShardBlockSummary block = first.Shards[0];
        Assert.Equal((2, 1, 1, 0), (block.Applied, block.Failed, block.ReceiptsOut, block.Deliveries.Count));
        Assert.Equal((UInt128)400, engine.ValueInFlight());
        Assert.Equal([42], engine.HostMark.ToArray());
        RoundResult second = engine.RunRound(1500);
        ReceiptDelivery delivery = Assert.Single(second.Shards[1].Deliveries);
        Assert.Equal(new ReceiptDelivery(engine.Layout.Shards[0].Id, 1, 1000, 1), delivery);
        Assert.Equal(500, second.TimeMs - delivery.SourceTimeMs);
        Assert.Equal(1400UL, engine.GetAccount(TestNetwork.AddressOf(there)).Balance);
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.RunRound(1499));
    }

    [Fact]
    public void RunRound_Records_AreOrderedAndBounded()
    {
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(1));
        for (uint i = 0; i < 20; i++) Assert.Equal(RecordResult.Accepted, engine.SubmitRecord(i, new byte[1 << 20]));
        Assert.Equal(RecordResult.TooLarge, engine.SubmitRecord(1, new byte[(1 << 20) + 1]));
        RoundResult first = engine.RunRound(1), second = engine.RunRound(2);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (uint)i), first.Records.Concat(second.Records).Select(record => record.ApplicationId));
        Assert.Equal(16, first.Records.Count);
        for (int i = 0; i < 64; i++) Assert.Equal(RecordResult.Accepted, engine.SubmitRecord(1, new byte[1 << 20]));
        Assert.Equal(RecordResult.QueueFull, engine.SubmitRecord(1, [1]));
    }

    [Fact]
    public void ProveAccount_PresentAndAbsent_Holds()
    {
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(5));
        engine.RunRound(1);
        for (int i = 0; i < 64; i++)
        {
            AccountProof proof = engine.ProveAccount(TestNetwork.AddressOf(i));
            Assert.Equal(i < 32 ? 1000UL : 0, proof.Account.Balance);
            Assert.True(proof.Holds(engine.Layout));
            Assert.False((proof with { Account = proof.Account with { Balance = 7 } }).Holds(engine.Layout));
            Assert.Equal(engine.Header(engine.Layout.ShardOf(proof.Address)).Hash, proof.Header.Hash);
        }
    }

    [Fact]
    public void Submit_CrowdedDestination_IsPushedBackAndRecovers()
    {
        var limits = new BlockLimits { MaxTransfers = 4, MaxReceipts = 4, MaxWaitingReceipts = 4 };
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(4) with { Limits = limits });
        int hot = TestNetwork.WalletOn(engine.Layout, 3);
        var nonces = new ulong[32];
        bool congested = false;
        int sent = 0;
        for (int round = 0; round < 40; round++)
        {
            for (int from = 0; from < 32 && round < 20; from++)
            {
                SubmitResult result = engine.Submit(TestNetwork.Pay(from, hot, 1, nonces[from]));
                if (result == SubmitResult.Accepted) { nonces[from]++; sent++; }
                congested |= result == SubmitResult.DestinationCongested;
            }
            engine.RunRound(round);
            Assert.Equal(engine.GenesisSupply, engine.TotalSupply() + engine.ValueInFlight());
        }
        for (int round = 40; engine.PooledTransfers() > 0 || engine.ValueInFlight() > 0; round++)
        {
            Assert.True(round < 1000);
            engine.RunRound(round);
        }
        Assert.True(congested);
        Assert.True(sent > 32);
        ulong toSelf = nonces[hot];
        Assert.Equal(1000 + (ulong)sent - toSelf, engine.GetAccount(TestNetwork.AddressOf(hot)).Balance);
        for (int from = 0; from < 32; from++)
            if (from != hot) Assert.Equal(new Account(nonces[from], 1000 - nonces[from]), engine.GetAccount(TestNetwork.AddressOf(from)));
    }

    [Fact]
    public void RunRound_1024Shards_TakesSeconds()
    {
        using var signers = new Signers(4);
        EngineOptions options = TestNetwork.Options(1024, accounts: 400) with { Verifier = null, Validators = [.. signers.All.Select(signer => new EngineValidator(signer, 1 << 20))] };
        using InProcessEngine engine = InProcessEngine.Open(options);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        RoundResult result = engine.RunRound(1);
        Assert.Equal(1024, result.Shards.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"Expected a round within 10 s, got {watch.Elapsed}.");
    }

    [Fact]
    public void RunRound_Cancelled_HasNotHappened()
    {
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(4));
        engine.Submit(TestNetwork.Pay(0, 1, 5, 0));
        Assert.ThrowsAny<OperationCanceledException>(() => engine.RunRound(1, default, new CancellationToken(true)));
        Assert.Equal(0UL, engine.Height);
        RoundResult result = engine.RunRound(1);
        Assert.Equal(1, result.Shards.Sum(shard => shard.Applied));
    }

    [Fact]
    public void Open_BadOptions_Throws()
    {
        EngineOptions good = TestNetwork.Options(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => InProcessEngine.Open(good with { ShardCount = 0 }));
        Assert.Throws<ArgumentException>(() => InProcessEngine.Open(good with { Accounts = [.. good.Accounts, good.Accounts[0]] }));
        Assert.Throws<ArgumentException>(() => InProcessEngine.Open(good with { Accounts = [new GenesisAccount(TestNetwork.AddressOf(0), ulong.MaxValue), new GenesisAccount(TestNetwork.AddressOf(1), 1)] }));
        Assert.Throws<ArgumentException>(() => InProcessEngine.Open(good with { Validators = [] }));
        Assert.ThrowsAny<ArgumentException>(() => InProcessEngine.Open(good with { Limits = new BlockLimits { MaxReceipts = 1 } }));
        Assert.Throws<ArgumentException>(() => InProcessEngine.Open(good with { ShardCount = 1024, Limits = new BlockLimits { MaxTransfers = 65536, MaxReceipts = 65536 } }));
    }

    private sealed class Signers(int count) : IDisposable
    {
        public P256Signer[] All { get; } = [.. Enumerable.Range(0, count).Select(i => new P256Signer(TestNetwork.Key(i).Span))];

        public void Dispose() => Array.ForEach(All, signer => signer.Dispose());
    }
}
