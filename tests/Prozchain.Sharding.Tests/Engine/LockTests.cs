using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

/// <summary>Transactions whose cells are not declared, in the engine: planned by their clients, locked, executed, and done on all shards or none.</summary>
public class LockTests
{
    /// <summary>Swaps that want one another's cells in opposite order, with transfers on the same cells and a split in between: all end, alike on both sides.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void SubmitAttempt_CrossedSwaps_EndAlikeOnBothSides(int seed, bool reshard)
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(3));
        engine.Round();
        var random = new Random(seed);
        var load = new EngineLoad(seed);
        List<Client> clients = [.. Enumerable.Range(0, 12).Select(i => new Client(engine, 32 + i % 4, 36 + random.Next(4), i))];
        for (int round = 0; round < 24 && (round < 8 || engine.QueuedAtomic() > 0 || clients.Exists(client => !client.IsDone)); round++)
        {
            if (round < 8) load.Submit(engine, 20);
            foreach (Client client in clients) client.TryAgain();
            if (reshard && round == 1) engine.Reshard(ReshapeAction.Split(engine.Layout.ShardOf(TestNetwork.AddressOf(33).Digest)));
            engine.Round();
        }
        for (int i = 0; i < 30; i++) engine.Round();
        Assert.Equal(reshard ? 1UL : 0, engine.Layout.Version);
        foreach (int wallet in Enumerable.Range(32, 8))
        {
            long moved = clients.Where(client => client.Outcome == AtomicOutcome.Committed).Sum(client => (client.Other == wallet ? client.Gives : 0) - (client.One == wallet ? client.Gives : 0));
            Assert.Equal((long)EngineWorld.Balance + moved, (long)engine.AccountOf(wallet).Balance);
        }
        engine.AssertConserved();
        Assert.True(clients.Count(client => client.Outcome == AtomicOutcome.Committed) >= 9, string.Join(' ', clients.Select(client => client.Outcome)));
    }

    /// <summary>The log alone gives the same rounds again, in the middle of attempts.</summary>
    [Fact]
    public void SubmitAttempt_Resumed_GivesTheSameRounds()
    {
        var log = new MemoryLogStorage();
        var rounds = new List<string>();
        using (InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2, log: log)))
        {
            rounds.Add(EngineWorld.Describe(engine.Round()));
            Client[] clients = [.. Enumerable.Range(0, 6).Select(i => new Client(engine, i, 20 - i, i))];
            for (int i = 0; i < 3; i++)
            {
                foreach (Client client in clients) client.TryAgain();
                rounds.Add(EngineWorld.Describe(engine.Round()));
            }
            Assert.Contains(clients, client => client.Outcome == AtomicOutcome.Committed);
        }
        var again = new List<string>();
        using InProcessEngine<TransferTransition> resumed = EngineWorld.Open(EngineWorld.Options(2, log: log) with { Replayed = round => again.Add(EngineWorld.Describe(round)) });
        Assert.Equal(rounds, again);
        resumed.AssertConserved();
    }

    [Fact]
    public void SubmitAttempt_WhatCannotBe_IsRefused()
    {
        using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(2));
        engine.Round();
        var client = new Client(engine, 1, 2, 0);
        byte[] first = client.Attempt(1), second = client.Attempt(2);
        Assert.Equal(AdmissionResult.Malformed, engine.SubmitAttempt(first.AsSpan(1)));
        byte[] forged = [.. second];
        forged[^1] ^= 1;
        Assert.Equal(AdmissionResult.BadSignature, engine.SubmitAttempt(forged));
        Assert.Equal(AdmissionResult.Accepted, engine.SubmitAttempt(second));
        Assert.Equal(AdmissionResult.SequenceTooLow, engine.SubmitAttempt(second));
        Assert.Equal(AdmissionResult.SequenceTooLow, engine.SubmitAttempt(first));
        Assert.Throws<ArgumentException>(() => engine.FindCells(AtomicTransaction.TryRead(EngineWorld.Swap(1, 1, 2, 1, 0), out AtomicTransaction? declared) == Prozchain.Sharding.Wire.ReadResult.Ok ? declared! : throw new InvalidOperationException()));
        Assert.Equal(AdmissionResult.Malformed, engine.SubmitAtomic(client.Transaction.Encoded.Span));
    }

    private sealed class Client(InProcessEngine<TransferTransition> engine, int one, int other, int number)
    {
        private uint _attempt;

        public int One => one;

        public int Other => other;

        public int Gives => 3 + number;

        public AtomicTransaction Transaction { get; } = AtomicTransaction.Sign(
            new AtomicTransaction.Header(TestNetwork.ChainId, engine.TimeMs, engine.TimeMs + 10_000 + number, TransferEngine.MultiTransferProgram), [],
            MultiTransfer.Encode(new MultiTransfer.Move(TestNetwork.AddressOf(one).Digest, TestNetwork.AddressOf(other).Digest, (ulong)(3 + number))), TestNetwork.Wallet(one));

        public AtomicOutcome Outcome => engine.OutcomeOf(Transaction.Encoded.Span);

        public bool IsDone => Outcome == AtomicOutcome.Committed;

        public byte[] Attempt(uint attempt) => LockRequest.Sign(Transaction, new Attempt(attempt, engine.Epoch), engine.FindCells(Transaction)!, TestNetwork.Wallet(one)).Encoded.ToArray();

        public void TryAgain()
        {
            if (Outcome is AtomicOutcome.Unknown or AtomicOutcome.Aborted && engine.TimeMs < Transaction.DeadlineMs) engine.SubmitAttempt(Attempt(++_attempt));
        }
    }
}
