using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using B = Prozchain.Rollups.Evm.BridgeContract;

namespace Prozchain.Rollups.Tests.Bridge;

/// <summary>The watchtower over a rollup as it is used: silent while all goes well, and every lie has its alarm.</summary>
public abstract class WatchtowerRollupSuite : SettlementSuite
{
    private readonly CircuitBreaker _breaker = new(3_600, 7_200);
    private PaymentRollup _rollup = null!;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HonestRollup_RaisesNoAlarm()
    {
        await QuietAsync();
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000);
        await QuietAsync();
        await _rollup.PostAsync();
        await QuietAsync();
        await _rollup.ForceAsync(_rollup.Pay(0, 1, 5));
        await _rollup.DepositAsync(4, 70);
        await _rollup.PostAsync(_rollup.Pay(1, 2, 10), _rollup.Withdraw(1, 40));
        await QuietAsync();
        Assert.Equal(new DerivedTotals(5, 3_030, 40), await _rollup.Node.FindTotalsAsync(0, Cancellation));
        Assert.Equal(new DerivedTotals(5, 0, 0), await _rollup.Node.FindTotalsAsync(3, Cancellation));
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await QuietAsync();
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await QuietAsync();
        await World.DoAsync(PaymentRollup.Other, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, 0));
        await QuietAsync();
        await World.ReorganiseAsync(1);
        await QuietAsync();
    }

    [Fact]
    public async Task FalseClaim_IsToBeContested_AndOneThatIsFinalStopsWithdrawals()
    {
        await _rollup.DepositAsync(0, 1_000);
        await _rollup.PostAsync();
        await _rollup.PostAsync(_rollup.Pay(0, 1, 5));
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, new LyingSource(_rollup.Node, 1, 0));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        AbiValue claim = (await World.EventsAsync(At.StateChain, StateChainContract.Claimed))[^1];
        Assert.Equal([new Alarm(AlarmKind.WrongClaim, 1, AlarmAction.ContestClaim, claim[7].ToUInt64() + PaymentRollup.Period)], await LookAsync());
        // Nobody contests it.
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        Assert.Equal([new Alarm(AlarmKind.WrongFinal, 1, AlarmAction.AskForPause)], await LookAsync());
        Assert.True(_breaker.IsOpen((await World.BlockAsync()).TimestampSeconds));
    }

    [Fact]
    public async Task ListThatIsNotShown_IsReported_AndThenDerivedAsEmpty()
    {
        await _rollup.DepositAsync(0, 1_000);
        await _rollup.PostAsync();
        await _rollup.AppendUnreadAsync([new byte[] { 1 }], isShown: null);
        Alarm alarm = Assert.Single(await LookAsync());
        Assert.Equal((AlarmKind.DataChallenged, 1UL, AlarmAction.AnswerChallenge), (alarm.Kind, alarm.Subject, alarm.Action));
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Day + 60));
        await World.DoAsync(PaymentRollup.User, At.DataChallenge, DataChallengeContract.Expire, 0, 1UL, DataChallengeContract.List);
        Assert.Equal([new Alarm(AlarmKind.DataWithheld, 1, AlarmAction.DeriveEmpty)], await LookAsync());
        DerivedRoots before = (await _rollup.Node.FindRootsAsync(0, Cancellation))!.Value, after = (await _rollup.Node.FindRootsAsync(1, Cancellation))!.Value;
        Assert.Equal(before.StateRoot, after.StateRoot);
    }

    [Fact]
    public async Task ForcedItemLeftOut_IsReported()
    {
        await _rollup.DepositAsync(0, 1_000);
        ulong queued = (await World.BlockAsync()).TimestampSeconds;
        await World.AdvanceAsync(TimeSpan.FromSeconds(InboxContract.ForcedDelaySeconds + 1));
        Assert.Equal([new Alarm(AlarmKind.ForcedOverdue, 0, AlarmAction.AppendBatch, queued + InboxContract.OpenDelaySeconds)], await LookAsync());
    }

    /// <summary>A settlement layer that tells more than there was: of what came in, or of what is held.</summary>
    [Theory]
    [InlineData(true, true, AlarmKind.LiabilityMismatch)]
    [InlineData(false, true, AlarmKind.EscrowMismatch)]
    public async Task Value_ThatDoesNotAddUp_StopsWithdrawals(bool isDepositTold, bool isEscrowTold, AlarmKind kind)
    {
        await _rollup.DepositAsync(0, 1_000);
        await _rollup.PostAsync();
        Alarm alarm = Assert.Single(await LookAsync(new Told(World.As(0), At.Bridge, isDepositTold, isEscrowTold)));
        Assert.Equal((kind, 0UL, AlarmAction.AskForPause), (alarm.Kind, alarm.Subject, alarm.Action));
        Assert.True(_breaker.IsOpen((await World.BlockAsync()).TimestampSeconds));
    }

    [Fact]
    public async Task RollupThatStandsStill_IsReported_UntilEverybodyLeaves()
    {
        ulong delay = (await World.ReadAsync(At.EscapeHatch, EscapeHatchContract.Delay))[0].ToUInt64();
        await World.AdvanceAsync(TimeSpan.FromSeconds(delay - PaymentRollup.Day));
        Assert.Equal(AlarmKind.ExitNear, Assert.Single(await LookAsync()).Kind);
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Day + 1));
        await World.DoAsync(PaymentRollup.User, At.EscapeHatch, EscapeHatchContract.Freeze, 0);
        await World.DoAsync(PaymentRollup.Sequencer, At.Guardian, GuardianContract.Pause, 0);
        Assert.Equal([AlarmKind.Frozen, AlarmKind.Paused], (await LookAsync()).Select(alarm => alarm.Kind));
    }

    protected override async Task PrepareAsync() => _rollup = await PaymentRollup.StartAsync(World);

    private async Task QuietAsync() => Assert.Empty(await LookAsync());

    private async Task<IReadOnlyList<Alarm>> LookAsync(ISettlementChain? chain = null)
    {
        await _rollup.SyncAsync();
        var contracts = new WatchedContracts
        {
            Inbox = At.Inbox, Bridge = At.Bridge, Finality = At.StateChain, Hatch = At.EscapeHatch, Guardian = At.Guardian, Challenges = At.DataChallenge, FirstBlock = _rollup.Rules.FirstBlock,
        };
        return await new Watchtower(chain ?? World.As(0), _rollup.Node, contracts, _breaker).LookAsync(Cancellation);
    }

    // One unit more, in what the bridge logged or in what it says it holds.
    private sealed class Told(ISettlementChain chain, L1Address bridge, bool isDepositTold, bool isEscrowTold) : ISettlementChain
    {
        public L1Address Account => chain.Account;

        public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => chain.FindBlockAsync(number, finality, cancellationToken);

        public async ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken)
        {
            var read = new List<ChainLog>();
            await chain.ReadLogsAsync(first, last, contracts, read, cancellationToken);
            foreach (ChainLog log in read)
            {
                bool isDeposit = isDepositTold && B.Deposited.TryDecode(log.TopicList(), log.Data, out _) == AbiReadResult.Ok && log.Contract == bridge;
                byte[] data = log.Data.ToArray();
                // The amount is the second word.
                if (isDeposit) data[63]++;
                logs.Add(log with { Data = data });
            }
        }

        public async ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken)
        {
            ChainAnswer answer = await chain.CallAsync(call, cancellationToken);
            if (!isEscrowTold || call.To != bridge) return answer;
            byte[] output = answer.Output.ToArray();
            output[31]++;
            return answer with { Output = output };
        }

        public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => chain.SendAsync(call, cancellationToken);
    }
}

public sealed class WatchtowerRollupInProcessTests : WatchtowerRollupSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class WatchtowerRollupOnAnvilTests(AnvilFixture fixture) : WatchtowerRollupSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
