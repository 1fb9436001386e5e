using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;
using T = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A payments rollup whose signatures are of Ed25519, from the deposit to the withdrawal: a step that is disputed checks one on the settlement layer.</summary>
public abstract class Ed25519RollupSuite : SettlementSuite
{
    private PaymentRollup _rollup = null!;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A lie about a payment that is signed, and about one that is forged.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Lie_AboutASignature_Falls(int step)
    {
        for (int i = 0; i < 2; i++) await _rollup.DepositAsync(i, 1_000_000);
        await _rollup.PostAsync();
        Payment forged = PaymentMessage.Sign(new Payment { Sender = _rollup.AddressOf(1), Recipient = _rollup.AddressOf(0), Amount = 500 }, _rollup.Person(0), PaymentRollup.ChainId);
        forged = forged with { Signed = forged.Signed with { PublicKey = _rollup.Person(1).PublicKey } };
        await _rollup.AppendAsync([_rollup.Pay(0, 1, 10), forged, _rollup.Withdraw(0, 400)], 0, isInCall: true);
        DerivationStatus status = await _rollup.SyncAsync();
        Assert.Equal((2UL, null), (status.Tip.NextBatch, status.WaitsFor));
        Assert.Equal([TransitionStatus.Applied, TransitionStatus.BadSignature, TransitionStatus.Applied], _rollup.Batches[1].Statuses.ToArray());

        var lie = new LyingSource(_rollup.Node, 1, step);
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, lie);
        var liar = new Challenger(_rollup.Live(PaymentRollup.Proposer), At, lie);
        var honest = new Challenger(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await RollupSuite.RunAsync(() => honest.StepAsync(Cancellation), () => liar.StepAsync(Cancellation));
        Assert.Single(await World.EventsAsync(At.Tournament, T.Stepped));

        var truth = new ClaimProposer(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node);
        for (int weeks = 0; weeks < 3; weeks++)
        {
            await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
            await RollupSuite.RunAsync(() => honest.StepAsync(Cancellation), () => truth.StepAsync(Cancellation));
        }
        Assert.Equal(status.Tip.Root, (await World.ReadAsync(At.StateChain, C.StateRoot, 1UL))[0].ToDigest());
        L1Address user = World.AddressOf(PaymentRollup.User);
        UInt128 before = await World.BalanceOfAsync(user);
        await World.DoAsync(PaymentRollup.Other, At.Bridge, BridgeContract.Withdraw, 0, _rollup.WithdrawalOf(1, 0));
        Assert.Equal(before + 400, await World.BalanceOfAsync(user));
    }

    protected override async Task PrepareAsync() => _rollup = await PaymentRollup.StartAsync(World, isEd25519: true);
}

public sealed class Ed25519RollupInProcessTests : Ed25519RollupSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class Ed25519RollupOnAnvilTests(AnvilFixture fixture) : Ed25519RollupSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
