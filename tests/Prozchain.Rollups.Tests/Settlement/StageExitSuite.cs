using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.StateChainContract;
using G = Prozchain.Rollups.Evm.GuardianContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// L2BEAT's keys about leaving (2026): somebody takes nearly all there is out of a rollup whose sequencer and proposer do nothing, while
/// those who hold the guardian do what they can against it.
/// </summary>
public abstract class StageExitSuite : SettlementSuite
{
    private const ulong Day = 86_400, Longest = 35 * Day;
    private const int Quorum = 6;

    private int _pauses;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UsersCanExitWithoutCooperation()
    {
        using PaymentRollup rollup = await StartedAsync();
        // As long as the day has not passed it takes the sequencer's cooperation.
        Assert.Equal($"NotSequencer({World.AddressOf(PaymentRollup.Other)})", await RefusedAsync(rollup));
        Assert.NotNull(await ExitAsync(rollup, members: 0));
    }

    [Theory]
    [InlineData(20, false, false)]
    [InlineData(30, true, false)]
    [InlineData(null, true, true)]
    public async Task UsersHave7DaysToExit_DelayWith30DExitWindow(int? days, bool has7, bool has30)
    {
        using PaymentRollup rollup = await StartedAsync(plan => days is null ? plan : plan with { Timelock = (ulong)days * Day });
        // The council announces a call, and somebody who does not like it leaves from then on.
        ulong announced = (await World.BlockAsync()).TimestampSeconds;
        byte[] data = C.FinalCount.Encode();
        for (int i = 0; i < Quorum; i++) await World.DoAsync(i, rollup.At.Guardian, G.ApproveCall, 0, rollup.At.StateChain, AbiValue.Of(data), new Digest32());
        ulong ready = (await World.ReadAsync(rollup.At.Guardian, G.ReadyAt, G.IdOf(rollup.At.Guardian, 2, rollup.At.StateChain, data, default)))[0].ToUInt64();
        ulong needed = (await ExitAsync(rollup, members: 0))!.Value, window = ready - announced - Math.Min(needed, ready - announced);
        Assert.Equal((has7, has30), (window >= 7 * Day, window >= 30 * Day));
    }

    /// <summary>Nobody but three quarters of the council can block a withdrawal for good.</summary>
    [Theory]
    [InlineData(Quorum - 1, true)]
    [InlineData(Quorum, false)]
    public async Task Principle(int members, bool isPaid)
    {
        using PaymentRollup rollup = await StartedAsync();
        Assert.Equal(isPaid, await ExitAsync(rollup, members) is not null);
        Assert.True(_pauses > 1);
    }

    protected override Task PrepareAsync() => Task.CompletedTask;

    private async Task<PaymentRollup> StartedAsync(Func<RollupPlan, RollupPlan>? change = null)
    {
        PaymentRollup rollup = await PaymentRollup.StartAsync(World, change: change);
        await rollup.DepositAsync(0, 1_000_000);
        await rollup.PostAsync();
        return rollup;
    }

    private Task<string> RefusedAsync(PaymentRollup rollup) => AppendAsync(rollup, isTried: true);

    // What a stranger appends takes the next forced item and nothing else.
    private async Task<string> AppendAsync(PaymentRollup rollup, bool isTried)
    {
        AbiValue[] call = [(await World.ReadAsync(rollup.At.Inbox, InboxContract.BatchCount))[0], AbiValue.Of(ReadOnlyMemory<byte>.Empty), isTried ? 0UL : 1UL, await World.NoItemsAsync()];
        if (isTried) return await World.RevertAsync(PaymentRollup.Other, rollup.At.Inbox, InboxContract.AppendCalldata, 0, InboxContract.Errors, call);
        await World.DoAsync(PaymentRollup.Other, rollup.At.Inbox, InboxContract.AppendCalldata, 0, call);
        return "";
    }

    // Seconds from the decision to leave until all is paid; null if it is not within thirty-five days.
    private async Task<ulong?> ExitAsync(PaymentRollup rollup, int members)
    {
        ulong start = (await World.BlockAsync()).TimestampSeconds;
        var refuge = new L1Address([.. Enumerable.Repeat((byte)0x77, 20)]);
        await rollup.ForceAsync(rollup.Withdraw(0, 900_000, refuge));
        await World.AdvanceAsync(TimeSpan.FromSeconds(InboxContract.OpenDelaySeconds + 60));
        await AppendAsync(rollup, isTried: false);
        await rollup.SyncAsync();
        var stranger = new ClaimProposer(rollup.Live(PaymentRollup.Other), rollup.At, rollup.Node);
        Assert.Equal([TransitionStatus.Applied], rollup.Batches[1].Statuses.ToArray());
        while (true)
        {
            ulong now = (await World.BlockAsync()).TimestampSeconds;
            if (now > start + Longest) return null;
            if (members > 0) await PauseAsync(rollup, members);
            await RollupSuite.RunAsync(() => stranger.StepAsync(Cancellation));
            await TryAsync(rollup, B.Withdraw, rollup.WithdrawalOf(1, 0));
            foreach (AbiValue e in await World.EventsAsync(rollup.At.Bridge, B.Delayed)) await TryAsync(rollup, B.Release, e[0], e[1], e[3], e[4], e[2]);
            if (await World.BalanceOfAsync(refuge) == 900_000) return now - start;
            await World.AdvanceAsync(TimeSpan.FromDays(1));
        }
    }

    // The deputy whenever it may, and members of the council, each time anew.
    private async Task PauseAsync(PaymentRollup rollup, int members)
    {
        if (await TryAsync(rollup.Live(PaymentRollup.Sequencer), rollup.At.Guardian, G.Pause)) _pauses++;
        var salt = new Digest32(Hashing.Keccak(BitConverter.GetBytes((await World.BlockAsync()).TimestampSeconds)));
        for (int i = 0; i < members; i++) await World.DoAsync(i, rollup.At.Guardian, G.ApprovePause, 0, salt);
    }

    private static Task<bool> TryAsync(PaymentRollup rollup, AbiFunction function, params AbiValue[] arguments) => TryAsync(rollup.Live(PaymentRollup.Other), rollup.At.Bridge, function, arguments);

    private static async Task<bool> TryAsync(ISettlementChain chain, L1Address contract, AbiFunction function, params AbiValue[] arguments) =>
        await new ChainCaller(chain).TrySendAsync(contract, function, 0, Cancellation, arguments);
}

public sealed class StageExitInProcessTests : StageExitSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class StageExitOnAnvilTests(AnvilFixture fixture) : StageExitSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
