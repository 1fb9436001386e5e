using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.BridgeContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The way back: leaves below final exit roots, once each, small ones at once, and never more than is escrowed.</summary>
public abstract class WithdrawalSuite : SettlementSuite
{
    private const int User = 1, Deputy = 2;
    private const ulong Rollup = 9, Refill = 600, Delay = 7 * 86_400;
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;
    private static readonly L1Address s_recipient = new([.. Enumerable.Repeat((byte)0x77, 20)]);

    private readonly EffectLog _log = new();
    private L1Address _bridge, _finality, _guardian;
    private ulong _batches;

    [Fact]
    public async Task Withdrawal_Proven_IsPaidOnce()
    {
        await DepositAsync(1_000_000);
        await BatchAsync(log =>
        {
            log.Withdraw(0, 100, s_recipient);
            log.Withdraw(0, 7, s_recipient);
            log.Withdraw(3, 7, s_recipient);
        });
        Assert.Equal("NotFinal(1)", await RevertAsync(1, 0));
        Assert.Equal("NotInTree()", await RevertAsync(0, 0, index: 1));
        Assert.Equal("NotInTree()", await RevertAsync(0, 0, amount: 101));
        Assert.Equal("NotInTree()", await RevertAsync(0, 0, token: 1));
        Assert.Equal("NotEscrowed(0, 7)", await RevertAsync(0, 2));
        await DoAsync(0, 0);
        await DoAsync(0, 1);
        Assert.Equal("AlreadyTaken(0, 0)", await RevertAsync(0, 0));
        Assert.Equal((UInt128)107, await World.BalanceOfAsync(s_recipient));
        Assert.Equal((UInt128)999_893, (await World.ReadAsync(_bridge, C.Escrow, 0UL))[0].ToUInt128());
        Assert.True((await World.ReadAsync(_bridge, C.IsTaken, 0UL, 1UL))[0].ToBool());
        Assert.Equal([0UL, 1UL], (await World.EventsAsync(_bridge, C.Withdrawn)).Select(log => log[1].ToUInt64()));
        // A batch without effects has the root zero, and nothing is below that.
        await BatchAsync(_ => { });
        Assert.Equal("NotInTree()", await World.RevertAsync(User, _bridge, C.Withdraw, 0, C.Errors, 1UL, 0UL, 0UL, 0UL, s_recipient, AbiValue.List()));
    }

    [Fact]
    public async Task Large_Waits_AndIsThenPaidOnce()
    {
        await DepositAsync(1_000_000);
        await BatchAsync(log => log.Withdraw(0, 600_000, s_recipient));
        await DoAsync(0, 0);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(s_recipient));
        Assert.Equal((UInt128)600_000, (await World.ReadAsync(_bridge, C.DelayedOf, 0UL))[0].ToUInt128());
        ulong ready = Assert.Single(await World.EventsAsync(_bridge, C.Delayed))[5].ToUInt64();
        Assert.Equal(ready, (await World.ReadAsync(_bridge, C.ReadyAt, C.Leaf(Rollup, 0, 0, 0, 600_000, s_recipient)))[0].ToUInt64());
        AbiValue[] release = [0UL, 0UL, 0UL, (UInt128)600_000, s_recipient];
        Assert.Equal($"NotReady({ready})", await World.RevertAsync(User, _bridge, C.Release, 0, C.Errors, release));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(User, _bridge, C.Release, 0, release);
        Assert.Equal((UInt128)600_000, await World.BalanceOfAsync(s_recipient));
        Assert.Equal("NotReady(0)", await World.RevertAsync(User, _bridge, C.Release, 0, C.Errors, release));
        Assert.Equal("AlreadyTaken(0, 0)", await RevertAsync(0, 0));
        Assert.Equal((UInt128)400_000, await World.BalanceOfAsync(_bridge));
    }

    /// <summary>Sixteen middling ones go at once; the next wait until the bucket has some back.</summary>
    [Fact]
    public async Task Bucket_Emptied_RefillsOverTime()
    {
        await DepositAsync(1_000_000);
        await BatchAsync(log =>
        {
            for (int i = 0; i < 19; i++) log.Withdraw(0, 1_000, s_recipient);
        });
        for (int i = 0; i < 17; i++) await DoAsync(0, i);
        AbiValue late = Assert.Single(await World.EventsAsync(_bridge, C.Delayed));
        Assert.Equal(16UL, late[1].ToUInt64());
        await World.AdvanceAsync(TimeSpan.FromSeconds(16 * Refill));
        await DoAsync(0, 17);
        Assert.Single(await World.EventsAsync(_bridge, C.Delayed));
        await DoAsync(0, 18);
        Assert.Equal(2, (await World.EventsAsync(_bridge, C.Delayed)).Count);
    }

    /// <summary>Two parts in a hundred a day go out at once.</summary>
    [Fact]
    public async Task Cap_Reached_LetsTheRestWaitUntilTheNextPeriod()
    {
        await DepositAsync(1_000_000);
        await BatchAsync(log =>
        {
            for (int i = 0; i < 4; i++) log.Withdraw(0, 9_000, s_recipient);
        });
        await DoAsync(0, 0);
        await DoAsync(0, 1);
        Assert.Empty(await World.EventsAsync(_bridge, C.Delayed));
        await DoAsync(0, 2);
        Assert.Single(await World.EventsAsync(_bridge, C.Delayed));
        await World.AdvanceAsync(TimeSpan.FromDays(1));
        await DoAsync(0, 3);
        Assert.Single(await World.EventsAsync(_bridge, C.Delayed));
    }

    [Fact]
    public async Task Escrow_OfOneToken_NeverPaysAnother()
    {
        L1Address token = await World.DeployAsync("TestToken", 0UL);
        await World.DoAsync(User, token, TestTokenTwin.Mint, 0, World.AddressOf(User), 50_000UL);
        await World.DoAsync(User, _bridge, C.Register, 0, token);
        await World.DoAsync(User, _bridge, C.DepositToken, s_fee, 1UL, 50_000UL, 1UL, new Digest32());
        await DepositAsync(10);
        // A rollup that lies: it says that more left than came.
        await BatchAsync(log =>
        {
            log.Withdraw(0, 11, s_recipient);
            log.Withdraw(1, 400, s_recipient);
            log.Withdraw(1, 49_601, s_recipient);
        });
        Assert.Equal("NotEscrowed(10, 11)", await RevertAsync(0, 0));
        await DoAsync(0, 1);
        Assert.Equal("NotEscrowed(49600, 49601)", await RevertAsync(0, 2));
        Assert.Equal(400UL, (await World.ReadAsync(token, Erc20.BalanceOf, s_recipient))[0].ToUInt64());
    }

    [Fact]
    public async Task Pause_StopsWithdrawals_AndEndsByItself()
    {
        await DepositAsync(1_000_000);
        await BatchAsync(log => log.Withdraw(0, 100, s_recipient));
        await World.DoAsync(Deputy, _guardian, GuardianContract.Pause, 0);
        Assert.Equal("Paused()", await RevertAsync(0, 0));
        Assert.Equal("Paused()", await World.RevertAsync(User, _bridge, C.Release, 0, C.Errors, 0UL, 0UL, 0UL, 0UL, s_recipient));
        await World.AdvanceAsync(TimeSpan.FromHours(48.1));
        await DoAsync(0, 0);
        Assert.Equal($"NotHatch({World.AddressOf(User)})", await World.RevertAsync(User, _bridge, C.PayOut, 0, C.Errors, 0UL, 1UL, s_recipient));
    }

    protected override async Task PrepareAsync()
    {
        L1Address inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _finality = await World.DeployAsync("TestFinality");
        AbiValue members = AbiValue.List([.. Enumerable.Range(3, 8).Select(member => (AbiValue)World.AddressOf(member))]);
        _guardian = await World.DeployAsync("Guardian", World.AddressOf(Deputy), members, 86_400UL);
        _bridge = await World.DeployAsync("Bridge", inbox, _finality, _guardian, default(L1Address), Rollup, Refill, Delay, 200UL, default(L1Address));
    }

    private Task<ChainReceipt> DepositAsync(ulong amount) => World.DoAsync(User, _bridge, C.DepositEther, s_fee + amount, amount, 1UL, new Digest32());

    private async Task BatchAsync(Action<EffectLog> fill)
    {
        _log.Begin(new BatchContext(Rollup, _batches++, 0, 0));
        fill(_log);
        await World.DoAsync(0, _finality, TestFinalityTwin.Set, 0, new Digest32(), _log.ExitRoot());
    }

    private AbiValue[] Claim(ulong batch, int effect, ulong? index = null, ulong? amount = null, ulong? token = null) =>
    [
        batch, index ?? (ulong)effect, token ?? _log[effect].Token, amount ?? _log[effect].Amount, _log[effect].Recipient,
        AbiValue.List([.. _log.Prove(effect).Select(sibling => (AbiValue)sibling)]),
    ];

    private Task<ChainReceipt> DoAsync(ulong batch, int effect) => World.DoAsync(User, _bridge, C.Withdraw, 0, Claim(batch, effect));

    private Task<string> RevertAsync(ulong batch, int effect, ulong? index = null, ulong? amount = null, ulong? token = null) =>
        World.RevertAsync(User, _bridge, C.Withdraw, 0, C.Errors, Claim(batch, effect, index, amount, token));
}

public sealed class WithdrawalInProcessTests : WithdrawalSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class WithdrawalOnAnvilTests(AnvilFixture fixture) : WithdrawalSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
