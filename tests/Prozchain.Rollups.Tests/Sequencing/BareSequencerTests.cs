using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Derivation;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Sequencing;

/// <summary>The sequencer of a rollup of numbered accounts: what it posts has no signatures, and followers still get where it is.</summary>
public sealed class BareSequencerTests : SettlementSuite
{
    private readonly ConfirmationFault _judge = new(BareRollup.ChainId, BareRollup.WordKey.PublicKey, new HashVerifier());
    private BareRollup _rollup = null!;
    private RollupSequencer<Payment, KeccakTree> _sequencer = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_AreDerivedAsTheyWereMade_WithoutSignatures()
    {
        Payment sponsored = _rollup.Pay(2, new Payment { Recipient = BareRollup.Account(1), Amount = 5, Sponsor = BareRollup.Account(3) }, skip: 3);
        _rollup.Person(3).Index = 9;
        SoftConfirmation first = Extend(_rollup.Pay(1, 2, 10), _rollup.Pay(1, 2, 10, skip: 300))!.Value, second = Extend(PaymentMessage.Sponsor(sponsored, _rollup.Person(3), BareRollup.ChainId))!.Value;
        Extend(_rollup.Pay(1, new Payment { Recipient = _rollup.Person(20).Address, Amount = 7 }), _rollup.Pay(3, new Payment { Kind = PaymentKind.RotateKey, Payload = new HashSigner(60, isHashBased: true).PublicKey }));
        ProducedBatch produced = _sequencer.Close()!.Value;
        Assert.Equal((5, 1), (produced.Count, await _sequencer.PostAsync(Cancellation)));
        ExecutedBatch batch = await _rollup.SyncOneAsync();
        Assert.Equal((BatchVerdict.Executed, produced.PostRoot, 5), (batch.Verdict, batch.PostRoot, batch.TransactionHashes.Length));
        foreach (SoftConfirmation word in new[] { first, second }) Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batch));
        Assert.Equal((303U, 4U, 0U), (_rollup.Read(1).NextKey, _rollup.Read(2).NextKey, _rollup.Read(3).NextKey));
        Assert.InRange(batch.Posting.Length, 1UL, 200UL);
        Assert.Equal(_sequencer.Tip.Root, _rollup.Node.Deriver.Tip.Root);
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>A key that was passed over, or that a forced payment used up meanwhile, has no place.</summary>
    [Fact]
    public async Task UsedKeys_AreLeftOut()
    {
        Payment late = _rollup.Pay(1, 2, 10), forced = _rollup.Pay(1, 2, 20);
        await _rollup.ForceAsync(forced with { Nonce = 0 });
        await _rollup.ForceAsync(PaymentMessage.Sign(forced with { Nonce = 0 }, _rollup.Person(1), BareRollup.ChainId));
        await _sequencer.FollowAsync(Cancellation);
        Payment used = PaymentMessage.Sign(late with { Nonce = 1 }, new HashSigner(1, isHashBased: true), BareRollup.ChainId);
        Assert.Null(Extend(late, used));
        Extend(PaymentMessage.Sign(late with { Nonce = 1 }, _rollup.Person(1), BareRollup.ChainId));
        ProducedBatch produced = _sequencer.Close()!.Value;
        Assert.Equal((2, 1, 0), (produced.ForcedCount, produced.Count, _sequencer.PendingCount));
        await _sequencer.PostAsync(Cancellation);
        ExecutedBatch batch = await _rollup.SyncOneAsync();
        Assert.Equal([TransitionStatus.BadSignature, TransitionStatus.Applied, TransitionStatus.Applied], batch.Statuses.ToArray());
        Assert.Equal((produced.PostRoot, 4U), (batch.PostRoot, _rollup.Read(1).NextKey));
    }

    /// <summary>Killed again and again, also within a note of the journal: no batch is lost, no two words contradict each other, and each holds.</summary>
    [Fact]
    public async Task Killed_AtAnyPoint_ItsWordsHold()
    {
        var random = new SeededRandom(TestSettings.Seed);
        _rollup.Journal.Random = random;
        var words = new Dictionary<(ulong, uint), SoftConfirmation>();
        int killed = 0;
        for (int step = 0; step < TestSettings.Scale(60, 1000); step++)
        {
            try
            {
                switch (random.Next(6))
                {
                    case 0: _sequencer.Close(); break;
                    case 1: await _sequencer.PostAsync(Cancellation); break;
                    case 2: throw new MemoryJournal.Crash();
                    case 3:
                        await _rollup.DepositAsync(random.Next(1, 30), 10);
                        await _sequencer.FollowAsync(Cancellation);
                        break;
                    default:
                        if (Extend(_rollup.Pay(random.Next(1, 5), random.Next(1, 5), 1, skip: (uint)random.Next(3))) is not { } word) break;
                        if (words.TryGetValue((word.Batch, word.Position), out SoftConfirmation before)) Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(before, word));
                        words[(word.Batch, word.Position)] = word;
                        break;
                }
            }
            catch (MemoryJournal.Crash)
            {
                killed++;
                _rollup.Journal.Random = null;
                await RestartAsync();
                _rollup.Journal.Random = random;
            }
        }
        Assert.True(killed > 5 && words.Count > 5, $"killed {killed} times, {words.Count} words");
        _rollup.Journal.Random = null;
        _sequencer.Close();
        await _sequencer.PostAsync(Cancellation);
        Assert.Equal(0, _sequencer.BrokenWords);
        (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync();
        Assert.Equal(_sequencer.Tip, status.Tip);
        Assert.All(words.Values, word => Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batches.Single(batch => batch.Posting.Number == word.Batch))));
        Assert.All(batches, batch => Assert.Equal(BatchVerdict.Executed, batch.Verdict));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>A batch upon a root that a reorganisation took away is made anew.</summary>
    [Fact]
    public async Task Reorganisation_HasBatchesMadeUponTheNewRoot()
    {
        for (int i = 0; i < 4; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _sequencer.FollowAsync(Cancellation);
        await _rollup.DepositAsync(1, 5);
        await _sequencer.FollowAsync(Cancellation);
        Extend(_rollup.Pay(1, 2, 10, skip: 2));
        _sequencer.Close();
        Extend(_rollup.Pay(2, 3, 5));
        _sequencer.Close();
        Assert.Equal(2, await _sequencer.PostAsync(Cancellation));
        await _rollup.SyncAsync();
        await World.ReorganiseAsync(3);
        for (int round = 0; round < 3; round++)
        {
            await _sequencer.FollowAsync(Cancellation);
            await _sequencer.PostAsync(Cancellation);
        }
        (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync();
        Assert.Equal((true, _sequencer.Tip), (status.WasUndone, status.Tip));
        Assert.All(batches, batch => Assert.Equal(BatchVerdict.Executed, batch.Verdict));
        Assert.Equal(3U, _rollup.Read(1).NextKey);
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>Nobody else has the signatures: they stay, also over a restart, until their prover has them.</summary>
    [Fact]
    public async Task Signatures_AreKeptUntilTheirProverHasThem()
    {
        _rollup.Unproven = 1;
        Payment[] payments = [_rollup.Pay(1, 2, 10), _rollup.Pay(2, 3, 10, skip: 2)];
        Extend(payments);
        Assert.Null(_sequencer.FindSigned(1));
        Assert.Equal(1UL, _sequencer.Close()!.Value.Number);
        await _sequencer.PostAsync(Cancellation);
        ExecutedBatch batch = await _rollup.SyncOneAsync();
        await SettleAsync();
        Assert.Equal(0, _sequencer.UnsettledCount);
        await RestartAsync();
        ReadOnlyMemory<Payment> signed = _sequencer.FindSigned(1)!.Value;
        var hashes = new Digest32[2];
        new PaymentAccess(BareRollup.ChainId).Hash(signed.Span, hashes);
        Assert.Equal(batch.TransactionHashes.ToArray(), hashes);
        var authentic = new bool[2];
        _rollup.Transition().Authenticate(signed.Span, authentic);
        Assert.Equal([true, true], authentic);
        Assert.Equal((null, null), (_sequencer.FindSigned(0), _sequencer.FindSigned(2)));

        _rollup.Unproven = 2;
        Extend(_rollup.Pay(1, 2, 10));
        _sequencer.Close();
        await _sequencer.PostAsync(Cancellation);
        await SettleAsync();
        Assert.Null(_sequencer.FindSigned(1));
        Assert.Equal(1, _sequencer.FindSigned(2)!.Value.Length);
        Assert.Equal(0, _sequencer.BrokenWords);

        async Task SettleAsync()
        {
            for (int i = 0; i < 66; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
            await _sequencer.FollowAsync(Cancellation);
        }
    }

    /// <summary>Room in a batch is counted by rows, not by the signatures that stay with the sequencer.</summary>
    [Fact]
    public async Task Room_IsThatOfRows()
    {
        const int Count = 30;
        var access = new PaymentAccess(BareRollup.ChainId);
        Payment[] payments = [.. Enumerable.Range(0, Count).Select(_ => _rollup.Pay(1, 2, 1))];
        int most = access.MaxRowOf(payments[0]);
        Assert.True(access.MaxSizeOf(payments[0]) > 2 * most);
        _rollup = await BareRollup.StartAsync(World, rules => rules with { Limits = new BatchLimits(500, 4_096 + Count * most) });
        await FundAsync();
        Extend([.. Enumerable.Range(0, Count + 1).Select(_ => _rollup.Pay(1, 2, 1))]);
        Assert.Equal((Count, 1), (_sequencer.Close()!.Value.Count, _sequencer.PendingCount));
        Assert.Throws<ArgumentException>(() => new RollupSequencer<Payment, KeccakTree>(
            new RollupSequencerSetup<Payment, KeccakTree>(_rollup.Rules, new LiveChain(World), _rollup.Data, _rollup.Transition, BareRollup.Codec, access, BareRollup.WordKey, _rollup.Journal), new RollupSequencerOptions { Posting = SourceKind.Calldata }));
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await BareRollup.StartAsync(World);
        await FundAsync();
    }

    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());

    private async Task FundAsync()
    {
        for (int i = 1; i <= 4; i++) await _rollup.DepositAsync(i, 1_000_000);
        await _rollup.PostAsync(4);
        await RestartAsync();
    }

    private Task RestartAsync()
    {
        _sequencer = _rollup.NewSequencer();
        return _sequencer.StartAsync(Cancellation);
    }

    private SoftConfirmation? Extend(params Payment[] payments)
    {
        _sequencer.Submit(payments, new PoolResult[payments.Length]);
        return _sequencer.Extend();
    }
}
