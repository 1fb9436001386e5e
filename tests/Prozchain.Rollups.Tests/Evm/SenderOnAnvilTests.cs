using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>The sender against a real node: its pool, its refusals, its reorganisations, and a second endpoint.</summary>
[Collection(AnvilCollection.Name)]
public sealed class SenderOnAnvilTests(AnvilFixture fixture) : IAsyncLifetime
{
    private static readonly SenderOptions s_options = new() { MaxFee = 1_000_000_000_000, Confirmations = 3, StuckAfterBlocks = 2 };
    private readonly string _journal = Path.Combine(Path.GetTempPath(), $"prozchain-{Guid.NewGuid():N}.journal");
    private string? _snapshot;
    private TestAccount _account = null!;
    private L1Address _inbox;
    private ulong _now;

    private AnvilNode Node => fixture.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _snapshot = await Node.SnapshotAsync();
        _account = await TestAccount.CreateAsync(Node, 0x61);
        (_inbox, _) = await _account.DeployAsync("Inbox", _account.Address, AbiValue.List(), 0UL);
        _now = (await Node.Client.GetBlockAsync(L1Client.Latest, Cancellation)).Value!.Value.Timestamp;
        await Node.SetAutomineAsync(false);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_journal);
        if (_snapshot is null) return;
        await Node.SetAutomineAsync(true);
        await Node.RevertAsync(_snapshot);
        _account.Dispose();
    }

    [Fact]
    public async Task Batches_SentThroughADeadEndpointAndRestarts_AreEachAppendedOnce()
    {
        ulong sent = (await Node.Client.GetNonceAsync(_account.Address, L1Client.Latest, Cancellation)).Value!.Value;
        for (int round = 0; round < 6; round++)
        {
            // A restart each round: the journal is all that is left, and the caller asks for everything again.
            using var journal = new FileTransactionJournal(_journal);
            TransactionSender sender = Sender(journal, s_options);
            for (int i = 0; i < 4; i++) sender.Submit(Append(i));
            Assert.Equal(PollResult.Ok, await sender.PollAsync(Cancellation));
            await Node.MineAsync();
        }
        using var last = new FileTransactionJournal(_journal);
        TransactionSender final = Sender(last, s_options);
        await final.PollAsync(Cancellation);
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(SendStatus.Confirmed, final.StatusOf(Id(i))));
        Assert.Equal(4UL, (await _account.ReadAsync(_inbox, InboxContract.BatchCount))[0].ToUInt64());
        Assert.Equal(sent + 4, (await Node.Client.GetNonceAsync(_account.Address, L1Client.Latest, Cancellation)).Value);
    }

    [Fact]
    public async Task Transaction_BelowTheBaseFee_IsReplacedInTheRealPool()
    {
        using var journal = new FileTransactionJournal(_journal);
        TransactionSender sender = Sender(journal, s_options);
        sender.Submit(Append(0));
        await sender.PollAsync(Cancellation);
        SenderSlot slot = sender.Find(Id(0))!;
        Assert.Equal(SendOutcome.Accepted, slot.Outcome);
        for (int i = 0; i < 3; i++)
        {
            await Node.SetNextBaseFeeAsync(20_000_000_000);
            await Node.MineAsync();
        }
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendOutcome.Accepted, slot.Outcome);
        Assert.Equal(2, slot.Attempts.Count);
        Assert.True(slot.LastFees.MaxFee > 20_000_000_000);
        Digest32 replacement = slot.Attempts[1].Hash;
        await Node.MineAsync(3);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, slot.Status);
        Assert.Equal(replacement, slot.Receipt!.TransactionHash);
    }

    [Fact]
    public async Task Receipt_ReorganisedAwayByTheNode_IsFollowed()
    {
        using var journal = new FileTransactionJournal(_journal);
        TransactionSender sender = Sender(journal, s_options);
        sender.Submit(Append(0));
        await sender.PollAsync(Cancellation);
        await Node.MineAsync();
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Mined, sender.StatusOf(Id(0)));
        await Node.ReorgAsync(1);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Sent, sender.StatusOf(Id(0)));
        await Node.MineAsync(3);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(0)));
        Assert.Equal(1UL, (await _account.ReadAsync(_inbox, InboxContract.BatchCount))[0].ToUInt64());
    }

    [Fact]
    public async Task Transaction_ThatThePoolDropped_IsResent()
    {
        using var journal = new FileTransactionJournal(_journal);
        TransactionSender sender = Sender(journal, s_options);
        sender.Submit(Append(0));
        await sender.PollAsync(Cancellation);
        await Node.DropAsync(sender.Find(Id(0))!.Attempts[0].Hash);
        await Node.MineAsync(2);
        await sender.PollAsync(Cancellation);
        await Node.MineAsync(3);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.Confirmed, sender.StatusOf(Id(0)));
    }

    [Fact]
    public async Task Calls_ThatRunOutOfGasOrRevert_AreToldApart()
    {
        using var journal = new FileTransactionJournal(_journal);
        TransactionSender sender = Sender(journal, s_options);
        sender.Submit(Append(0) with { GasLimit = 40_000 });
        sender.Submit(Append(7));
        await sender.PollAsync(Cancellation);
        await Node.MineAsync(3);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendStatus.OutOfGas, sender.StatusOf(Id(0)));
        Assert.Equal(SendStatus.Reverted, sender.StatusOf(Id(7)));
    }

    [Fact]
    public async Task Account_WithoutFunds_SaysSo()
    {
        using var poor = new Secp256k1Signer(Enumerable.Repeat((byte)0x77, 32).ToArray());
        using var journal = new FileTransactionJournal(_journal);
        var sender = new TransactionSender(Node.Client, poor, journal, AnvilNode.ChainId, s_options);
        sender.Submit(Append(0));
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendOutcome.InsufficientFunds, sender.Find(Id(0))!.Outcome);
        Assert.NotEmpty(sender.Find(Id(0))!.Fault);
        await Node.FundAsync(sender.Address);
        await Node.MineAsync(2);
        await sender.PollAsync(Cancellation);
        Assert.Equal(SendOutcome.Accepted, sender.Find(Id(0))!.Outcome);
    }

    private TransactionSender Sender(ITransactionJournal journal, SenderOptions options)
    {
        var dead = new HttpJsonRpcTransport(Node.Http, new Uri("http://127.0.0.1:1"), TimeProvider.System);
        return new TransactionSender(new L1Client(new JsonRpcClient([dead, Node.Transport()], new VirtualTime())), _account.Signer, journal, AnvilNode.ChainId, options);
    }

    private L1Call Append(int number) => new(Id(number), _inbox, 0, InboxContract.AppendCalldata.Encode((ulong)number, AbiValue.Of(new byte[50]), 0UL, InboxContract.ListOf(default, 0, _now)), 300_000);

    private static Digest32 Id(int i) => new(Hashing.Keccak(BitConverter.GetBytes(i)));
}
