using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.BridgeContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Deposits: what is escrowed is what the queue says.</summary>
public abstract class BridgeSuite : SettlementSuite
{
    private const int User = 1;
    private static readonly Digest32 s_recipient = new(Hashing.Keccak("recipient"u8));
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;

    private L1Address _inbox, _bridge;

    [Fact]
    public async Task Ether_Deposited_IsEscrowedAndQueued()
    {
        AbiValue[] call = [(UInt128)5_000, 1UL, s_recipient];
        Assert.Equal($"WrongValue({s_fee + 5000}, {s_fee + 4999})", await Revert(C.DepositEther, s_fee + 4999, call));
        Assert.Equal("NothingDeposited()", await Revert(C.DepositEther, s_fee, 0UL, 1UL, s_recipient));
        UInt128 inbox = await World.BalanceOfAsync(_inbox);
        await World.DoAsync(User, _bridge, C.DepositEther, s_fee * 2 + 5_000, call);
        await AssertQueuedAsync(0, 5_000);
        Assert.Equal((UInt128)5_000, await World.BalanceOfAsync(_bridge));
        Assert.Equal((UInt128)5_000, (await World.ReadAsync(_bridge, C.Escrow, 0UL))[0].ToUInt128());
        Assert.Equal(s_fee, await World.BalanceOfAsync(_inbox) - inbox);
    }

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(7, 930)]
    public async Task Token_Deposited_IsCreditedWithWhatArrived(int feePercent, int arrived)
    {
        L1Address token = await World.DeployAsync("TestToken", (ulong)feePercent);
        await World.DoAsync(User, token, TestTokenTwin.Mint, 0, World.AddressOf(User), 1_000UL);
        Assert.Equal("UnknownToken(1)", await Revert(C.DepositToken, s_fee, Deposit(1, 1_000)));
        await World.DoAsync(User, _bridge, C.Register, 0, token);
        AbiValue log = Assert.Single(await World.EventsAsync(_bridge, C.TokenRegistered));
        Assert.Equal((1UL, token), (log[0].ToUInt64(), log[1].ToAddress()));
        Assert.Equal((token, 1UL), ((await World.ReadAsync(_bridge, C.Tokens, 1UL))[0].ToAddress(), (await World.ReadAsync(_bridge, C.TokenNumbers, token))[0].ToUInt64()));
        Assert.Equal("no reason", await Revert(C.Tokens, 0, 2UL));
        Assert.Equal($"AlreadyRegistered({token})", await Revert(C.Register, 0, token));
        Assert.Equal($"NotAToken({World.AddressOf(User)})", await Revert(C.Register, 0, World.AddressOf(User)));
        Assert.Equal("TransferFailed()", await Revert(C.DepositToken, s_fee, Deposit(1, 1_001)));
        Assert.Equal("UnknownToken(0)", await Revert(C.DepositToken, s_fee, Deposit(0, 1_000)));

        await World.DoAsync(User, _bridge, C.DepositToken, s_fee, Deposit(1, 1_000));
        await AssertQueuedAsync(1, (ulong)arrived);
        Assert.Equal((ulong)arrived, (await World.ReadAsync(_bridge, C.Escrow, 1UL))[0].ToUInt64());
        Assert.Equal((ulong)arrived, (await World.ReadAsync(token, Erc20.BalanceOf, _bridge))[0].ToUInt64());
    }

    protected override async Task PrepareAsync()
    {
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(0), AbiValue.List(), 0UL);
        _bridge = await World.DeployAsync("Bridge", _inbox, default(L1Address), default(L1Address), default(L1Address), 9UL, 1UL, 0UL, 0UL, default(L1Address));
    }

    private static AbiValue[] Deposit(uint token, ulong amount) => [(ulong)token, amount, 1UL, s_recipient];

    private Task<string> Revert(AbiFunction function, UInt128 value, params AbiValue[] arguments) => World.RevertAsync(User, _bridge, function, value, C.Errors, arguments);

    private async Task AssertQueuedAsync(uint token, ulong amount)
    {
        Assert.True(InboxContract.TryRead(Assert.Single(await World.LogsAsync(_inbox)), out InboxForcedItem item));
        Assert.Equal((_bridge, 0UL), (item.Sender, item.Index));
        Assert.True(C.TryReadDeposit(item.Data, out BridgeDeposit deposit));
        Assert.Equal(new BridgeDeposit(token, amount, 1, s_recipient, World.AddressOf(User)), deposit);
        AbiValue log = Assert.Single(await World.EventsAsync(_bridge, C.Deposited));
        Assert.Equal((0UL, World.AddressOf(User), amount), (log[0].ToUInt64(), log[1].ToAddress(), log[3].ToUInt64()));
    }
}

public sealed class BridgeInProcessTests : BridgeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class BridgeOnAnvilTests(AnvilFixture fixture) : BridgeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
