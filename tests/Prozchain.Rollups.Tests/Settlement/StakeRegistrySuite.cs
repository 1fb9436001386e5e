using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.StakeRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Bonds: slashable until they have left.</summary>
public abstract class StakeRegistrySuite : SettlementSuite
{
    private const int Staker = 1, Judge = 2, Reporter = 3;
    private const ulong Delay = 7 * 24 * 3600;

    private L1Address _registry;

    [Fact]
    public async Task Stake_AskedBack_LeavesAfterTheDelay()
    {
        Assert.Equal("TooLittle(1000, 999)", await Revert(Staker, C.Stake, 999));
        await Do(Staker, C.Stake, 3_000);
        Assert.True((await World.ReadAsync(_registry, C.IsStaked, World.AddressOf(Staker)))[0].ToBool());
        Assert.Equal("TooLittle(1000, 500)", await Revert(Staker, C.Unstake, 0, 2_500UL));
        Assert.Equal("Nothing()", await Revert(Staker, C.Unstake, 0, 3_001UL));
        Assert.Equal("Nothing()", await Revert(Staker, C.Withdraw, 0));
        await Do(Staker, C.Unstake, 0, 3_000UL);
        Assert.False((await World.ReadAsync(_registry, C.IsStaked, World.AddressOf(Staker)))[0].ToBool());
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay - 60));
        Assert.StartsWith("StillBonded(", await Revert(Staker, C.Withdraw, 0), StringComparison.Ordinal);
        await World.AdvanceAsync(TimeSpan.FromSeconds(120));
        await Do(Staker, C.Withdraw, 0);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_registry));
        AbiValue left = Assert.Single(await World.EventsAsync(_registry, C.Left));
        Assert.Equal((World.AddressOf(Staker), 3_000UL), (left[0].ToAddress(), left[1].ToUInt64()));
    }

    [Fact]
    public async Task Slash_TakesWhatIsLeavingToo_AndPaysHalf()
    {
        await Do(Staker, C.Stake, 3_000);
        await Do(Staker, C.Unstake, 0, 2_000UL);
        AbiValue[] slash = [World.AddressOf(Staker), 2_500UL, World.AddressOf(Reporter)];
        Assert.Equal($"NotJudge({World.AddressOf(Staker)})", await Revert(Staker, C.Slash, 0, slash));
        await Do(Judge, C.Slash, 0, slash);
        AbiValue stake = await World.ReadAsync(_registry, C.Stakes, World.AddressOf(Staker));
        Assert.Equal((0UL, 500UL), (stake[0].ToUInt64(), stake[1].ToUInt64()));
        Assert.Equal(1_250UL, (await World.ReadAsync(_registry, C.Rewards, World.AddressOf(Reporter)))[0].ToUInt64());
        await Do(Reporter, C.Collect, 0);
        Assert.Equal("Nothing()", await Revert(Reporter, C.Collect, 0));
        Assert.Equal((UInt128)500, await World.BalanceOfAsync(_registry));
    }

    /// <summary>What no function is called with, or none takes, does nothing; a call that reverts keeps nothing that was paid.</summary>
    [Fact]
    public async Task Calls_OfNoFunction_Revert()
    {
        Assert.Equal("no reason", await Revert(Staker, new AbiFunction("nothing()"), 0));
        Assert.Equal("no reason", await Revert(Staker, C.Unstake, 1, 5UL));
        ChainReceipt receipt = await World.SendAsync(Staker, new ChainCall(_registry, C.Stake.Encode(), 999));
        Assert.False(receipt.IsOk);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(_registry));
    }

    protected override async Task PrepareAsync() => _registry = await World.DeployAsync("StakeRegistry", AbiValue.List(World.AddressOf(Judge)), Delay, 1_000UL);

    private Task<ChainReceipt> Do(int account, AbiFunction function, UInt128 value, params AbiValue[] arguments) => World.DoAsync(account, _registry, function, value, arguments);

    private Task<string> Revert(int account, AbiFunction function, UInt128 value, params AbiValue[] arguments) => World.RevertAsync(account, _registry, function, value, C.Errors, arguments);
}

public sealed class StakeRegistryInProcessTests : StakeRegistrySuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class StakeRegistryOnAnvilTests(AnvilFixture fixture) : StakeRegistrySuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
