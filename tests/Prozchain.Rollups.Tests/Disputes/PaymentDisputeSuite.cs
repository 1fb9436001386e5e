using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;
using T = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A payments rollup from the deposit to the withdrawal, with all that the product has, and somebody who lies about one step: whatever the step is, the truth becomes final.</summary>
public abstract class PaymentDisputeSuite : SettlementSuite
{
    // Of batch 1: a deposit, two forced payments of which one is junk, four payments, the end.
    private const int Steps = 8;

    private PaymentRollup _rollup = null!;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(Steps - 1)]
    [InlineData(Steps + 3)]
    public async Task Lie_AboutAStep_Falls(int step)
    {
        await FillAsync();
        ClaimableBatch truth = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        Assert.Equal(Steps, truth.Leaves.Length);
        Assert.Equal(C.LeafOf(truth.StateRoot, truth.ExitRoot), truth.Leaves.Span[^1]);
        var lie = new LyingSource(_rollup.NewNode(), 1, step);
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, lie);
        var liar = new Challenger(_rollup.Live(PaymentRollup.Proposer), At, lie);
        var honest = new Challenger(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        Assert.Equal([0UL, 1UL, 2UL], (await World.EventsAsync(At.StateChain, C.Claimed)).Select(claimed => claimed[0].ToUInt64()));

        List<ClaimMove> moves = await RollupSuite.RunAsync(() => honest.StepAsync(Cancellation), () => liar.StepAsync(Cancellation));
        Assert.Contains(ClaimMove.Contested, moves);
        Assert.Equal(17, moves.Count(move => move == ClaimMove.Played));
        Assert.Single(await World.EventsAsync(At.Tournament, T.Stepped));
        await SettleAsync(honest);

        Assert.Equal(truth.StateRoot, (await World.ReadAsync(At.StateChain, C.StateRoot, 1UL))[0].ToDigest());
        Assert.InRange(await CollectedAsync(PaymentRollup.Honest), PaymentRollup.Bond + 1, 2 * PaymentRollup.Bond - 1);
        // Whoever keeps a dispute going is repaid, the liar too: its bond is gone, but of the first claim.
        Assert.InRange(await CollectedAsync(PaymentRollup.Proposer), (UInt128)0, 20 * PaymentRollup.Disputes.MoveRefund);
        await PayAsync();
    }

    /// <summary>Four liars, each with its own tale and step, against one honest node.</summary>
    [Fact]
    public async Task Liars_AsManyAsThereAre_Fall()
    {
        await FillAsync();
        ClaimableBatch truth = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        var honest = new Challenger(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node);
        (int Account, int Step)[] liars = [(PaymentRollup.Proposer, 5), (PaymentRollup.User, 0), (PaymentRollup.Other, Steps - 1), (5, 2)];
        var parties = new List<Func<ValueTask<ClaimMove>>> { () => honest.StepAsync(Cancellation) };
        PaymentNode<KeccakTree> shared = _rollup.NewNode();
        foreach ((int account, int step) in liars)
        {
            var lie = new LyingSource(shared, 1, step, $"tale {account}");
            if (account == PaymentRollup.Proposer) await RollupSuite.RunAsync(() => new ClaimProposer(_rollup.Live(account), At, lie).StepAsync(Cancellation));
            parties.Add(() => new Challenger(_rollup.Live(account), At, lie).StepAsync(Cancellation));
        }
        for (int days = 0; (await World.EventsAsync(At.Tournament, T.Concluded)).Count == 0; days++)
        {
            Assert.True(days < 60, "Expected an end.");
            await RollupSuite.RunAsync([.. parties]);
            await World.AdvanceAsync(TimeSpan.FromHours(13));
        }
        await SettleAsync(honest);
        Assert.Equal(5, (await World.EventsAsync(At.Tournament, T.Joined)).Count);
        Assert.Equal(truth.StateRoot, (await World.ReadAsync(At.StateChain, C.StateRoot, 1UL))[0].ToDigest());
        Assert.True(await CollectedAsync(PaymentRollup.Honest) > PaymentRollup.Bond);
        await PayAsync();
    }

    protected override async Task PrepareAsync() => _rollup = await PaymentRollup.StartAsync(World);

    // Batch 0 brings deposits, 1 has a step of each kind, 2 builds upon it.
    private async Task FillAsync()
    {
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000_000);
        await _rollup.PostAsync();
        await _rollup.DepositAsync(3, 77);
        await _rollup.ForceAsync(_rollup.Pay(0, 3, 5));
        await _rollup.ForceAsync(new byte[] { 1, 2, 3 });
        await _rollup.PostAsync(_rollup.Pay(1, 2, 10), _rollup.Withdraw(1, 400), _rollup.Say(2, [4, 5]), _rollup.Withdraw(2, 9));
        await _rollup.PostAsync(_rollup.Pay(2, 1, 3));
        DerivationStatus status = await _rollup.SyncAsync();
        Assert.Equal((3UL, null), (status.Tip.NextBatch, status.WaitsFor));
        Assert.Equal(
            [TransitionStatus.Applied, TransitionStatus.Applied, TransitionStatus.Malformed, TransitionStatus.Applied, TransitionStatus.Applied, TransitionStatus.Applied, TransitionStatus.Applied],
            _rollup.Batches[1].Statuses.ToArray());
    }

    private async Task SettleAsync(Challenger honest)
    {
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node);
        for (int weeks = 0; weeks < 4; weeks++)
        {
            await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
            await RollupSuite.RunAsync(() => honest.StepAsync(Cancellation), () => proposer.StepAsync(Cancellation));
        }
        Assert.Equal(3UL, (await World.ReadAsync(At.StateChain, C.FinalCount))[0].ToUInt64());
    }

    // What left the rollup is in a batch that became final together with a later one.
    private async Task PayAsync()
    {
        L1Address user = World.AddressOf(PaymentRollup.User);
        UInt128 before = await World.BalanceOfAsync(user);
        await World.DoAsync(PaymentRollup.Other, At.Bridge, BridgeContract.Withdraw, 0, _rollup.WithdrawalOf(1, 0));
        await World.DoAsync(PaymentRollup.Other, At.Bridge, BridgeContract.Withdraw, 0, _rollup.WithdrawalOf(1, 2));
        Assert.Equal(before + 409, await World.BalanceOfAsync(user));
        Assert.Equal("AlreadyTaken(1, 0)", await World.RevertAsync(PaymentRollup.Other, At.Bridge, BridgeContract.Withdraw, 0, BridgeContract.Errors, _rollup.WithdrawalOf(1, 0)));
    }

    private async Task<UInt128> CollectedAsync(int account)
    {
        UInt128 sum = 0;
        foreach (AbiValue each in await World.EventsAsync(At.Tournament, T.Collected))
            if (each[1].ToAddress() == World.AddressOf(account)) sum += each[2].ToUInt128();
        return sum;
    }
}

public sealed class PaymentDisputeInProcessTests : PaymentDisputeSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class PaymentDisputeOnAnvilTests(AnvilFixture fixture) : PaymentDisputeSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
