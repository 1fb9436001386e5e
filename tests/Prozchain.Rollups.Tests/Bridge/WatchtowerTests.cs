using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Bridge;

/// <summary>The watchtower finds what is wrong, says what to do, and is silent about what is well.</summary>
public sealed class WatchtowerTests : IDerivedTruth, IAsyncDisposable
{
    private const ulong Day = 86_400;
    private static readonly UInt128 s_fee = 1_000_000_000_000_000;
    private static readonly Digest32 s_one = new(Hashing.Keccak("one"u8)), s_two = new(Hashing.Keccak("two"u8));

    private readonly InProcessWorld _world = new();
    private readonly Dictionary<ulong, DerivedRoots> _roots = [];
    private readonly CircuitBreaker _breaker = new(3_600, 7_200);
    private DerivedTotals? _totals;
    private WatchedContracts _contracts = null!;
    private Watchtower _tower = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claims_ThatTheDataDoesNotBearOut_AreToBeContested()
    {
        await StartAsync();
        await _world.DoAsync(1, _contracts.Finality, TestFinalityTwin.Claim, 0, 0UL, s_one, s_two);
        ulong at = (await _world.BlockAsync()).TimestampSeconds;
        // Not derived yet: nothing can be said.
        Assert.Empty(await _tower.LookAsync(Cancellation));
        _roots[0] = new DerivedRoots(s_one, s_two);
        Assert.Empty(await _tower.LookAsync(Cancellation));
        _roots[0] = new DerivedRoots(s_one, s_one);
        Assert.Equal([new Alarm(AlarmKind.WrongClaim, 0, AlarmAction.ContestClaim, at + _contracts.ChallengePeriod)], await _tower.LookAsync(Cancellation));
        Assert.False(_breaker.IsOpen(at));
        await _world.DoAsync(1, _contracts.Finality, TestFinalityTwin.Set, 0, s_one, s_two);
        Assert.Equal([new Alarm(AlarmKind.WrongFinal, 0, AlarmAction.AskForPause)], await _tower.LookAsync(Cancellation));
        Assert.True(_breaker.IsOpen(at + 1));
    }

    [Fact]
    public async Task Value_ThatDoesNotAddUp_TripsTheBreakerForAWhile()
    {
        await StartAsync();
        await _world.DoAsync(1, _contracts.Bridge, BridgeContract.DepositEther, s_fee + 500, 500UL, 1UL, s_one);
        await _world.DoAsync(0, _contracts.Inbox, InboxContract.AppendCalldata, 0, 0UL, AbiValue.Of(new byte[1]), 1UL, await _world.NoItemsAsync());
        _totals = new DerivedTotals(1, 400, 100);
        Assert.Empty(await _tower.LookAsync(Cancellation));
        _totals = new DerivedTotals(1, 401, 100);
        Assert.Equal([new Alarm(AlarmKind.LiabilityMismatch, 0, AlarmAction.AskForPause, 0, 500, 501)], await _tower.LookAsync(Cancellation));
        ulong now = (await _world.BlockAsync()).TimestampSeconds;
        Assert.True(_breaker.IsOpen(now + 3_599));
        Assert.False(_breaker.IsOpen(now + 3_600));
        await _world.AdvanceAsync(TimeSpan.FromSeconds(4_000));
        Assert.Single(await _tower.LookAsync(Cancellation));
        Assert.False(_breaker.IsOpen(now + 4_000));
        await _world.AdvanceAsync(TimeSpan.FromSeconds(7_000));
        Assert.Single(await _tower.LookAsync(Cancellation));
        Assert.True(_breaker.IsOpen(now + 11_001));
    }

    /// <summary>A deposit that the bridge logged and the chain then dropped is not missed.</summary>
    [Fact]
    public async Task Reorganisation_LeavesNothingBehind()
    {
        await StartAsync();
        await _world.DoAsync(1, _contracts.Bridge, BridgeContract.DepositEther, s_fee + 500, 500UL, 1UL, s_one);
        Assert.Empty(await _tower.LookAsync(Cancellation));
        await _world.ReorganiseAsync(1);
        Assert.Empty(await _tower.LookAsync(Cancellation));
        await _world.DoAsync(1, _contracts.Bridge, BridgeContract.DepositEther, s_fee + 70, 70UL, 1UL, s_one);
        for (int i = 0; i < 80; i++) await _world.AdvanceAsync(TimeSpan.Zero);
        _totals = new DerivedTotals(0, 0, 0);
        Assert.Empty(await _tower.LookAsync(Cancellation));
        Assert.Empty(await _tower.LookAsync(Cancellation));
        _totals = new DerivedTotals(1, 70, 0);
        Assert.Empty(await _tower.LookAsync(Cancellation));
    }

    [Fact]
    public async Task Data_Queue_Pause_AndWayOut_AreReported()
    {
        await StartAsync();
        await _world.DoAsync(0, _contracts.Finality, TestFinalityTwin.Set, 0, s_one, s_two);
        AbiValue list = await _world.NoItemsAsync();
        await _world.DoAsync(0, _contracts.Inbox, InboxContract.AppendCertified, 0, 0UL, s_one, 5UL, AbiValue.Of(ReadOnlyMemory<byte>.Empty), 0UL, list);
        ChainBlock block = await _world.BlockAsync();
        AbiValue batch = AbiValue.List(new Digest32(), 2UL, InboxContract.CommitmentOf(s_one, list), 0UL, new Digest32(), block.Number, block.TimestampSeconds);
        await _world.DoAsync(1, _contracts.Challenges, DataChallengeContract.Challenge, 5, 0UL, batch, 0UL);
        ulong deadline = (await _world.BlockAsync()).TimestampSeconds + Day;
        await _world.DoAsync(1, _contracts.Inbox, InboxContract.Enqueue, s_fee, AbiValue.Of(new byte[1]));
        ulong queued = (await _world.BlockAsync()).TimestampSeconds;
        Assert.Equal([new Alarm(AlarmKind.DataChallenged, 0, AlarmAction.AnswerChallenge, deadline)], await _tower.LookAsync(Cancellation));

        await _world.AdvanceAsync(TimeSpan.FromSeconds(Day + 10));
        await _world.DoAsync(1, _contracts.Challenges, DataChallengeContract.Expire, 0, 0UL, 0UL);
        await _world.DoAsync(2, _contracts.Guardian, GuardianContract.Pause, 0);
        ulong paused = (await _world.BlockAsync()).TimestampSeconds + GuardianContract.PauseSeconds;
        Assert.Equal(
            [
                new Alarm(AlarmKind.DataWithheld, 0, AlarmAction.DeriveEmpty), new Alarm(AlarmKind.ForcedOverdue, 0, AlarmAction.AppendBatch, queued + Day),
                new Alarm(AlarmKind.Paused, paused, AlarmAction.Wait, paused),
            ],
            await _tower.LookAsync(Cancellation));

        ulong delay = (await _world.ReadAsync(_contracts.Hatch, EscapeHatchContract.Delay))[0].ToUInt64();
        await _world.AdvanceAsync(TimeSpan.FromSeconds(delay - Day));
        Assert.Contains(await _tower.LookAsync(Cancellation), alarm => alarm is { Kind: AlarmKind.ExitNear, Action: AlarmAction.FinalizeOrFreeze });
        await _world.AdvanceAsync(TimeSpan.FromSeconds(Day));
        await _world.DoAsync(1, _contracts.Hatch, EscapeHatchContract.Freeze, 0);
        Assert.Contains(await _tower.LookAsync(Cancellation), alarm => alarm is { Kind: AlarmKind.Frozen, Subject: 1, Action: AlarmAction.Escape });
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    ValueTask<DerivedRoots?> IDerivedTruth.FindRootsAsync(ulong batch, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DerivedRoots?>(_roots.TryGetValue(batch, out DerivedRoots roots) ? roots : null);

    ValueTask<DerivedTotals?> IDerivedTruth.FindTotalsAsync(uint token, CancellationToken cancellationToken) => ValueTask.FromResult(_totals);

    private async Task StartAsync()
    {
        L1Address inbox = await _world.DeployAsync("Inbox", _world.AddressOf(0), AbiValue.List(), 0UL), finality = await _world.DeployAsync("TestFinality");
        await _world.DoAsync(0, finality, TestFinalityTwin.Claim, 0, 99UL, s_one, s_two);
        AbiValue members = AbiValue.List([.. Enumerable.Range(3, 8).Select(member => (AbiValue)_world.AddressOf(member))]);
        L1Address guardian = await _world.DeployAsync("Guardian", _world.AddressOf(2), members, Day), hatch = await _world.NextContractAsync(1);
        L1Address bridge = await _world.DeployAsync("Bridge", inbox, finality, guardian, hatch, 9UL, 600UL, Day, 200UL, default(L1Address));
        await _world.DeployAsync("EscapeHatch", finality, bridge, inbox, 30 * Day, AbiValue.List(7 * Day, 7 * Day, Day, 4UL, 21UL, 1UL, 3_600UL, Day), AbiValue.List(default(L1Address), default(L1Address)));
        _contracts = new WatchedContracts
        {
            Inbox = inbox, Bridge = bridge, Finality = finality, Guardian = guardian, Hatch = hatch, Challenges = await _world.DeployAsync("DataChallenge", inbox, Day, Day, 5UL),
        };
        _tower = new Watchtower(_world.As(0), this, _contracts, _breaker);
    }
}
