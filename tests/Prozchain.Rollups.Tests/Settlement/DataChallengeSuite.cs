using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.DataChallengeContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Data challenges: a chunk that is asked for is posted in time, or the batch is withheld.</summary>
public abstract class DataChallengeSuite : SettlementSuite
{
    private const int Challenger = 1, Responder = 2;
    private const ulong Bond = 5_000, Window = 86_400;
    private static readonly byte[] s_data = Data(2 * ChunkCommitment.ChunkSize + 1_000);

    private L1Address _inbox, _challenges;
    private AbiValue _list;

    [Fact]
    public async Task Challenge_Answered_PaysTheResponder()
    {
        AbiValue batch = await AppendAsync(0, ChunkCommitment.Compute(s_data));
        Assert.Equal("WrongBond(5000, 4999)", await RevertAsync(C.Challenge, Bond - 1, 0UL, batch, 0UL));
        Assert.Equal("WrongBatch()", await RevertAsync(C.Challenge, Bond, 1UL, batch, 0UL));
        Assert.Equal("NotChallenged(0, 0)", await RevertAsync(C.Answer, 0, Answer(0, 0)));
        foreach (ulong index in (ulong[])[0, 2, 3]) await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, 0UL, batch, index);
        Assert.Equal("AlreadyChallenged(0, 2)", await RevertAsync(C.Challenge, Bond, 0UL, batch, 2UL));

        AbiValue[] good = Answer(0, 2);
        Assert.Equal("WrongChunk()", await RevertAsync(C.Answer, 0, [.. good[..5], AbiValue.Of(s_data.AsMemory(0, 1_000)), good[6]]));
        Assert.Equal("WrongChunk()", await RevertAsync(C.Answer, 0, [.. good[..5], AbiValue.Of(good[5].Bytes[..999]), good[6]]));
        Assert.Equal("WrongChunk()", await RevertAsync(C.Answer, 0, [.. good[..6], AbiValue.List()]));
        Assert.Equal("WrongCommitment()", await RevertAsync(C.Answer, 0, [good[0], good[1], good[2].ToUInt64() - 1_000, .. good[3..]]));
        Assert.Equal("WrongCommitment()", await RevertAsync(C.Answer, 0, [.. good[..4], InboxContract.ListOf(default, 1, _list[2].ToUInt64()), .. good[5..]]));
        await World.DoAsync(Responder, _challenges, C.Answer, 0, good);
        Assert.Equal("NotChallenged(0, 2)", await RevertAsync(C.Answer, 0, good));
        // A whole chunk in one transaction, and an index past the end, for which the length is answer enough.
        ChainReceipt whole = await World.SendAsync(Responder, new ChainCall(_challenges, C.Answer.Encode(Answer(0, 0)), GasLimit: 16_000_000));
        Assert.True(whole.IsOk);
        Assert.InRange(whole.GasUsed, 0UL, 6_000_000UL);
        await World.DoAsync(Responder, _challenges, C.Answer, 0, [0UL, 3UL, .. good[2..5], AbiValue.Of(ReadOnlyMemory<byte>.Empty), AbiValue.List()]);
        Assert.Equal(3 * Bond, (await World.ReadAsync(_challenges, C.Owed, World.AddressOf(Responder)))[0].ToUInt64());
        await World.DoAsync(Responder, _challenges, C.Collect, 0);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_challenges));
        Assert.Equal("Nothing()", await RevertAsync(C.Collect, 0));
        Assert.False((await World.ReadAsync(_challenges, C.IsWithheld, 0UL))[0].ToBool());
    }

    /// <summary>Also where the commitment is to nothing that anyone could show.</summary>
    [Fact]
    public async Task Challenge_Unanswered_WithholdsTheBatch()
    {
        AbiValue batch = await AppendAsync(0, new Digest32(Hashing.Keccak("nothing"u8)));
        await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, 0UL, batch, 0UL);
        await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, 0UL, batch, 1UL);
        Assert.StartsWith("TooEarly(", await RevertAsync(C.Expire, 0, 0UL, 0UL), StringComparison.Ordinal);
        Assert.Equal("WrongCommitment()", await RevertAsync(C.Answer, 0, Answer(0, 0)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        Assert.StartsWith("TooLate(", await RevertAsync(C.Answer, 0, Answer(0, 0)), StringComparison.Ordinal);
        await World.DoAsync(Responder, _challenges, C.Expire, 0, 0UL, 0UL);
        await World.DoAsync(Responder, _challenges, C.Expire, 0, 0UL, 1UL);
        Assert.True((await World.ReadAsync(_challenges, C.IsWithheld, 0UL))[0].ToBool());
        Assert.Equal(0UL, Assert.Single(await World.EventsAsync(_challenges, C.Withheld))[0].ToUInt64());
        Assert.Equal("NotChallenged(0, 0)", await RevertAsync(C.Expire, 0, 0UL, 0UL));
        await World.DoAsync(Challenger, _challenges, C.Collect, 0);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_challenges));
    }

    /// <summary>What was appended upon a withheld batch falls with it, and what was appended later does not, until an earlier one falls.</summary>
    [Fact]
    public async Task Withheld_TakesAlongWhatWasAppendedUponIt()
    {
        var nothing = new Digest32(Hashing.Keccak("nothing"u8));
        var batches = new List<AbiValue>();
        for (ulong number = 0; number < 6; number++) batches.Add(await AppendAsync(number, nothing));
        foreach (ulong number in (ulong[])[4, 3, 1]) await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, number, batches[(int)number], 0UL);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        await ExpireAsync(4, "----xx--");
        batches.Add(await AppendAsync(6, nothing));
        await ExpireAsync(3, "---xxxx-");
        batches.Add(await AppendAsync(7, nothing));
        await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, 6UL, batches[6], 0UL);
        await ExpireAsync(1, "-xxxxxxx" + "--");
        batches.Add(await AppendAsync(8, nothing));
        await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, 8UL, batches[8], 0UL);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        await ExpireAsync(8, "-xxxxxxx" + "x-");
        await ExpireAsync(6, "-xxxxxxx" + "x-");
        // By the time that it is declared so late, states upon it may be final.
        await World.DoAsync(Challenger, _challenges, C.Challenge, Bond, 9UL, await AppendAsync(9, nothing), 0UL);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + C.LeastWindow + 60));
        await ExpireAsync(9, "-xxxxxxx" + "x-");
        Assert.Equal([(4UL, 6UL), (3UL, 7UL), (1UL, 8UL), (8UL, 9UL)], (await World.EventsAsync(_challenges, C.Withheld)).Select(e => (e[0].ToUInt64(), e[2].ToUInt64())));
        Assert.Equal(6 * Bond, (await World.ReadAsync(_challenges, C.Owed, World.AddressOf(Challenger)))[0].ToUInt64());

        async Task ExpireAsync(ulong number, string expected)
        {
            await World.DoAsync(Responder, _challenges, C.Expire, 0, number, 0UL);
            string withheld = "";
            for (ulong batch = 0; batch < (ulong)expected.Length; batch++) withheld += (await World.ReadAsync(_challenges, C.IsWithheld, batch))[0].ToBool() ? 'x' : '-';
            Assert.Equal(expected, withheld);
        }
    }

    [Fact]
    public async Task Challenge_OfABatchInCalldataOrAfterTheWindow_IsRefused()
    {
        await World.DoAsync(0, _inbox, InboxContract.AppendCalldata, 0, 0UL, AbiValue.Of(new byte[3]), 0UL, await World.NoItemsAsync());
        AbiValue here = await FieldsAsync(0);
        Assert.Equal("NotOffChain(0)", await RevertAsync(C.Challenge, Bond, 0UL, here, 0UL));
        AbiValue batch = await AppendAsync(1, ChunkCommitment.Compute(s_data));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Window + 60));
        Assert.StartsWith("TooLate(", await RevertAsync(C.Challenge, Bond, 1UL, batch, 0UL), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Windows_BelowTheMinimum_CannotBeConstructed()
    {
        Assert.False((await World.SendAsync(0, World.CreationOf("DataChallenge", _inbox, 0UL, Window, Bond))).IsOk);
        Assert.False((await World.SendAsync(0, World.CreationOf("DataChallenge", _inbox, Window, C.LeastWindow - 1, Bond))).IsOk);
        Assert.True((await World.SendAsync(0, World.CreationOf("DataChallenge", _inbox, C.LeastWindow, C.LeastWindow, Bond))).IsOk);
    }

    protected override async Task PrepareAsync()
    {
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _challenges = await World.DeployAsync("DataChallenge", _inbox, Window, Window, Bond);
    }

    internal static byte[] Data(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 + i / 1_000))];

    private AbiValue[] Answer(ulong number, int index) =>
    [
        number, (ulong)index, (ulong)s_data.Length, ChunkCommitment.Root(s_data), _list,
        AbiValue.Of(s_data.AsMemory(index * ChunkCommitment.ChunkSize, Math.Min(ChunkCommitment.ChunkSize, s_data.Length - index * ChunkCommitment.ChunkSize))),
        AbiValue.List([.. ChunkCommitment.Prove(s_data, index).Select(sibling => (AbiValue)sibling)]),
    ];

    private async Task<AbiValue> AppendAsync(ulong number, Digest32 data)
    {
        _list = await World.NoItemsAsync();
        await World.DoAsync(0, _inbox, InboxContract.AppendCertified, 0, number, data, (ulong)s_data.Length, AbiValue.Of(ReadOnlyMemory<byte>.Empty), 0UL, _list);
        return await FieldsAsync((int)number);
    }

    // What the Inbox hashed of a batch.
    private async Task<AbiValue> FieldsAsync(int number)
    {
        List<ChainLog> logs = await World.LogsAsync(_inbox);
        Assert.True(InboxContract.TryRead(logs[number], out InboxBatch batch));
        Digest32 before = default;
        if (number > 0 && InboxContract.TryRead(logs[number - 1], out InboxBatch previous)) before = previous.Head;
        ChainBlock block = await World.BlockAsync(logs[number].Block);
        return AbiValue.List(before, (ulong)batch.Kind, batch.Commitment, batch.ForcedTaken, batch.ForcedHead, block.Number, block.TimestampSeconds);
    }

    private Task<string> RevertAsync(AbiFunction function, UInt128 value, params AbiValue[] arguments) =>
        World.RevertAsync(Challenger, _challenges, function, value, C.Errors, arguments);
}

public sealed class DataChallengeInProcessTests : DataChallengeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class DataChallengeOnAnvilTests(AnvilFixture fixture) : DataChallengeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
