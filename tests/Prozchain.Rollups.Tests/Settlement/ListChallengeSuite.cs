using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Challenges of a batch's list: the items of a piece are shown in time, where all can read them, or the batch is withheld.</summary>
public abstract class ListChallengeSuite : SettlementSuite
{
    private const int Challenger = 1, Responder = 2;
    private const ulong Bond = 5_000, Window = 86_400;
    private static readonly byte[] s_source = [1, 2, 3];

    private L1Address _inbox, _challenges;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(80)]
    public async Task EveryPiece_Answered_IsShown(int count)
    {
        Posted posted = await AppendAsync(0, count);
        int pieces = (count + C.Piece - 1) / C.Piece;
        for (int piece = 0; piece < pieces; piece++)
        {
            await ChallengeAsync(posted, (ulong)piece);
            await World.DoAsync(Responder, _challenges, C.AnswerList, 0, Answer(posted, piece));
        }
        List<AbiValue> shown = await World.EventsAsync(_challenges, C.ItemsShown);
        Assert.Equal(Enumerable.Range(0, pieces).Select(piece => (0UL, (ulong)piece)), shown.Select(e => (e[0].ToUInt64(), e[1].ToUInt64())));
        Assert.Equal(posted.Items, shown.SelectMany(e => e[2].Items.ToArray()).Select(item => item.Bytes.ToArray()));
        Assert.Equal((ulong)pieces * Bond, (await World.ReadAsync(_challenges, C.Owed, World.AddressOf(Responder)))[0].ToUInt64());
        Assert.Equal(Enumerable.Range(0, pieces).Select(piece => C.List + (ulong)piece), (await World.EventsAsync(_challenges, C.Answered)).Select(e => e[1].ToUInt64()));
        Assert.Equal($"NotChallenged(0, {C.List})", await RevertAsync(C.AnswerList, 0, Answer(posted, 0)));
    }

    [Fact]
    public async Task Answers_ThatAreNotThePiece_AreRefused()
    {
        Posted posted = await AppendAsync(0, 37);
        Assert.Equal($"NotChallenged(0, {C.List + 2})", await RevertAsync(C.AnswerList, 0, Answer(posted, 2)));
        for (ulong piece = 0; piece < 3; piece++) await ChallengeAsync(posted, piece);
        AbiValue[] first = Answer(posted, 0), last = Answer(posted, 2);
        await RefusedAsync("WrongItems()", [first[0], 1UL, .. first[2..]]);
        await RefusedAsync("WrongItems()", [.. first[..4], last[4], first[5]]);
        await RefusedAsync("WrongItems()", [.. first[..5], last[5]]);
        await RefusedAsync("WrongItems()", [.. first[..5], AbiValue.List()]);
        await RefusedAsync("WrongItems()", [.. first[..5], AbiValue.List([.. first[5].Items.ToArray(), default(Digest32)])]);
        await RefusedAsync("WrongItems()", [.. first[..4], ListOf(posted.Items[..15]), first[5]]);
        await RefusedAsync("WrongItems()", [.. first[..4], ListOf([.. posted.Items[..15], posted.Items[14]]), first[5]]);
        await RefusedAsync("WrongItems()", [.. first[..4], ListOf([posted.Items[1], posted.Items[0], .. posted.Items[2..16]]), first[5]]);
        await RefusedAsync("WrongItems()", [.. first[..4], ListOf(posted.Items[..17]), first[5]]);
        // What fills a tree up is none of the list's items.
        await RefusedAsync("WrongItems()", [.. last[..4], ListOf([.. posted.Items[32..], posted.Items[36]]), last[5]]);
        await RefusedAsync("WrongItems()", [.. last[..4], ListOf(posted.Items[32..36]), last[5]]);
        await RefusedAsync("WrongItems()", [.. last[..4], ListOf([]), last[5]]);
        await RefusedAsync("WrongCommitment()", [.. first[..2], default(Digest32), .. first[3..]]);
        foreach (AbiValue list in (AbiValue[])[
            InboxContract.ListOf(default, 37, posted.Time), InboxContract.ListOf(posted.Root, 36, posted.Time), InboxContract.ListOf(posted.Root, 37, posted.Time - 1),
            InboxContract.ListOf(default, 0, posted.Time)])
            await RefusedAsync("WrongCommitment()", [.. first[..3], list, .. first[4..]]);
        foreach (int piece in (int[])[2, 0, 1]) await World.DoAsync(Responder, _challenges, C.AnswerList, 0, Answer(posted, piece));
        Assert.Equal([2UL, 0, 1], (await World.EventsAsync(_challenges, C.ItemsShown)).Select(e => e[1].ToUInt64()));

        async Task RefusedAsync(string error, AbiValue[] answer) => Assert.Equal(error, await RevertAsync(C.AnswerList, 0, answer));
    }

    /// <summary>Past the end the list is answer enough, and nothing is shown.</summary>
    [Theory]
    [InlineData(0, 0UL)]
    [InlineData(16, 1UL)]
    [InlineData(17, 2UL)]
    [InlineData(17, C.List - 1)]
    public async Task PiecePastTheEnd_IsAnsweredByTheList(int count, ulong piece)
    {
        Posted posted = await AppendAsync(0, count);
        await ChallengeAsync(posted, piece);
        await World.DoAsync(Responder, _challenges, C.AnswerList, 0, 0UL, piece, posted.Data, posted.List, ListOf([[7]]), AbiValue.List());
        Assert.Empty(await World.EventsAsync(_challenges, C.ItemsShown));
        Assert.Equal((0UL, C.List + piece), (await World.EventsAsync(_challenges, C.Answered)).Select(e => (e[0].ToUInt64(), e[1].ToUInt64())).Single());
    }

    /// <summary>Also where all is shown but an item that no transaction could be about.</summary>
    [Theory]
    [InlineData(C.MaxItemBytes)]
    [InlineData(C.MaxItemBytes + 1)]
    public async Task Piece_Unanswered_WithholdsTheBatch(int length)
    {
        Posted posted = await AppendAsync(0, 17, length);
        await ChallengeAsync(posted, 1);
        if (length == C.MaxItemBytes)
        {
            await World.DoAsync(Responder, _challenges, C.AnswerList, 0, Answer(posted, 1));
            return;
        }
        Assert.Equal("WrongItems()", await RevertAsync(C.AnswerList, 0, Answer(posted, 1)));
        Assert.StartsWith("TooEarly(", await RevertAsync(C.Expire, 0, 0UL, C.List + 1), StringComparison.Ordinal);
        Assert.Equal("NotChallenged(0, 1)", await RevertAsync(C.Expire, 0, 0UL, 1UL));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        Assert.StartsWith("TooLate(", await RevertAsync(C.AnswerList, 0, Answer(posted, 1)), StringComparison.Ordinal);
        await World.DoAsync(Responder, _challenges, C.Expire, 0, 0UL, C.List + 1);
        Assert.True((await World.ReadAsync(_challenges, C.IsWithheld, 0UL))[0].ToBool());
        AbiValue withheld = Assert.Single(await World.EventsAsync(_challenges, C.Withheld));
        Assert.Equal((0UL, C.List + 1, 1UL), (withheld[0].ToUInt64(), withheld[1].ToUInt64(), withheld[2].ToUInt64()));
        await World.DoAsync(Challenger, _challenges, C.Collect, 0);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_challenges));
    }

    [Fact]
    public async Task Challenge_WithoutBondOrBatchOrAfterTheWindow_IsRefused()
    {
        Posted posted = await AppendAsync(0, 3);
        Assert.Equal("WrongBond(5000, 4999)", await RevertAsync(C.ChallengeList, Bond - 1, 0UL, posted.Batch, 0UL));
        Assert.Equal("WrongBatch()", await RevertAsync(C.ChallengeList, Bond, 1UL, posted.Batch, 0UL));
        Assert.Equal("WrongItems()", await RevertAsync(C.ChallengeList, Bond, 0UL, posted.Batch, C.List));
        Assert.Equal("WrongItems()", await RevertAsync(C.AnswerList, 0, [0UL, C.List, .. Answer(posted, 0)[2..]]));
        await ChallengeAsync(posted, 0);
        Assert.Equal($"AlreadyChallenged(0, {C.List})", await RevertAsync(C.ChallengeList, Bond, 0UL, posted.Batch, 0UL));
        // Chunks have numbers of their own.
        Assert.Equal("WrongChunk()", await RevertAsync(C.Challenge, Bond, 0UL, posted.Batch, C.List));
        Assert.Equal("WrongChunk()", await RevertAsync(C.Answer, 0, 0UL, C.List, 0UL, default(Digest32), posted.List, AbiValue.Of(ReadOnlyMemory<byte>.Empty), AbiValue.List()));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        Assert.StartsWith("TooLate(", await RevertAsync(C.ChallengeList, Bond, 0UL, posted.Batch, 1UL), StringComparison.Ordinal);
    }

    protected override async Task PrepareAsync()
    {
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _challenges = await World.DeployAsync("DataChallenge", _inbox, Window, Window, Bond);
    }

    private static AbiValue ListOf(IEnumerable<byte[]> items) => AbiValue.List([.. items.Select(item => AbiValue.Of(item))]);

    private static AbiValue[] Answer(Posted posted, int piece)
    {
        var siblings = new List<AbiValue>();
        ulong node = (ulong)piece;
        for (int level = 4; level < posted.Tree!.Height; level++, node >>= 1) siblings.Add(posted.Tree.Node(level, node ^ 1));
        return [0UL, (ulong)piece, posted.Data, posted.List, ListOf(posted.Items.Skip(piece * C.Piece).Take(C.Piece)), AbiValue.List([.. siblings])];
    }

    // In the call, because a list is of every kind of batch.
    private async Task<Posted> AppendAsync(ulong number, int count, int length = 5)
    {
        byte[][] items = [.. Enumerable.Range(0, count).Select(i => DataChallengeSuite.Data(i == count - 1 ? length : i % 7))];
        ClaimTree? tree = count == 0 ? null : new ClaimTree(Claim.HeightOf((ulong)count), [.. items.Select(item => new StepItem(StepKind.Payment, item).Digest())]);
        ulong time = (await World.BlockAsync()).TimestampSeconds;
        AbiValue list = InboxContract.ListOf(tree?.Claim.Root ?? default, (ulong)count, time);
        ChainReceipt receipt = await World.DoAsync(0, _inbox, InboxContract.AppendCalldata, 0, number, AbiValue.Of(s_source), 0UL, list);
        var data = new Digest32(Hashing.Keccak(s_source));
        ChainBlock block = await World.BlockAsync(receipt.Block);
        AbiValue batch = AbiValue.List(default(Digest32), 0UL, InboxContract.CommitmentOf(data, list), 0UL, default(Digest32), block.Number, block.TimestampSeconds);
        return new Posted(data, list, items, tree, batch);
    }

    private async Task ChallengeAsync(Posted posted, ulong piece) => await World.DoAsync(Challenger, _challenges, C.ChallengeList, Bond, 0UL, posted.Batch, piece);

    private Task<string> RevertAsync(AbiFunction function, UInt128 value, params AbiValue[] arguments) =>
        World.RevertAsync(Challenger, _challenges, function, value, C.Errors, arguments);

    private sealed record Posted(Digest32 Data, AbiValue List, byte[][] Items, ClaimTree? Tree, AbiValue Batch)
    {
        public Digest32 Root => Tree!.Claim.Root;

        public ulong Time => List[2].ToUInt64();
    }
}

public sealed class ListChallengeInProcessTests : ListChallengeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ListChallengeOnAnvilTests(AnvilFixture fixture) : ListChallengeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
