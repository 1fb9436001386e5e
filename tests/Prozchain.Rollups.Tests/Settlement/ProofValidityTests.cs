using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Payments;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.ProvenChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Validity mode of numbered accounts, in process: there are no claims, each batch is proven by who executes it again out of its record.</summary>
public sealed class ProofValidityTests : SettlementSuite
{
    private ProofRollup _rollup = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Withdrawal_IsPaidOnceItsBatchIsProven()
    {
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000);
        await _rollup.PostAsync();
        await _rollup.PostAsync(_rollup.Pay(0, 1, 10), _rollup.Withdraw(1, 30));
        await _rollup.PostAsync(_rollup.Pay(1, 2, 10));
        var prover = new ProofProposer(_rollup.Live(ProofRollup.Proposer), _rollup.At, _rollup.Node, [(0, _rollup.Proofs)]);
        Assert.Equal([ClaimMove.Proven, ClaimMove.Proven, ClaimMove.Proven], await RollupSuite.RunAsync(() => prover.StepAsync(Cancellation)));
        Assert.Equal("NotFinal(1)", await World.RevertAsync(ProofRollup.User, _rollup.At.Bridge, B.Withdraw, 0, B.Errors, _rollup.WithdrawalOf(1, 0)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(_rollup.Plan.Finality.ValidityDelay + 1));
        Assert.Equal([ClaimMove.Finalized], await RollupSuite.RunAsync(() => prover.StepAsync(Cancellation)));
        UInt128 before = await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other));
        await World.DoAsync(ProofRollup.User, _rollup.At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, 0));
        Assert.Equal(before + 30, await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other)));
        Assert.Equal(3UL, (await World.ReadAsync(_rollup.At.StateChain, C.FinalCount))[0].ToUInt64());
    }

    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());

    protected override async Task PrepareAsync() =>
        _rollup = await ProofRollup.StartAsync(World, ProofRollup.HostOn((InProcessWorld)World, new HashVerifier()), ProofRollupSetup.Many with { Mode = FinalityMode.Validity });
}
