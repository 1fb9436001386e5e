using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>What anybody may do: each call by its effect on the contracts.</summary>
public abstract class RollupUserSuite : RollupSuite
{
    private static readonly AccountAddress s_recipient = new(AccountAddress.P256Scheme, Noise(5).Value);

    [Fact]
    public async Task User_DepositsForcesAndFreezes_AndSeesWhereTheRollupStands()
    {
        var user = new RollupUser(Live(Stranger), At);
        Assert.Equal(default, await user.StandingAsync(Cancellation));
        Assert.False(await user.DepositAsync(0, s_recipient, Cancellation));
        Assert.False(await user.DepositAsync(UInt128.MaxValue >> 1, s_recipient, Cancellation));
        Assert.True(await user.DepositAsync(500, s_recipient, Cancellation));
        Assert.True(await user.ForceAsync(new byte[100], Cancellation));
        Assert.False(await user.ForceAsync(new byte[8193], Cancellation));
        Assert.Equal((new RollupStanding(0, 0, 2, 0, false, false), (UInt128)500), (await user.StandingAsync(Cancellation), await user.EscrowAsync(0, Cancellation)));
        Assert.Equal((UInt128)0, await user.EscrowAsync(7, Cancellation));
        Assert.Equal(default, await user.FinalRootAsync(0, Cancellation));
        Assert.False(await user.FreezeAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.True((await user.StandingAsync(Cancellation)).IsOpen);
        await World.AdvanceAsync(TimeSpan.FromDays(365));
        Assert.True(await user.FreezeAsync(Cancellation));
        Assert.Equal(new RollupStanding(0, 0, 2, 0, true, true), await user.StandingAsync(Cancellation));
        Assert.False(await user.FreezeAsync(Cancellation));
    }
}

public sealed class RollupUserInProcessTests : RollupUserSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class RollupUserOnAnvilTests(AnvilFixture fixture) : RollupUserSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
