using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.GuardianContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The Guardian: pauses end by themselves, and changes announce themselves. Members are the accounts 0 to 8.</summary>
public abstract class GuardianSuite : SettlementSuite
{
    private const int Members = 9, Deputy = 9;
    private const ulong Timelock = 30 * 24 * 3600;
    private static readonly Digest32 s_salt = new(Hashing.Keccak("salt"u8));

    private L1Address _guardian, _registry;

    [Fact]
    public async Task Deputy_PausesForTwoDays_AndThenMustWait()
    {
        Assert.Equal($"NotDeputy({World.AddressOf(0)})", await RevertAsync(0, C.Pause.Encode()));
        await DoAsync(Deputy, C.Pause.Encode());
        Assert.True(await IsPausedAsync());
        await World.AdvanceAsync(TimeSpan.FromHours(47));
        Assert.True(await IsPausedAsync());
        await World.AdvanceAsync(TimeSpan.FromHours(1.1));
        Assert.False(await IsPausedAsync());
        Assert.StartsWith("CoolingDown(", await RevertAsync(Deputy, C.Pause.Encode()), StringComparison.Ordinal);
        await World.AdvanceAsync(TimeSpan.FromHours(48));
        await DoAsync(Deputy, C.Pause.Encode());
    }

    [Fact]
    public async Task Council_NeedsThreeQuarters_ToPauseAndToEndAPause()
    {
        Assert.Equal(7UL, (await World.ReadAsync(_guardian, C.Quorum))[0].ToUInt64());
        byte[] pause = C.ApprovePause.Encode(s_salt), unpause = C.ApproveUnpause.Encode(s_salt);
        Assert.Equal($"NotMember({World.AddressOf(Deputy)})", await RevertAsync(Deputy, pause));
        for (int i = 0; i < 7; i++)
        {
            Assert.False(await IsPausedAsync());
            await DoAsync(i, pause);
            Assert.StartsWith("AlreadyApproved(", await RevertAsync(i, pause), StringComparison.Ordinal);
        }
        Assert.True(await IsPausedAsync());
        // A pause that was approved is spent: no member alone can start it again.
        Digest32 id = (await World.ReadAsync(_guardian, C.ActionId, 0UL, default(L1Address), AbiValue.Of(ReadOnlyMemory<byte>.Empty), s_salt))[0].ToDigest();
        Assert.StartsWith("NotApproved(", await RevertAsync(0, C.TakeBack.Encode(id)), StringComparison.Ordinal);
        Assert.StartsWith("AlreadyApproved(", await RevertAsync(7, pause), StringComparison.Ordinal);
        for (int i = 1; i < 8; i++) await DoAsync(i, unpause);
        Assert.False(await IsPausedAsync());
    }

    [Fact]
    public async Task Call_OfTheCouncil_WaitsAndCanBeCalledOff()
    {
        byte[] slash = StakeRegistryContract.Slash.Encode(World.AddressOf(Deputy), (UInt128)500, World.AddressOf(0));
        byte[] approve = C.ApproveCall.Encode(_registry, AbiValue.Of(slash), s_salt), execute = C.Execute.Encode(_registry, AbiValue.Of(slash), s_salt);
        Digest32 id = C.IdOf(_guardian, 2, _registry, slash, s_salt);
        for (int i = 0; i < 7; i++)
        {
            Assert.Equal("NotReady(0)", await RevertAsync(Deputy, execute));
            await DoAsync(i, approve);
        }
        Assert.NotEqual("NotReady(0)", await RevertAsync(Deputy, execute));
        await DoAsync(3, C.TakeBack.Encode(id));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Timelock + 1));
        Assert.Equal("NotReady(0)", await RevertAsync(Deputy, execute));

        await DoAsync(8, approve);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Timelock - 60));
        Assert.StartsWith("NotReady(", await RevertAsync(Deputy, execute), StringComparison.Ordinal);
        await World.AdvanceAsync(TimeSpan.FromSeconds(120));
        await DoAsync(Deputy, execute);
        Assert.Single(await World.EventsAsync(_registry, StakeRegistryContract.Slashed));
        Assert.Equal("NotReady(1)", await RevertAsync(Deputy, execute));
        Assert.StartsWith("AlreadyApproved(", await RevertAsync(7, approve), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThatNobodyRuns_IsVoidAfterTheGrace()
    {
        byte[] call = C.Execute.Encode(_registry, AbiValue.Of(StakeRegistryContract.Withdraw.Encode()), s_salt);
        for (int i = 0; i < 7; i++) await DoAsync(i, C.ApproveCall.Encode(_registry, AbiValue.Of(StakeRegistryContract.Withdraw.Encode()), s_salt));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Timelock + 60));
        // It runs, and fails as the called contract says.
        Assert.StartsWith("CallFailed(", await RevertAsync(Deputy, call), StringComparison.Ordinal);
        await World.AdvanceAsync(TimeSpan.FromSeconds(C.GraceSeconds));
        Assert.StartsWith("NotReady(", await RevertAsync(Deputy, call), StringComparison.Ordinal);
    }

    protected override async Task PrepareAsync()
    {
        AbiValue members = AbiValue.List([.. Enumerable.Range(0, Members).Select(member => (AbiValue)World.AddressOf(member))]);
        _guardian = await World.DeployAsync("Guardian", World.AddressOf(Deputy), members, Timelock);
        _registry = await World.DeployAsync("StakeRegistry", AbiValue.List(_guardian), 0UL, (UInt128)1);
    }

    private async Task<bool> IsPausedAsync() => (await World.ReadAsync(_guardian, C.Paused))[0].ToBool();

    private async Task<string> RevertAsync(int by, byte[] call)
    {
        ChainAnswer answer = await World.As(by).CallAsync(new ChainCall(_guardian, call), TestContext.Current.CancellationToken);
        Assert.False(answer.IsOk);
        return RevertReason.Describe(answer.Output, C.Errors);
    }

    private async Task DoAsync(int by, byte[] call) => Assert.True((await World.SendAsync(by, new ChainCall(_guardian, call))).IsOk);
}

public sealed class GuardianInProcessTests : GuardianSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class GuardianOnAnvilTests(AnvilFixture fixture) : GuardianSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
