using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Derivation;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Sequencing;

/// <summary>A sequencer that orders commitments, on both settlement layers: what is committed first is first, what is not opened costs, and who moves what it ordered is convicted by its words.</summary>
public abstract class CommitRevealSuite : SettlementSuite
{
    private static readonly HashSigner s_key = new(700);

    private readonly MemoryJournal _journal = new(), _orders = new();
    private readonly ConfirmationFault _judge = new(RollupHarness.ChainId, s_key.PublicKey, new HashVerifier());
    private readonly List<Digest32> _slots = [];
    private RollupHarness _rollup = null!;
    private RollupSequencer<Payment, KeccakTree> _sequencer = null!;
    private CommitReveal<Payment> _sealed = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opened in another order, also with a restart between all steps, they go in as they were committed to.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsCommittedFirst_IsFirst(bool isRestarted)
    {
        Payment[] payments = [_rollup.Pay(3, 4, 1), _rollup.Pay(1, 2, 10, fee: 9), _rollup.Pay(2, 3, 5)];
        foreach (Payment payment in payments) Assert.True(Commit(payment));
        Assert.False(Reveal(payments[0]));
        OrderWord word = Fix()!.Value;
        foreach (int i in (int[])[2, 1, 0])
        {
            if (isRestarted) await RestartAsync();
            // The first one holds them up.
            Assert.Null(_sequencer.Extend());
            Assert.True(Reveal(payments[i]));
            Assert.False(Reveal(payments[i]));
        }
        if (isRestarted) await RestartAsync();
        Assert.Equal(2U, _sequencer.Extend()!.Value.Position);
        if (isRestarted) await RestartAsync();
        ExecutedBatch batch = await PostAsync();
        Assert.Equal(payments.Select(HashOf), batch.TransactionHashes.ToArray());
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                Assert.Equal(i < j ? ConfirmationVerdict.Consistent : ConfirmationVerdict.Unrelated, _judge.Judge(Place(word, i, payments[i]), Place(word, j, payments[j]), [batch]));
        Assert.Equal(0, _sealed.Count);
    }

    /// <summary>Who does not open in time, or opens what cannot be run, pays the forfeit, at the place that was committed to.</summary>
    [Fact]
    public async Task WhatIsNotOpened_Costs()
    {
        Payment silent = _rollup.Pay(1, 2, 10), broke = _rollup.Pay(2, 3, 5, fee: 5_000_000), late = _rollup.Pay(3, 4, 7);
        Assert.True(Commit(silent));
        Assert.True(Commit(broke));
        Fix();
        Assert.True(Commit(late));
        Fix();
        Assert.True(Reveal(broke));
        Assert.True(Reveal(late));
        Assert.Null(_sequencer.Extend());
        Fix();
        Assert.False(Reveal(silent));
        _sequencer.Extend();
        ExecutedBatch batch = await PostAsync();
        Assert.Equal([HashOf(Forfeit(silent)), HashOf(Forfeit(broke)), HashOf(late)], batch.TransactionHashes.ToArray());
        Assert.Equal((1_000_000UL - 100, 1_000_000UL - 100), ((ulong)_rollup.Balance(1), (ulong)_rollup.Balance(2)));
        // What had its turn has no other while a word is held against it.
        Assert.True(Commit(broke));
        Fix();
        Assert.False(Reveal(broke));
    }

    [Fact]
    public void WhatIsNotSigned_TooCheapOrTwice_IsNotTaken()
    {
        Payment payment = _rollup.Pay(1, 2, 10);
        Assert.False(Commit(payment, forfeit: RollupHarness.Sign(1, Forfeit(payment) with { Fee = 99 })));
        Assert.False(Commit(payment, forfeit: Forfeit(payment) with { Amount = 7 }));
        Assert.True(Commit(payment));
        Assert.False(Commit(payment));
        Assert.NotNull(Fix());
        Assert.Null(Fix());
        Assert.False(Reveal(payment with { Signed = default }));
        Assert.True(Reveal(payment));
        var results = new PoolResult[1];
        _sequencer.Submit(new[] { _rollup.Pay(2, 3, 1) }, results);
        Assert.Equal(PoolResult.Sealed, results[0]);
    }

    /// <summary>A sequencer that looks first and orders then, or that tells two people two orders.</summary>
    [Fact]
    public async Task WhoReorders_IsConvicted()
    {
        Payment first = _rollup.Pay(1, 2, 10), second = _rollup.Pay(2, 3, 5);
        Assert.True(Commit(first));
        Assert.True(Commit(second));
        OrderWord word = Fix()!.Value;
        // It posts by hand what it likes better.
        ExecutedBatch batch = await _rollup.PostAsync(0, second, first);
        OrderPlace one = Place(word, 0, first), other = Place(word, 1, second);
        Assert.Equal(ConfirmationVerdict.Guilty, _judge.Judge(one, other, [batch]));
        Assert.Equal(ConfirmationVerdict.Unrelated, _judge.Judge(other, one, [batch]));
        Assert.Equal(ConfirmationVerdict.Unrelated, _judge.Judge(one with { Transaction = one.Forfeit }, other, [batch]));
        Assert.Equal(ConfirmationVerdict.Unrelated, _judge.Judge(one with { Slots = one.Slots[1..] }, other, [batch]));
        Assert.Equal(ConfirmationVerdict.NotSigned, _judge.Judge(one with { Word = word with { Until = 1_000 } }, other, [batch]));
        // A word that holds no longer says nothing of this batch.
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(one with { Word = (word with { Until = 0 }).Sign(s_key) }, other, [batch]));
        OrderWord contrary = (word with { Running = HashOf(first) }).Sign(s_key);
        Assert.Equal(ConfirmationVerdict.Guilty, _judge.Judge(word, contrary));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, word.Sign(s_key)));
        Assert.Equal(ConfirmationVerdict.Unrelated, _judge.Judge(word, contrary with { Round = 9 }));
        Assert.Equal(ConfirmationVerdict.NotSigned, _judge.Judge(word, contrary with { Count = 1 }));
    }

    /// <summary>Killed at any note of either journal: whatever the words say, the batches bear out.</summary>
    [Fact]
    public async Task Killed_AtAnyPoint_ItKeepsTheOrdersThatItGaveItsWordOn()
    {
        var random = new SeededRandom(TestSettings.Seed);
        var waiting = new List<(Payment Payment, OrderWord? Word, int Index, Digest32[] Slots)>();
        var known = new List<(Payment Payment, OrderWord Word, int Index, Digest32[] Slots)>();
        var nonces = new Dictionary<int, ulong>();
        int killed = 0;
        for (int step = 0; step < TestSettings.Scale(400, 4000); step++)
        {
            (_journal.Random, _orders.Random) = (random, random);
            try
            {
                switch (random.Next(6))
                {
                    case 0:
                        int from = random.Next(1, 5);
                        Payment payment = RollupHarness.Sign(from, new Payment { Sender = RollupHarness.Person(from).Address, Nonce = nonces.GetValueOrDefault(from), Recipient = RollupHarness.Person(2).Address, Amount = 1, Fee = 1 });
                        if (!Commit(payment)) break;
                        nonces[from] = nonces.GetValueOrDefault(from) + 1;
                        waiting.Add((payment, null, _slots.Count - 1, []));
                        break;
                    case 1:
                        if (_sealed.FixOrder(_sequencer.Tip.NextBatch) is not { } word) break;
                        known.AddRange(waiting.Where(static entry => entry.Word is null).Select(entry => (entry.Payment, word, entry.Index, _slots.ToArray())));
                        waiting.RemoveAll(static entry => entry.Word is null);
                        _slots.Clear();
                        break;
                    case 2:
                        foreach ((Payment committed, _, _, _) in known.TakeLast(6)) if (random.Next(2) == 0) Reveal(committed);
                        break;
                    case 3: _sequencer.Close(); break;
                    case 4: await _sequencer.PostAsync(Cancellation); break;
                    default: _sequencer.Extend(); break;
                }
            }
            catch (MemoryJournal.Crash)
            {
                killed++;
                (_journal.Random, _orders.Random) = (null, null);
                // Whoever got no word has to commit again, with the same nonce.
                foreach (IGrouping<AccountAddress, (Payment Payment, OrderWord?, int, Digest32[])> lost in waiting.GroupBy(static entry => entry.Payment.Sender))
                    nonces[Enumerable.Range(1, 4).First(person => RollupHarness.Person(person).Address == lost.Key)] = lost.Min(static entry => entry.Payment.Nonce);
                waiting.Clear();
                _slots.Clear();
                await RestartAsync();
            }
        }
        (_journal.Random, _orders.Random) = (null, null);
        for (int i = 0; i < 4; i++)
        {
            _sealed.FixOrder(_sequencer.Tip.NextBatch);
            _sequencer.Extend();
        }
        _sequencer.Close();
        await _sequencer.PostAsync(Cancellation);
        List<ExecutedBatch> batches = (await _rollup.SyncAsync()).Batches;
        HashSet<Digest32> all = [.. batches.SelectMany(static batch => batch.TransactionHashes.ToArray())];
        Assert.True(killed > 3 && known.Count > 8, $"killed {killed} times, {known.Count} ordered");
        Assert.All(known, entry => Assert.True(all.Contains(HashOf(entry.Payment)) || all.Contains(HashOf(Forfeit(entry.Payment)))));
        foreach (int i in Enumerable.Range(0, known.Count))
            foreach (int j in Enumerable.Range(i + 1, known.Count - i - 1))
                Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(Place(known[i]), Place(known[j]), batches));

        OrderPlace Place((Payment Payment, OrderWord Word, int Index, Digest32[] Slots) at) => new(at.Word, at.Slots, at.Index, HashOf(at.Payment), Blinding(at.Payment), HashOf(Forfeit(at.Payment)));
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await RollupHarness.StartAsync(World);
        for (int i = 1; i <= 4; i++) await _rollup.DepositAsync(RollupHarness.Person(i), 1_000_000);
        await _rollup.PostAsync(4);
        await RestartAsync();
    }

    private static Digest32 HashOf(Payment payment)
    {
        var hash = new Digest32[1];
        new PaymentAccess(RollupHarness.ChainId).Hash([payment], hash);
        return hash[0];
    }

    private static Digest32 Blinding(Payment payment) => new(Hashing.Keccak(HashOf(payment).Span));

    // Pays to nobody but for being in.
    private static Payment Forfeit(Payment payment)
    {
        int person = Enumerable.Range(1, 4).First(person => RollupHarness.Person(person).Address == payment.Sender);
        return RollupHarness.Sign(person, new Payment { Sender = payment.Sender, Nonce = payment.Nonce, Recipient = payment.Sender, Amount = 0, Fee = 100 });
    }

    private bool Commit(Payment payment, Payment? forfeit = null)
    {
        Payment penalty = forfeit ?? Forfeit(payment);
        Digest32 commitment = CommitReveal<Payment>.CommitmentOf(HashOf(payment), Blinding(payment));
        bool isTaken = _sealed.TryCommit(commitment, penalty);
        if (isTaken) _slots.Add(OrderWord.SlotOf(commitment, HashOf(penalty)));
        return isTaken;
    }

    private OrderWord? Fix() => _sealed.FixOrder(_sequencer.Tip.NextBatch);

    private bool Reveal(Payment payment) => _sealed.TryReveal(payment, Blinding(payment));

    private OrderPlace Place(OrderWord word, int index, Payment payment) => new(word, _slots.ToArray(), index, HashOf(payment), Blinding(payment), HashOf(Forfeit(payment)));

    private async Task<ExecutedBatch> PostAsync()
    {
        _sequencer.Close();
        Assert.Equal(1, await _sequencer.PostAsync(Cancellation));
        return await _rollup.SyncOneAsync();
    }

    private Task RestartAsync()
    {
        var options = new CommitRevealOptions { Deposit = 100 };
        _sealed = new CommitReveal<Payment>(RollupHarness.ChainId, new PaymentAccess(RollupHarness.ChainId), _rollup.Transition(), s_key, _orders, options);
        var setup = new RollupSequencerSetup<Payment, KeccakTree>(
            _rollup.Rules, new LiveChain(World), _rollup.Data, _rollup.Transition, RollupHarness.Codec, new PaymentAccess(RollupHarness.ChainId), s_key, _journal) { Sealed = _sealed };
        _sequencer = new RollupSequencer<Payment, KeccakTree>(setup, new RollupSequencerOptions { Posting = SourceKind.OffChain });
        return _sequencer.StartAsync(Cancellation);
    }
}

public sealed class CommitRevealInProcessTests : CommitRevealSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class CommitRevealOnAnvilTests(AnvilFixture fixture) : CommitRevealSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
