using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Those who ask for data and those who show it, on both layers: a chain always goes on, with what was shown or without it.</summary>
public abstract class DataDriverSuite : SettlementSuite
{
    private const int Asker = PaymentRollup.Other, Responder = PaymentRollup.Honest;
    private static readonly byte[] s_junk = [1, 2, 3];

    private PaymentRollup _rollup = null!;
    private L1Address _contract;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Who had the bytes once shows every chunk and every piece, and keeps the bonds, though it is started anew before each step.</summary>
    [Fact]
    public async Task WhatIsAskedForOfHonestBatches_IsShown_AndPaysForItself()
    {
        await _rollup.PostAsync([.. Enumerable.Range(0, 20).Select(_ => _rollup.Pay(0, 1, 5))]);
        await _rollup.PostAsync(_rollup.Pay(1, 2, 7));
        var own = new InMemoryDataPublisher();
        var kept = new KeptData(own, _rollup.Data);
        await RunAsync(NewAnswerer(kept));
        await NewNode(kept).SyncAsync(null, Cancellation);
        await _rollup.ForgetDataAsync();
        ulong count = (await World.ReadAsync(_rollup.At.Inbox, InboxContract.BatchCount))[0].ToUInt64();
        int asked = 0;
        for (ulong batch = count - 2; batch < count; batch++)
        {
            foreach (ulong index in (ulong[])[0, 1, C.List, C.List + 1, C.List + 2, C.List + 900])
            {
                await AskAsync(batch, index);
                asked++;
            }
        }
        List<DataMove> moves = await RunAsync(() => NewAnswerer(kept)());
        Assert.Equal([.. Enumerable.Repeat(DataMove.Answered, asked), DataMove.Collected], moves);
        Assert.Equal(3, (await World.EventsAsync(_contract, C.ItemsShown)).Count);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_contract));
        // Who comes late goes by the lists alone.
        Assert.Equal((await _rollup.SyncAsync()).Tip, (await NewNode(new InMemoryDataPublisher()).SyncAsync(null, Cancellation)).Tip);
    }

    /// <summary>A list that is not of the bytes: nobody can show it, so it is empty, with what was appended upon it; the sequencer waits, and goes on.</summary>
    [Fact]
    public async Task AListOfNobody_IsWithheld_AndTheSequencerComesUpAgain()
    {
        Payment sent = _rollup.Pay(0, 1, 50);
        await _rollup.AppendUnreadAsync([s_junk, new byte[] { 9 }], isShown: null, isAsked: false);
        // Two more upon it, which nobody can read either.
        await _rollup.AppendUnreadAsync([s_junk], isShown: null, isAsked: false);
        await World.DoAsync(PaymentRollup.Sequencer, _rollup.At.Inbox, InboxContract.AppendCalldata, 0, 3UL, AbiValue.Of(ReadOnlyMemory<byte>.Empty), 0UL, await World.NoItemsAsync());
        await _rollup.RestartAsync();
        Assert.Equal((1UL, null, 0), (_rollup.Maker.WaitsFor, _rollup.Maker.Extend(), await _rollup.Maker.PostAsync(Cancellation)));
        var results = new Rollups.Sequencing.PoolResult[1];
        _rollup.Maker.Submit(new[] { sent }, results);
        DerivationStatus status = await _rollup.SyncAsync();
        Assert.Equal((1UL, WaitReason.MissingData), (status.WaitsFor, status.WaitsWhy));

        Func<ValueTask<DataMove>> challenger = NewChallenger(), answerer = NewAnswerer(_rollup.Data);
        Assert.Empty(await RunAsync(challenger, answerer));
        await World.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal([DataMove.Asked], await RunAsync(challenger, answerer));
        await World.AdvanceAsync(TimeSpan.FromHours(19));
        // The window is about to end: what else is waited for is asked for as well. It is of one piece.
        await World.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal([DataMove.Asked], await RunAsync(challenger, answerer));
        Assert.Equal(1UL, (await _rollup.Maker.FollowAsync(Cancellation)).WaitsFor);
        await World.AdvanceAsync(TimeSpan.FromHours(4));
        Assert.Equal([DataMove.Expired, DataMove.Collected], await RunAsync(challenger, answerer));
        Assert.Equal("-xxx-", await WithheldAsync(5));
        Assert.Equal((null, 4UL), ((status = await _rollup.SyncAsync()).WaitsFor, status.Tip.NextBatch));
        await World.AdvanceAsync(TimeSpan.FromHours(22));
        Assert.Equal([DataMove.Expired, DataMove.Collected], await RunAsync(challenger, answerer));
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_contract));

        await _rollup.Maker.FollowAsync(Cancellation);
        Assert.Null(_rollup.Maker.WaitsFor);
        await _rollup.PostAsync();
        status = await _rollup.SyncAsync();
        Assert.Equal((null, 5UL, BatchVerdict.Executed), (status.WaitsFor, status.Tip.NextBatch, _rollup.Batches[4].Verdict));
        Assert.Equal(status.Tip, (await NewNode(_rollup.Data).SyncAsync(null, Cancellation)).Tip);
    }

    /// <summary>Its own batch was withheld, because nobody answered: words on it are broken, and its transactions go into the next one.</summary>
    [Fact]
    public async Task TheSequencersOwnBatch_Withheld_IsMadeAnewLater()
    {
        await _rollup.PostAsync(_rollup.Pay(0, 1, 50));
        await _rollup.PostAsync(_rollup.Pay(0, 1, 5));
        await AskAsync(1, 0);
        await World.AdvanceAsync(TimeSpan.FromHours(25));
        Assert.Equal([DataMove.Expired, DataMove.Collected], await RunAsync(NewChallenger()));
        Assert.Equal("-xx", await WithheldAsync(3));
        // Killed before it could see.
        await _rollup.RestartAsync();
        Assert.Equal((2, 2, null), (_rollup.Maker.BrokenWords, _rollup.Maker.PendingCount, _rollup.Maker.WaitsFor));
        await _rollup.PostAsync();
        Assert.Equal(BatchVerdict.Executed, (await ReportedAsync(3)).Verdict);
        Assert.Equal((2, 2), (_rollup.Batches[3].TransactionHashes.Length, _rollup.Maker.BrokenWords));
        Assert.Equal(_rollup.Maker.Tip, (await _rollup.SyncAsync()).Tip);
    }

    /// <summary>Somebody has the items of a batch whose bytes are gone: piece by piece they are shown, and all go on with them.</summary>
    [Fact]
    public async Task BytesThatAreGone_AreShownAsAList_AndAllGoOnWithIt()
    {
        await _rollup.PostAsync([.. Enumerable.Range(0, 40).Select(_ => _rollup.Pay(0, 1, 1))]);
        var kept = new InMemoryDataPublisher();
        await NewNode(new KeptData(kept, _rollup.Data)).SyncAsync(null, Cancellation);
        await _rollup.ForgetDataAsync();
        using PaymentNode<KeccakTree> late = _rollup.NewNode();
        var asker = new DataChallenger(_rollup.Live(Asker), _rollup.At, isListed: true, _rollup.Rules.FirstBlock) { Patience = 0 };
        Func<ValueTask<DataMove>> challenger = async () => await asker.StepAsync(await late.SyncAsync(null, Cancellation), Cancellation);
        List<DataMove> moves = await RunAsync(challenger, NewAnswerer(kept));
        Assert.Equal([.. Enumerable.Repeat(new[] { DataMove.Asked, DataMove.Answered }, 3).SelectMany(static pair => pair), DataMove.Collected], moves);
        Assert.Equal((await _rollup.SyncAsync()).Tip, (await late.SyncAsync(null, Cancellation)).Tip);
        Assert.Null((await late.SyncAsync(null, Cancellation)).WaitsFor);
    }

    /// <summary>Claims stand, bonds come back: an honest proposer beside an answerer loses nothing to who asks for everything.</summary>
    [Fact]
    public async Task AnHonestProposer_LosesNoBond_WhateverIsAskedFor()
    {
        await _rollup.PostAsync(_rollup.Pay(0, 1, 50), _rollup.Withdraw(0, 40));
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), _rollup.At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        foreach (ulong index in (ulong[])[0, C.List]) await AskAsync(1, index);
        var own = new InMemoryDataPublisher();
        await NewNode(new KeptData(own, _rollup.Data)).SyncAsync(null, Cancellation);
        await _rollup.ForgetDataAsync();
        Assert.Equal([DataMove.Answered, DataMove.Answered, DataMove.Collected], await RunAsync(NewAnswerer(own)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        Assert.Empty(await RunAsync(NewChallenger()));
        Assert.Contains(ClaimMove.Finalized, await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation)));
        Assert.Equal(2UL, (await World.ReadAsync(_rollup.At.StateChain, StateChainContract.FinalCount))[0].ToUInt64());
    }

    /// <summary>A reorganisation takes an answer back: it is given again.</summary>
    [Fact]
    public async Task AnAnswerThatIsGone_IsGivenAgain()
    {
        await _rollup.PostAsync(_rollup.Pay(0, 1, 50));
        await AskAsync(1, C.List);
        Func<ValueTask<DataMove>> answerer = NewAnswerer(_rollup.Data);
        Assert.Equal(DataMove.Answered, await answerer());
        await World.ReorganiseAsync(1);
        if (World is not InProcessWorld) answerer = NewAnswerer(_rollup.Data);
        Assert.Equal([DataMove.Answered, DataMove.Collected], await RunAsync(answerer));
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await PaymentRollup.StartAsync(World);
        _contract = _rollup.At.DataChallenge;
        await _rollup.DepositAsync(0, 1_000);
        await _rollup.PostAsync();
    }

    private static async Task<List<DataMove>> RunAsync(params Func<ValueTask<DataMove>>[] parties)
    {
        var moves = new List<DataMove>();
        for (int idle = 0, turn = 0; idle < parties.Length; turn++)
        {
            DataMove move = await parties[turn % parties.Length]();
            idle = move == DataMove.None ? idle + 1 : 0;
            if (move != DataMove.None) moves.Add(move);
            Assert.True(moves.Count < 100, "Expected an end.");
        }
        return moves;
    }

    private DerivationNode<Payment, KeccakTree> NewNode(IDataPublisher data) => new(_rollup.Rules, World.As(PaymentRollup.Sequencer), data, _rollup.NewDeriver);

    private Func<ValueTask<DataMove>> NewAnswerer(IDataPublisher data)
    {
        var answerer = new DataAnswerer<Payment, KeccakTree>(_rollup.Live(Responder), _rollup.At, data, () => NewNode(data), _rollup.Rules.FirstBlock);
        return () => answerer.StepAsync(Cancellation);
    }

    private Func<ValueTask<DataMove>> NewChallenger()
    {
        var challenger = new DataChallenger(_rollup.Live(Asker), _rollup.At, isListed: true, _rollup.Rules.FirstBlock);
        return async () => await challenger.StepAsync(await _rollup.SyncAsync(), Cancellation);
    }

    private async Task<ExecutedBatch> ReportedAsync(ulong batch)
    {
        await _rollup.SyncAsync();
        return _rollup.Batches[batch];
    }

    private async Task<string> WithheldAsync(ulong count)
    {
        string withheld = "";
        for (ulong i = 0; i < count; i++) withheld += (await World.ReadAsync(_contract, C.IsWithheld, i))[0].ToBool() ? 'x' : '-';
        return withheld;
    }

    private async Task AskAsync(ulong number, ulong index)
    {
        (AbiValue fields, UInt128 bond) = await _rollup.AskableAsync(number);
        await World.DoAsync(Asker, _contract, index < C.List ? C.Challenge : C.ChallengeList, bond, number, fields, index < C.List ? index : index - C.List);
    }
}

public sealed class DataDriverInProcessTests : DataDriverSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class DataDriverOnAnvilTests(AnvilFixture fixture) : DataDriverSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
