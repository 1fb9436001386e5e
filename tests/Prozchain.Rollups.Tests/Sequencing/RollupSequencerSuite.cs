using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Derivation;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Sequencing;

/// <summary>The sequencer on both settlement layers: killed, reorganised, and held to its word.</summary>
public abstract class RollupSequencerSuite : SettlementSuite
{
    private static readonly HashSigner s_key = new(700);

    private readonly MemoryJournal _journal = new();
    private readonly ConfirmationFault _judge = new(RollupHarness.ChainId, s_key.PublicKey, new HashVerifier());
    private RollupHarness _rollup = null!;
    private RollupSequencer<Payment, KeccakTree> _sequencer = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batches_AreDerivedAsTheyWereMade_AndWordsHold()
    {
        SoftConfirmation first = Extend(_rollup.Pay(1, 2, 10), _rollup.Pay(2, 3, 1))!.Value, second = Extend(_rollup.Pay(1, 3, 5))!.Value;
        Assert.Equal((0U, 1U, 2U), (_sequencer.Confirm(0)!.Value.Position, first.Position, second.Position));
        ProducedBatch produced = _sequencer.Close()!.Value;
        Assert.Equal(1, await PostAsync());
        ExecutedBatch batch = Assert.Single((await _rollup.SyncAsync()).Batches);
        Assert.Equal((BatchVerdict.Executed, produced.PostRoot, 3), (batch.Verdict, batch.PostRoot, batch.TransactionHashes.Length));
        foreach (SoftConfirmation word in new[] { first, second }) Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batch));
        Assert.Equal(ConfirmationVerdict.Guilty, _judge.Judge(Lie(second, position: 3), batch));
        Assert.Equal(ConfirmationVerdict.Guilty, _judge.Judge(Lie(first, transaction: World.AddressOf(1).IsZero ? default : new Digest32(Hashing.Keccak([1]))), batch));
        Assert.Equal(ConfirmationVerdict.Guilty, _judge.Judge(Lie(first), first));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(first, first));
        Assert.Equal(ConfirmationVerdict.Unrelated, _judge.Judge(first, second));
        Assert.Equal(ConfirmationVerdict.NotSigned, _judge.Judge(first with { Running = default }, first));
        Assert.Null(_sequencer.Close());
        Assert.Equal(0, await PostAsync());
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public async Task ForcedItems_GoFirst_AndWhatIsInvalidIsLeftOut()
    {
        await _rollup.DepositAsync(RollupHarness.Person(5), 400);
        await _rollup.ForceAsync(RollupHarness.Forced(_rollup.Pay(1, 2, 3)));
        await _sequencer.FollowAsync(Cancellation);
        Payment forged = _rollup.Pay(2, 3, 1) with { Amount = 2 };
        var results = new PoolResult[1];
        _sequencer.Submit(new[] { forged }, results);
        Assert.Equal(PoolResult.BadSignature, results[0]);
        Extend(_rollup.Pay(5, 6, 100), RollupHarness.Sign(3, new Payment { Sender = RollupHarness.Person(3).Address, Recipient = RollupHarness.Person(2).Address, Fee = UInt128.MaxValue }));
        ProducedBatch produced = _sequencer.Close()!.Value;
        Assert.Equal((2, 1), (produced.ForcedCount, produced.Count));
        await PostAsync();
        await _rollup.SyncAsync();
        Assert.Equal((UInt128)100, _rollup.Balance(6));
        Assert.Equal(produced.PostRoot, _rollup.Node.Deriver.Tip.Root);
    }

    /// <summary>Killed again and again, also within a note of the journal: no batch is lost, and no two words contradict each other.</summary>
    [Fact]
    public async Task Killed_AtAnyPoint_ItLosesNoBatch_AndNeverContradictsItself()
    {
        var random = new SeededRandom(TestSettings.Seed);
        _journal.Random = random;
        var words = new Dictionary<(ulong, uint), SoftConfirmation>();
        int killed = 0;
        for (int step = 0; step < TestSettings.Scale(60, 1000); step++)
        {
            try
            {
                switch (random.Next(6))
                {
                    case 0: _sequencer.Close(); break;
                    case 1: await PostAsync(); break;
                    case 2: throw new MemoryJournal.Crash();
                    case 3:
                        await _rollup.DepositAsync(RollupHarness.Person(random.Next(1, 5)), 10);
                        await _sequencer.FollowAsync(Cancellation);
                        break;
                    default:
                        int from = random.Next(1, 5);
                        if (Extend(_rollup.Pay(from, random.Next(1, 5), 1)) is { } word) Note(word);
                        break;
                }
            }
            catch (MemoryJournal.Crash)
            {
                killed++;
                _journal.Random = null;
                await RestartAsync();
                _journal.Random = random;
            }
        }
        Assert.True(killed > 5 && words.Count > 5, $"killed {killed} times, {words.Count} words");
        _journal.Random = null;
        _sequencer.Close();
        await PostAsync();
        Assert.Equal(0, _sequencer.BrokenWords);
        (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync();
        Assert.Equal(_sequencer.Tip.Root, status.Tip.Root);
        Assert.All(words.Values, word => Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batches.Single(batch => batch.Posting.Number == word.Batch))));
        Assert.All(batches, batch => Assert.Equal(BatchVerdict.Executed, batch.Verdict));

        void Note(in SoftConfirmation word)
        {
            if (words.TryGetValue((word.Batch, word.Position), out SoftConfirmation before)) Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(before, word));
            words[(word.Batch, word.Position)] = word;
        }
    }

    [Fact]
    public async Task Reorganisation_ThatLosesBatches_HasThemPostedAgain()
    {
        for (int i = 0; i < 4; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _sequencer.FollowAsync(Cancellation);
        SoftConfirmation word = Extend(_rollup.Pay(1, 2, 10))!.Value;
        _sequencer.Close();
        Extend(_rollup.Pay(2, 3, 5));
        _sequencer.Close();
        Assert.Equal(2, await PostAsync());
        await _rollup.SyncAsync();
        await World.ReorganiseAsync(2);
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal(2, await PostAsync());
        (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync();
        Assert.Equal((true, 2, _sequencer.Tip.Root), (status.WasUndone, batches.Count, status.Tip.Root));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batches[0]));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await RollupHarness.StartAsync(World);
        for (int i = 1; i <= 4; i++) await _rollup.DepositAsync(RollupHarness.Person(i), 1_000_000);
        await _rollup.PostAsync(4);
        await RestartAsync();
    }

    private static SoftConfirmation Lie(SoftConfirmation word, uint? position = null, Digest32? transaction = null) =>
        SoftConfirmation.Sign(word.ChainId, word.Batch, position ?? word.Position, transaction ?? new Digest32(Hashing.Keccak([2])), word.Running, s_key);

    private Task RestartAsync()
    {
        var setup = new RollupSequencerSetup<Payment, KeccakTree>(
            _rollup.Rules, new LiveChain(World), _rollup.Data, _rollup.Transition, RollupHarness.Codec, new PaymentAccess(RollupHarness.ChainId), s_key, _journal);
        _sequencer = new RollupSequencer<Payment, KeccakTree>(setup, new RollupSequencerOptions { Posting = SourceKind.OffChain });
        return _sequencer.StartAsync(Cancellation);
    }

    private SoftConfirmation? Extend(params Payment[] payments)
    {
        _sequencer.Submit(payments, new PoolResult[payments.Length]);
        return _sequencer.Extend();
    }

    private async Task<int> PostAsync() => await _sequencer.PostAsync(Cancellation);
}

public sealed class RollupSequencerInProcessTests : RollupSequencerSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class RollupSequencerOnAnvilTests(AnvilFixture fixture) : RollupSequencerSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
