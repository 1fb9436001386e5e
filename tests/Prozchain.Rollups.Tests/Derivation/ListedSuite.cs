using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>A rollup whose batches are listed, on both layers: what follows where bytes and list differ, or there are no bytes.</summary>
public abstract class ListedSuite : SettlementSuite
{
    private static readonly byte[] s_junk = [1, 2, 3];

    private readonly Dictionary<Digest32, (AbiValue List, ReadOnlyMemory<byte>[] Items)> _lists = [];
    private RollupHarness _rollup = null!;

    public enum Where
    {
        Calldata,
        OffChain,
        Blobs,
    }

    public enum Lie
    {
        /// <summary>The list is of other payments than the bytes.</summary>
        OtherItems,

        /// <summary>There are no bytes that mean anything.</summary>
        NoContent,

        /// <summary>The list goes on after the payments of the bytes.</summary>
        MoreItems,
    }

    private BlobbedChain? Blobs { get; set; }

    [Theory]
    [InlineData(Where.Calldata)]
    [InlineData(Where.OffChain)]
    [InlineData(Where.Blobs)]
    public async Task HonestBatches_AreExecuted(Where where)
    {
        Payment[] payments = [.. Enumerable.Range(0, 20).Select(i => _rollup.Pay(1, 2, 5))];
        await AppendAsync(where, await SourceAsync(payments), await _rollup.ListAsync(payments));
        ExecutedBatch batch = await OneAsync(where);
        Assert.Equal((BatchVerdict.Executed, 20UL, 0UL, batch.Posting.Time), (batch.Verdict, batch.Posting.Count, batch.Context.L1Block, batch.Context.TimestampSeconds));
        Assert.Equal((UInt128)100, Balance(where));
        // The next one names it by its list.
        payments = [_rollup.Pay(1, 2, 5)];
        await AppendAsync(where, await SourceAsync(payments), await _rollup.ListAsync(payments));
        Assert.Equal(BatchVerdict.Executed, (await OneAsync(where)).Verdict);
        await AssertFreshNodeAgreesAsync(where);
    }

    [Theory]
    [InlineData(Where.Calldata)]
    [InlineData(Where.OffChain)]
    [InlineData(Where.Blobs)]
    public async Task AListOfNone_IsAnEmptyBatch_WhateverTheBytes(Where where)
    {
        await AppendAsync(where, await SourceAsync(_rollup.Pay(1, 2, 5)), await _rollup.ListAsync(Array.Empty<Payment>()));
        Assert.Equal(BatchVerdict.NoBatch, (await OneAsync(where)).Verdict);
        Assert.Equal((UInt128)0, Balance(where));
        await AssertFreshNodeAgreesAsync(where);
    }

    [Theory]
    [InlineData(Where.Calldata, Lie.OtherItems)]
    [InlineData(Where.Calldata, Lie.NoContent)]
    [InlineData(Where.OffChain, Lie.MoreItems)]
    [InlineData(Where.OffChain, Lie.OtherItems)]
    [InlineData(Where.Blobs, Lie.OtherItems)]
    [InlineData(Where.Blobs, Lie.NoContent)]
    public async Task AListThatIsNotOfTheBytes_Waits_AndIsEmptyOnceWithheld(Where where, Lie lie)
    {
        await AppendLieAsync(where, lie);
        await _rollup.AppendAsync(default);
        await AssertWaitsAsync(where, WaitReason.WrongList);
        await _rollup.WithholdListAsync(1);
        (DerivationStatus status, List<ExecutedBatch> batches) = await SyncAsync(where);
        Assert.Equal((null, 3UL, BatchVerdict.NoBatch), (status.WaitsFor, status.Tip.NextBatch, batches[0].Verdict));
        await AssertFreshNodeAgreesAsync(where);
        await World.ReorganiseAsync(1);
        await AssertWaitsAsync(where, WaitReason.WrongList);
    }

    [Theory]
    [InlineData(Where.Calldata, Lie.OtherItems)]
    [InlineData(Where.Calldata, Lie.NoContent)]
    [InlineData(Where.OffChain, Lie.MoreItems)]
    [InlineData(Where.Blobs, Lie.OtherItems)]
    public async Task AListThatIsNotOfTheBytes_Waits_AndIsWhatItSaysOnceShown(Where where, Lie lie)
    {
        (AbiValue list, ReadOnlyMemory<byte>[] items) = await AppendLieAsync(where, lie);
        await _rollup.AppendAsync(default);
        await AssertWaitsAsync(where, WaitReason.WrongList);
        ulong pieces = ((ulong)items.Length + 15) / 16;
        for (ulong piece = 0; piece < pieces; piece++)
        {
            if (piece > 0) await AssertWaitsAsync(where, WaitReason.WrongList);
            await _rollup.ShowAsync(1, piece, list, items);
        }
        (DerivationStatus status, List<ExecutedBatch> batches) = await SyncAsync(where);
        Assert.Equal((null, 3UL, BatchVerdict.Executed), (status.WaitsFor, status.Tip.NextBatch, batches[0].Verdict));
        Assert.Equal([.. Enumerable.Repeat(TransitionStatus.Applied, items.Length - 1), TransitionStatus.Malformed], batches[0].Statuses.ToArray());
        Assert.Equal((UInt128)(7 * (items.Length - 1)), Balance(where));
        await AssertFreshNodeAgreesAsync(where);

        // What was shown is shown no longer.
        await World.ReorganiseAsync(1);
        await AssertWaitsAsync(where, WaitReason.WrongList);
        await AssertFreshNodeAgreesAsync(where);
        await _rollup.ExpireListAsync(1, pieces - 1);
        Assert.Equal(BatchVerdict.NoBatch, (await SyncAsync(where)).Batches[0].Verdict);
        await AssertFreshNodeAgreesAsync(where);
    }

    /// <summary>Those who have the bytes and those who have only what was shown come to the same, before it was and after.</summary>
    [Fact]
    public async Task DataThatIsNotThere_IsShownByItsList_TheSameForThoseWhoHaveIt()
    {
        Payment[] payments = [.. Enumerable.Range(0, 18).Select(_ => _rollup.Pay(1, 2, 7))];
        AbiValue list = await _rollup.ListAsync(payments);
        byte[] source = await SourceAsync(payments);
        await _rollup.AppendCertifiedAsync(source, isPublished: false, list: list);
        var others = new InMemoryDataPublisher();
        await others.PublishAsync(source, new byte[32], TestContext.Current.CancellationToken);
        var knowing = new DerivationNode<Payment, KeccakTree>(_rollup.Rules, World.As(0), others, _rollup.NewDeriver);
        DerivedTip tip = (await _rollup.SyncAsync(knowing)).Status.Tip;
        await AssertWaitsAsync(Where.OffChain, WaitReason.MissingData);
        // The batch after it goes by what everybody can know of this one.
        await _rollup.ShowAsync(1, 1, list, [.. payments.Select(payment => StepItem.Of(payment).Data)]);
        await AssertWaitsAsync(Where.OffChain, WaitReason.MissingData);
        await _rollup.ShowAsync(1, 0, list, [.. payments.Select(payment => StepItem.Of(payment).Data)]);
        Assert.Equal(tip, (await _rollup.SyncAsync()).Status.Tip);
        (DerivationStatus again, _) = await _rollup.SyncAsync(knowing);
        Assert.Equal((tip, false), (again.Tip, again.WasUndone));
        Assert.Equal(BatchVerdict.Executed, (await _rollup.PostAsync(0, _rollup.Pay(1, 2, 7))).Verdict);
        Assert.Equal((await _rollup.SyncAsync(knowing)).Status.Tip, _rollup.Node.Deriver.Tip);

        // Withheld chunks say more than a list that was shown.
        await _rollup.WithholdAsync(1);
        Assert.Equal((await _rollup.SyncAsync(knowing)).Status.Tip, (await _rollup.SyncAsync()).Status.Tip);
        Assert.Equal((UInt128)0, _rollup.Balance(2));
        await _rollup.AssertFreshNodeAgreesAsync();
    }

    /// <summary>Honest and lying batches, lists shown and withheld, and reorganisations in any order: a node that saw it all is where a new one is.</summary>
    [Fact]
    public async Task RandomSchedules_EndWhereAFreshNodeDoes()
    {
        var random = new SeededRandom(TestSettings.Seed);
        for (int i = 0; i < 6; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        int waited = 0, shown = 0, undone = 0;
        for (int step = 0; step < TestSettings.Scale(40, 500); step++)
        {
            (DerivationStatus status, _) = await _rollup.SyncAsync();
            undone += status.WasUndone ? 1 : 0;
            if (status.WaitsFor is { } waits && random.Next(3) > 0)
            {
                waited++;
                // Pieces may have been asked for before, or too late to be shown.
                await AskAsync(waits);
                if (random.Next(3) > 0) shown += await TryAsync(() => AnswerAsync(waits)) ? 1 : 0;
                else await TryAsync(() => _rollup.ExpireListAsync(waits, 0));
                continue;
            }
            switch (random.Next(6))
            {
                case 0: await World.ReorganiseAsync(random.Next(1, 4)); break;
                case 1: await _rollup.DepositAsync(RollupHarness.Person(random.Next(1, 4)), 100); break;
                default:
                    ReadOnlyMemory<byte>[] items = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(9) == 0 ? s_junk : StepItem.Of(_rollup.Pay(random.Next(1, 4), 2, 1)).Data)];
                    Payment[] payments = [.. items.Where(item => item.Length > 3).Select(item => new StepItem(StepKind.Payment, item).TryReadPayment(out Payment payment) ? payment : default)];
                    int forced = await _rollup.ForcedWaitingAsync();
                    byte[] source = random.Next(4) == 0 ? random.Bytes(40) : RollupHarness.Sources(await _rollup.EncodeAsync(payments, forced))[0].ToArray();
                    AbiValue list = await _rollup.ListAsync(random.Next(8) == 0 ? [] : items);
                    _lists[list[0].ToDigest()] = (list, items);
                    if (random.Next(2) == 0) await _rollup.AppendAsync(source, forced, list);
                    else await _rollup.AppendCertifiedAsync(source, forced, isPublished: random.Next(4) > 0, list: list);
                    await AskAsync((await World.ReadAsync(_rollup.Rules.Inbox, InboxContract.BatchCount))[0].ToUInt64() - 1);
                    break;
            }
        }
        Assert.True(waited > 1 && shown > 0 && undone > 0, $"waited {waited} times, shown {shown} times, undone {undone} times");
        await AssertFreshNodeAgreesAsync(Where.OffChain);

        async Task AskAsync(ulong number)
        {
            for (ulong piece = 0; piece < 2; piece++) await TryAsync(() => _rollup.AskForListAsync(number, piece));
        }

        async Task AnswerAsync(ulong number)
        {
            (AbiValue list, ReadOnlyMemory<byte>[] items) = _lists[(await _rollup.BatchAsync(number)).Batch.Items];
            for (ulong piece = 0; piece < ((ulong)items.Length + 15) / 16; piece++) await _rollup.AnswerAsync(number, piece, list, items);
        }

        static async Task<bool> TryAsync(Func<Task> act)
        {
            try
            {
                await act();
                return true;
            }
            catch (Xunit.Sdk.XunitException)
            {
                return false;
            }
        }
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await RollupHarness.StartAsync(World, change: rules => rules with { IsListed = true });
        await _rollup.DepositAsync(RollupHarness.Person(1), 1_000_000);
        await _rollup.PostAsync(1);
        Blobs = new BlobbedChain(World, _rollup);
    }

    private async Task<(AbiValue List, ReadOnlyMemory<byte>[] Items)> AppendLieAsync(Where where, Lie lie)
    {
        int count = lie == Lie.MoreItems ? 33 : 2;
        Payment[] payments = [.. Enumerable.Range(0, count).Select(_ => _rollup.Pay(1, 2, 7))];
        ReadOnlyMemory<byte>[] items = [.. payments.Select(payment => StepItem.Of(payment).Data), s_junk];
        byte[] source = lie == Lie.NoContent ? s_junk : await SourceAsync(lie == Lie.MoreItems ? payments : [_rollup.Pay(1, 3, 1), _rollup.Pay(1, 3, 1), _rollup.Pay(1, 3, 1)]);
        AbiValue list = await _rollup.ListAsync(items);
        await AppendAsync(where, source, list);
        return (list, items);
    }

    private async Task<byte[]> SourceAsync(params Payment[] payments)
    {
        // The node with the blobs may be ahead of the one without.
        byte[] batch = await _rollup.EncodeAsync(payments, node: Blobs?.Node.Deriver.Tip.NextBatch > _rollup.Node.Deriver.Tip.NextBatch ? Blobs.Node : null);
        return RollupHarness.Sources(batch)[0].ToArray();
    }

    private async Task AppendAsync(Where where, byte[] source, AbiValue list)
    {
        if (where == Where.OffChain) await _rollup.AppendCertifiedAsync(source, list: list);
        else if (where == Where.Calldata) await _rollup.AppendAsync(source, list: list);
        else await Blobs!.AppendAsync(source, list);
    }

    private async Task<(DerivationStatus Status, List<ExecutedBatch> Batches)> SyncAsync(Where where) => await _rollup.SyncAsync(where == Where.Blobs ? Blobs!.Node : null);

    private async Task<ExecutedBatch> OneAsync(Where where) => (await SyncAsync(where)).Batches[^1];

    private UInt128 Balance(Where where) => _rollup.Balance(2, where == Where.Blobs ? Blobs!.Node.Deriver : null);

    private async Task AssertWaitsAsync(Where where, WaitReason why)
    {
        (DerivationStatus status, _) = await SyncAsync(where);
        Assert.Equal((1UL, why, 1UL), (status.WaitsFor, status.WaitsWhy, status.Tip.NextBatch));
    }

    private async Task AssertFreshNodeAgreesAsync(Where where)
    {
        DerivationNode<Payment, KeccakTree> fresh = where == Where.Blobs ? Blobs!.NewNode() : _rollup.NewNode();
        (DerivationStatus status, _) = await _rollup.SyncAsync(fresh);
        DerivationStatus known = (await SyncAsync(where)).Status;
        Assert.Equal((known.Tip, known.WaitsFor), (status.Tip, status.WaitsFor));
    }
}

public sealed class ListedInProcessTests : ListedSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ListedOnAnvilTests(AnvilFixture fixture) : ListedSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
