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

/// <summary>The sequencer on both settlement layers, where the settlement layer does not go on as its batches expect.</summary>
public abstract class SequencerFaultSuite : SettlementSuite
{
    private static readonly HashSigner s_key = new(700);

    private readonly MemoryJournal _journal = new();
    private readonly ConfirmationFault _judge = new(RollupHarness.ChainId, s_key.PublicKey, new HashVerifier());
    private FaultyPublisher _data = null!;
    private RollupHarness _rollup = null!;
    private RollupSequencer<Payment, KeccakTree> _sequencer = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABatchThatMissesADueItem_IsMadeAgainWithIt()
    {
        SoftConfirmation word = Extend(_rollup.Pay(1, 2, 10))!.Value;
        _sequencer.Close();
        await _rollup.DepositAsync(RollupHarness.Person(7), 400);
        await World.AdvanceAsync(TimeSpan.FromMinutes(11));
        Assert.Equal(0, await PostAsync());
        Assert.StartsWith("ForcedDue(", _sequencer.Refusal, StringComparison.Ordinal);
        // No word is given on what has to be made again.
        Assert.Null(Extend(_rollup.Pay(1, 2, 10)));
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal((1, null, 0), (await PostAsync(), _sequencer.Refusal, _sequencer.BrokenWords));
        ExecutedBatch batch = await _rollup.SyncOneAsync();
        Assert.Equal((BatchVerdict.Executed, 1, _sequencer.Tip.Root), (batch.Verdict, batch.ForcedCount, batch.PostRoot));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batch));
        Assert.Equal((UInt128)400, _rollup.Balance(7));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>However deep blocks have to be: what would be due before goes in.</summary>
    [Fact]
    public async Task DueItems_GoIn_BeforeTheirBlockIsDeepEnough()
    {
        await RestartAsync(depth: 10_000);
        await _rollup.DepositAsync(RollupHarness.Person(7), 400);
        await _sequencer.FollowAsync(Cancellation);
        Extend(_rollup.Pay(1, 2, 10));
        Assert.Equal(0, _sequencer.Close()!.Value.ForcedCount);
        Assert.Equal(1, await PostAsync());
        await World.AdvanceAsync(TimeSpan.FromMinutes(6));
        await _sequencer.FollowAsync(Cancellation);
        Extend();
        Assert.Equal(1, _sequencer.Close()!.Value.ForcedCount);
        Assert.Equal((1, null), (await PostAsync(), _sequencer.Refusal));
        Assert.Equal(_sequencer.Tip, (await _rollup.SyncAsync()).Status.Tip);
    }

    /// <summary>Words that the due items make impossible are counted, and the sequencer is silent about those places, also after a restart.</summary>
    [Fact]
    public async Task WordsThatADueItemBreaks_AreCounted_AndNothingElseIsSaidOfTheirPlaces()
    {
        Payment[] own = [_rollup.Pay(1, 2, 10), _rollup.Pay(2, 3, 10), _rollup.Pay(3, 4, 10)];
        Extend(own[0]);
        _sequencer.Close();
        var words = new List<SoftConfirmation> { Extend(own[1])!.Value, Extend(own[2])!.Value };
        // The same person forces something else with the nonce that the open batch begins with.
        await _rollup.ForceAsync(RollupHarness.Forced(RollupHarness.Sign(2, own[1] with { Amount = 11 })));
        await World.AdvanceAsync(TimeSpan.FromMinutes(11));
        await PostAsync();
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal(2, _sequencer.BrokenWords);
        for (int restarts = 0; restarts < 2; restarts++)
        {
            Assert.Equal([null, null], new SoftConfirmation?[] { _sequencer.Confirm(0), _sequencer.Confirm(1) });
            await RestartAsync();
        }
        Assert.Null(Extend(_rollup.Pay(1, 2, 1)));
        SoftConfirmation word = Extend(_rollup.Pay(1, 2, 1))!.Value;
        Assert.Equal((words[0].Batch, 2U), (word.Batch, word.Position));
        _sequencer.Close();
        Assert.Equal(2, await PostAsync());
        List<ExecutedBatch> batches = (await _rollup.SyncAsync()).Batches;
        Assert.Equal([1, 3], batches.Select(batch => batch.TransactionHashes.Length));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batches[1]));
        Assert.All(words, broken => Assert.Equal(ConfirmationVerdict.Guilty, _judge.Judge(broken, batches[1])));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>A reorganisation takes back the deposit that a closed batch begins with.</summary>
    [Fact]
    public async Task ABatchWhoseForcedItemIsGone_IsMadeAgainWithoutIt()
    {
        for (int i = 0; i < 3; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _rollup.DepositAsync(RollupHarness.Person(7), 400);
        await _sequencer.FollowAsync(Cancellation);
        SoftConfirmation kept = Extend(_rollup.Pay(1, 2, 10))!.Value;
        Extend(_rollup.Pay(7, 2, 100));
        Assert.Equal(1, _sequencer.Close()!.Value.ForcedCount);
        await World.ReorganiseAsync(1);
        Assert.Equal(0, await PostAsync());
        Assert.StartsWith("WrongForcedCount(", _sequencer.Refusal, StringComparison.Ordinal);
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal((1, 1), (_sequencer.BrokenWords, await PostAsync()));
        ExecutedBatch batch = await _rollup.SyncOneAsync();
        Assert.Equal((0, 1, _sequencer.Tip.Root), (batch.ForcedCount, batch.TransactionHashes.Length, batch.PostRoot));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(kept, batch));
    }

    [Fact]
    public async Task ABatchThatWasClosedTooLongAgo_IsMadeAgain_AndItsWordsHold()
    {
        SoftConfirmation word = Extend(_rollup.Pay(1, 2, 10))!.Value;
        _sequencer.Close();
        SoftConfirmation later = Extend(_rollup.Pay(2, 3, 10))!.Value;
        await World.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal(0, await PostAsync());
        Assert.StartsWith("WrongTime(", _sequencer.Refusal, StringComparison.Ordinal);
        await _sequencer.FollowAsync(Cancellation);
        _sequencer.Close();
        Assert.Equal(2, await PostAsync());
        List<ExecutedBatch> batches = (await _rollup.SyncAsync()).Batches;
        Assert.Equal(0, _sequencer.BrokenWords);
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(word, batches[0]));
        Assert.Equal(ConfirmationVerdict.Consistent, _judge.Judge(later, batches[1]));
    }

    /// <summary>What was seen before it was final is forgotten once it is.</summary>
    [Fact]
    public async Task Batches_AreForgottenOnceTheyAreFinal()
    {
        for (int i = 0; i < 3; i++)
        {
            Extend(_rollup.Pay(1, 2, 10));
            _sequencer.Close();
        }
        await PostAsync();
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal(3, _sequencer.UnsettledCount);
        Assert.NotEmpty(_journal.ReadAll());
        for (int i = 0; i < 70; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal((0, 0), (_sequencer.UnsettledCount, _journal.ReadAll().Count));
        Extend(_rollup.Pay(1, 2, 10));
        Assert.NotNull(_sequencer.Close());
        Assert.Equal(1, await PostAsync());
    }

    /// <summary>Another poster took the number: words on it are broken, its transactions go where there is room.</summary>
    [Fact]
    public async Task ABatchWhosePlaceAnotherTook_BreaksItsWords_AndItsTransactionsComeLater()
    {
        Payment[] own = [_rollup.Pay(1, 2, 10), _rollup.Pay(2, 3, 10)];
        Extend(own);
        _sequencer.Close();
        Payment third = _rollup.Pay(3, 4, 1);
        Extend(third);
        await _rollup.PostAsync(0, own[1]);
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal((2, 1), (_sequencer.BrokenWords, _sequencer.PendingCount));
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal(2, _sequencer.BrokenWords);
        Extend();
        _sequencer.Close();
        Assert.Equal(1, await PostAsync());
        ExecutedBatch batch = await _rollup.SyncOneAsync();
        var hashes = new Digest32[2];
        new PaymentAccess(RollupHarness.ChainId).Hash([third, own[0]], hashes);
        Assert.Equal(hashes, batch.TransactionHashes.ToArray());
        Assert.Equal(_sequencer.Tip.Root, batch.PostRoot);
    }

    /// <summary>Time-outs of data and of the settlement layer, anywhere: the sequencer goes on where it was.</summary>
    [Fact]
    public async Task TimeOuts_LoseNothing()
    {
        var random = new SeededRandom(TestSettings.Seed);
        int failures = 0;
        for (int round = 0; round < TestSettings.Scale(12, 100); round++)
        {
            Extend(_rollup.Pay(1, 2, 1), _rollup.Pay(2, 3, 1));
            _sequencer.Close();
            for (int step = 0; step < 4; step++)
            {
                _data.Countdown = random.Next(3);
                try
                {
                    if (random.Next(2) == 0) await PostAsync();
                    else if (random.Next(3) == 0) await _sequencer.StartAsync(Cancellation);
                    else await _sequencer.FollowAsync(Cancellation);
                }
                catch (TimeoutException)
                {
                    failures++;
                }
                _data.Countdown = -1;
            }
        }
        Assert.True(failures > 5, $"{failures} failures");
        await PostAsync();
        await _sequencer.FollowAsync(Cancellation);
        for (int i = 0; i < 70; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _sequencer.FollowAsync(Cancellation);
        Assert.Equal((0, 0, 0), (_sequencer.BrokenWords, _sequencer.UnsettledCount, _journal.ReadAll().Count));
        Assert.Equal(_sequencer.Tip.Root, (await _rollup.SyncAsync()).Status.Tip.Root);
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public async Task ListedBatches_ArePostedWithTheirLists()
    {
        _rollup = await RollupHarness.StartAsync(World, change: rules => rules with { IsListed = true });
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000_000);
        await RestartAsync();
        for (int i = 0; i < 3; i++)
        {
            Extend([.. Enumerable.Range(0, 40 * i).Select(_ => _rollup.Pay(1, 2, 1))]);
            _sequencer.Close();
            await World.AdvanceAsync(TimeSpan.FromSeconds(5));
            await _sequencer.FollowAsync(Cancellation);
        }
        await PostAsync();
        List<ExecutedBatch> batches = (await _rollup.SyncAsync()).Batches;
        Assert.Equal([(BatchVerdict.NoBatch, 0UL), (BatchVerdict.Executed, 40UL), (BatchVerdict.Executed, 80UL)], batches.Select(batch => (batch.Verdict, batch.Posting.Count)));
        Assert.Equal(_sequencer.Tip, _rollup.Node.Deriver.Tip);
        Assert.Equal((UInt128)120, _rollup.Balance(2));
        Payment[] large = [RollupHarness.Sign(1, _rollup.Pay(1, 2, 1) with { Sponsored = new Authorization(new byte[9_000], default) })];
        var results = new PoolResult[1];
        _sequencer.Submit(large, results);
        Assert.Equal(PoolResult.TooLarge, results[0]);
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await RollupHarness.StartAsync(World);
        for (int i = 1; i <= 4; i++) await _rollup.DepositAsync(RollupHarness.Person(i), 1_000_000);
        await _rollup.PostAsync(4);
        await RestartAsync();
    }

    private Task RestartAsync(ulong depth = 0)
    {
        _data = new FaultyPublisher(_rollup.Data);
        var setup = new RollupSequencerSetup<Payment, KeccakTree>(
            _rollup.Rules, new LiveChain(World), _data, _rollup.Transition, RollupHarness.Codec, new PaymentAccess(RollupHarness.ChainId), s_key, _journal);
        _sequencer = new RollupSequencer<Payment, KeccakTree>(setup, new RollupSequencerOptions { Posting = SourceKind.OffChain, Depth = depth });
        return _sequencer.StartAsync(Cancellation);
    }

    private SoftConfirmation? Extend(params Payment[] payments)
    {
        _sequencer.Submit(payments, new PoolResult[payments.Length]);
        return _sequencer.Extend();
    }

    private async Task<int> PostAsync() => await _sequencer.PostAsync(Cancellation);
}

public sealed class SequencerFaultInProcessTests : SequencerFaultSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class SequencerFaultOnAnvilTests(AnvilFixture fixture) : SequencerFaultSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
