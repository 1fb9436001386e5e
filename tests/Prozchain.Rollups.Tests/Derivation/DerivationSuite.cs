using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Sequencing;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>From the settlement layer to the state, end to end, on both layers.</summary>
public abstract class DerivationSuite : SettlementSuite
{
    private RollupHarness _rollup = null!;

    [Fact]
    public async Task DepositsTransfersAndWithdrawals_FollowFromTheSettlementLayer()
    {
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000);
        ExecutedBatch first = await _rollup.PostAsync(1, _rollup.Pay(1, 2, 100));
        Assert.Equal((BatchVerdict.Executed, 1), (first.Verdict, first.ForcedCount));
        Assert.Equal([TransitionStatus.Applied, TransitionStatus.Applied], first.Statuses.ToArray());
        Assert.Equal((899UL, 100UL), ((ulong)_rollup.Balance(1), (ulong)_rollup.Balance(2)));
        Assert.Equal((default, default), (first.PreRoot, first.ExitRoot));
        ExecutedBatch second = await _rollup.PostAsync(0, _rollup.Pay(2, 3, 10), _rollup.Withdraw(1, 500));
        Assert.Equal(first.PostRoot, second.PreRoot);
        Assert.Equal(1, second.Effects.Count);
        Assert.NotEqual(default, second.ExitRoot);
        Assert.Equal(EffectLog.Append(first.ExitChain, second.ExitRoot), second.ExitChain);
        Assert.True(EffectLog.Verify(second.ExitRoot, 0, second.Effects.Leaf(0), second.Effects.Prove(0)));

        var roots = new Digest32[first.RootCount];
        Assert.True(_rollup.Node.Deriver.TryGetRoots(first, roots));
        Assert.Equal((2, first.PostRoot), (roots.Length, new ClaimTree(16, roots).Leaf(1)));
        Assert.NotEqual(roots[0], roots[1]);
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public async Task ForcedTransaction_GetsPastASequencerThatLeavesItOut()
    {
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000);
        await _rollup.PostAsync(1);
        await _rollup.ForceAsync(RollupHarness.Forced(_rollup.Pay(1, 2, 77)));
        Assert.Equal(BatchVerdict.Executed, (await _rollup.PostAsync(0)).Verdict);
        Assert.Equal((UInt128)0, _rollup.Balance(2));
        await World.AdvanceAsync(TimeSpan.FromMinutes(11));
        await Assert.ThrowsAnyAsync<Exception>(() => _rollup.PostAsync(0));
        ExecutedBatch batch = await _rollup.PostAsync(1);
        Assert.Equal([TransitionStatus.Applied], batch.Statuses.ToArray());
        Assert.Equal((UInt128)77, _rollup.Balance(2));

        // Junk in the queue, and a payment that is invalid by now, do nothing and stop nothing.
        await _rollup.ForceAsync(new byte[] { 1, 2, 3 });
        await _rollup.ForceAsync(default);
        await _rollup.ForceAsync(RollupHarness.Forced(RollupHarness.Sign(1, new Payment { Sender = RollupHarness.Person(1).Address, Recipient = RollupHarness.Person(2).Address })));
        batch = await _rollup.PostAsync(3, _rollup.Pay(1, 2, 3));
        Assert.Equal([TransitionStatus.Malformed, TransitionStatus.Malformed, TransitionStatus.WrongNonce, TransitionStatus.Applied], batch.Statuses.ToArray());
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public async Task HostileSources_AreEmpty_AndTheNextBatchStands()
    {
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000_000);
        await _rollup.PostAsync(1);
        Payment[] payments = [_rollup.Pay(1, 2, 5)];
        byte[] batch = await _rollup.EncodeAsync(payments);
        byte[] source = RollupHarness.Sources(batch)[0].ToArray(), broken = [.. batch[..^1], (byte)(batch[^1] ^ 1), 0];
        await Expect(BatchVerdict.NoBatch, []);
        await Expect(BatchVerdict.NoBatch, source[..^1]);
        await Expect(BatchVerdict.NoBatch, new SeededRandom(3).Bytes(500));
        await Expect(BatchVerdict.NoBatch, RollupHarness.Sources(new byte[1 << 16], quality: 11)[0].ToArray().AsSpan(0, 20).ToArray());
        await Expect(BatchVerdict.WrongHead, source);
        await Expect(BatchVerdict.Undecodable, RollupHarness.Sources([.. await _rollup.EncodeAsync(payments), 0])[0].ToArray());
        await Expect(BatchVerdict.WrongHead, await Changed(head => head with { Parent = default }));
        await Expect(BatchVerdict.WrongHead, await Changed(head => head with { ForcedItems = 1 }));
        await Expect(BatchVerdict.WrongHead, await Changed(head => head with { Signatures = SignatureMode.None }));
        Assert.Equal(BatchVerdict.Executed, (await _rollup.PostAsync(0, payments)).Verdict);
        Assert.Equal((UInt128)5, _rollup.Balance(2));

        // A block that is yet to come, or long gone, is only told, within bounds; the time is what was posted.
        foreach (ulong origin in new[] { ulong.MaxValue, 0UL })
        {
            ulong before = _rollup.Node.Deriver.Tip.Context.L1Block, time = (await World.BlockAsync()).TimestampSeconds;
            await _rollup.AppendAsync(RollupHarness.Sources(await _rollup.EncodeAsync([_rollup.Pay(1, 2, 5)], change: head => head with { L1Origin = origin }))[0]);
            ExecutedBatch told = await _rollup.SyncOneAsync();
            Assert.Equal((BatchVerdict.Executed, origin == 0 ? before : told.Posting.Block, time), (told.Verdict, told.Context.L1Block, told.Context.TimestampSeconds));
        }
        await _rollup.AssertFreshNodeAgreesAsync();

        async Task<byte[]> Changed(Func<BatchHead, BatchHead> change) => RollupHarness.Sources(await _rollup.EncodeAsync(payments, change: change))[0].ToArray();

        async Task Expect(BatchVerdict verdict, byte[] posted)
        {
            await _rollup.AppendAsync(posted);
            ExecutedBatch executed = await _rollup.SyncOneAsync();
            Assert.Equal((verdict, executed.PreRoot, 0), (executed.Verdict, executed.PostRoot, executed.Statuses.Length));
        }
    }

    /// <summary>A channel over several appends, the frames in any order: the append that closes it is its batch; the others still take forced items.</summary>
    [Fact]
    public async Task Channel_OverSeveralAppends_IsOneBatch()
    {
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000_000);
        await _rollup.PostAsync(1);
        Payment[] payments = [.. Enumerable.Range(0, 40).Select(i => _rollup.Pay(1, 2 + i, 5))];
        await _rollup.DepositAsync(RollupHarness.Person(50), 3);
        List<ReadOnlyMemory<byte>> sources = RollupHarness.Sources(await _rollup.EncodeAsync(payments), size: 1_600);
        int count = sources.Count;
        Assert.InRange(count, 2, 8);
        sources = RollupHarness.Sources(await _rollup.EncodeAsync(payments, change: head => head with { Number = head.Number + (ulong)count - 1 }), size: 1_600);
        sources.Reverse();
        for (int i = 0; i < count; i++) await _rollup.AppendAsync(sources[i], i == 0 ? 1 : 0);
        List<ExecutedBatch> batches = (await _rollup.SyncAsync()).Batches;
        Assert.Equal([.. Enumerable.Repeat(BatchVerdict.NoBatch, count - 1), BatchVerdict.Executed], batches.Select(batch => batch.Verdict));
        Assert.Equal((UInt128)3, _rollup.Balance(50));
        Assert.Equal((UInt128)5, _rollup.Balance(41));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    [Fact]
    public async Task DataNotThere_Waits_UntilItComesOrIsFoundWithheld()
    {
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000);
        await _rollup.PostAsync(1);
        Payment[] payments = [_rollup.Pay(1, 2, 5)];
        byte[] source = RollupHarness.Sources(await _rollup.EncodeAsync(payments))[0].ToArray();
        await _rollup.AppendCertifiedAsync(source, isPublished: false);
        await _rollup.AppendAsync(default);
        DerivationStatus waiting = (await _rollup.SyncAsync()).Status;
        Assert.Equal((1UL, WaitReason.MissingData), (waiting.WaitsFor, waiting.WaitsWhy));

        // Some have the data all the same.
        var others = new InMemoryDataPublisher(isChunked: true);
        await others.PublishAsync(source, new byte[32], TestContext.Current.CancellationToken);
        var knowing = new DerivationNode<Payment, KeccakTree>(_rollup.Rules, World.As(0), others, _rollup.NewDeriver);
        (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync(knowing);
        Assert.Equal((null, BatchVerdict.Executed, 3UL), (status.WaitsFor, batches[1].Verdict, status.Tip.NextBatch));
        Assert.Equal((UInt128)5, _rollup.Balance(2, knowing.Deriver));

        // The end of the challenge is the same for all.
        await _rollup.WithholdAsync(1);
        (status, batches) = await _rollup.SyncAsync();
        Assert.Equal((null, BatchVerdict.NoBatch, 3UL), (status.WaitsFor, batches[0].Verdict, status.Tip.NextBatch));
        (DerivationStatus again, _) = await _rollup.SyncAsync(knowing);
        Assert.Equal((true, status.Tip), (again.WasUndone, again.Tip));
        Assert.Equal((UInt128)0, _rollup.Balance(2, knowing.Deriver));

        // And so is its undoing.
        await World.ReorganiseAsync(1);
        Assert.Equal(1UL, (await _rollup.SyncAsync()).Status.WaitsFor);
        await _rollup.SyncAsync(knowing);
        Assert.Equal((UInt128)5, _rollup.Balance(2, knowing.Deriver));
        await _rollup.Data.PublishAsync(source, new byte[32], TestContext.Current.CancellationToken);
        Assert.Equal(knowing.Deriver.Tip, (await _rollup.SyncAsync()).Status.Tip);

        // A length that is not the data's makes no posting.
        await _rollup.AppendCertifiedAsync(source, length: source.Length + 1);
        Assert.Equal(BatchVerdict.NoBatch, (await _rollup.SyncOneAsync()).Verdict);
    }

    [Fact]
    public async Task RandomSchedules_WithReorganisations_EndWhereAFreshNodeDoes()
    {
        var random = new SeededRandom(TestSettings.Seed);
        for (int i = 1; i <= 4; i++) await _rollup.DepositAsync(RollupHarness.Person(i), 1_000_000);
        await _rollup.PostAsync(4);
        for (int i = 0; i < 6; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        int undone = 0;
        for (int step = 0; step < TestSettings.Scale(40, 600); step++)
        {
            switch (random.Next(8))
            {
                case 0: await _rollup.DepositAsync(RollupHarness.Person(random.Next(1, 9)), (ulong)random.Next(1, 1_000)); break;
                case 1: await _rollup.ForceAsync(random.Next(2) == 0 ? random.Bytes(40) : RollupHarness.Forced(_rollup.Pay(random.Next(1, 5), random.Next(1, 9), 3))); break;
                case 2: await World.ReorganiseAsync(random.Next(1, 5)); break;
                case 3: await _rollup.AppendAsync(random.Bytes(random.Next(60))); break;
                default:
                    undone += (await _rollup.SyncAsync()).Status.WasUndone ? 1 : 0;
                    Payment[] payments = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => _rollup.Pay(random.Next(1, 5), random.Next(1, 9), (ulong)random.Next(1, 90)))];
                    int forced = Math.Min(10, _rollup.Node.Deriver.WaitingItems.Count());
                    byte[] source = RollupHarness.Sources(await _rollup.EncodeAsync(payments, forced))[0].ToArray();
                    if (random.Next(2) == 0) await _rollup.AppendAsync(source, forced);
                    else await _rollup.AppendCertifiedAsync(source, forced);
                    break;
            }
        }
        undone += (await _rollup.SyncAsync()).Status.WasUndone ? 1 : 0;
        Assert.True(undone > 0);
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>A reorganisation deeper than the snapshots go, and time-outs of the data layer at any batch: the node starts over, or goes on.</summary>
    [Fact]
    public async Task AReorganisationBelowAllSnapshots_AndTimeOuts_EndWhereAFreshNodeDoes()
    {
        _rollup = await RollupHarness.StartAsync(World, change: rules => rules with { UndoBatches = 2 });
        var data = new FaultyPublisher(_rollup.Data);
        var node = new DerivationNode<Payment, KeccakTree>(_rollup.Rules, World.As(0), data, _rollup.NewDeriver);
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000);
        await _rollup.PostAsync(1);
        for (int i = 0; i < 6; i++)
        {
            byte[] source = RollupHarness.Sources(await _rollup.EncodeAsync([_rollup.Pay(1, 2, 5)]))[0].ToArray();
            await _rollup.AppendCertifiedAsync(source);
            await _rollup.SyncOneAsync();
        }
        int failures = 0, told = 0;
        for (int round = 0; round < 10 && told < 7; round++)
        {
            data.Countdown = 1;
            try
            {
                told += (await _rollup.SyncAsync(node)).Batches.Count;
            }
            catch (TimeoutException)
            {
                failures++;
                // What was derived stays derived.
                Assert.Equal((ulong)failures + 1, node.Deriver.Tip.NextBatch);
            }
            if (failures == 6) break;
        }
        data.Countdown = -1;
        Assert.Equal(_rollup.Node.Deriver.Tip, (await _rollup.SyncAsync(node)).Status.Tip);
        Assert.True(failures > 3, $"{failures} failures");
        await World.ReorganiseAsync(5);
        (DerivationStatus status, List<ExecutedBatch> batches) = await _rollup.SyncAsync(node);
        Assert.Equal((true, 2UL, 2), (status.WasUndone, status.Tip.NextBatch, batches.Count));
        Assert.Equal((UInt128)5, _rollup.Balance(2, node.Deriver));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    protected override async Task PrepareAsync() => _rollup = await RollupHarness.StartAsync(World);
}

public sealed class DerivationInProcessTests : DerivationSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class DerivationOnAnvilTests(AnvilFixture fixture) : DerivationSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
