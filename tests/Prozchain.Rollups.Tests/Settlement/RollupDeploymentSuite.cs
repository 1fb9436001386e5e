using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Creating a rollup's contracts, cut off anywhere, and gone on with.</summary>
public abstract class RollupDeploymentSuite : SettlementSuite
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Deployment_CutOff_GoesOnWhereItWas(int sent)
    {
        RollupPlan plan = null!;
        using PaymentRollup other = await PaymentRollup.StartAsync(World, change: wanted => plan = wanted);
        ISettlementChain chain = other.Live(PaymentRollup.Sequencer);
        ulong count = await World.NonceAsync(PaymentRollup.Sequencer);
        if (sent < 12) await Assert.ThrowsAsync<TimeoutException>(() => RollupDeployment.DeployAsync(new Crashing(chain, sent), plan, count, Cancellation).AsTask());
        else await RollupDeployment.DeployAsync(chain, plan, count, Cancellation);
        Assert.Equal(count + (ulong)sent, await World.NonceAsync(PaymentRollup.Sequencer));

        RollupAddresses at = await RollupDeployment.DeployAsync(chain, plan, count, Cancellation);
        Assert.Equal(count + 12, await World.NonceAsync(PaymentRollup.Sequencer));
        Assert.Equal(L1Address.OfCreated(chain.Account, count), at.Guardian);
        await World.DoAsync(PaymentRollup.User, at.Bridge, BridgeContract.DepositEther, 500 + PaymentRollup.MostFee, (UInt128)500, 1UL, other.AddressOf(0).Digest);
        Assert.Equal((UInt128)500, await new RollupUser(chain, at).EscrowAsync(0, Cancellation));
    }

    /// <summary>Something else was sent from the account: its contracts would not find each other.</summary>
    [Fact]
    public async Task Deployment_OfAnAccountThatDidSomethingElse_IsRefused()
    {
        RollupPlan plan = null!;
        using PaymentRollup other = await PaymentRollup.StartAsync(World, change: wanted => plan = wanted);
        ISettlementChain chain = other.Live(PaymentRollup.Sequencer);
        ulong count = await World.NonceAsync(PaymentRollup.Sequencer);
        await Assert.ThrowsAsync<TimeoutException>(() => RollupDeployment.DeployAsync(new Crashing(chain, 3), plan, count, Cancellation).AsTask());
        await World.DoAsync(PaymentRollup.Sequencer, other.At.Inbox, InboxContract.Enqueue, PaymentRollup.MostFee, AbiValue.Of(new byte[1]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => RollupDeployment.DeployAsync(chain, plan, count, Cancellation).AsTask());
    }

    protected override Task PrepareAsync() => Task.CompletedTask;

    private sealed class Crashing(ISettlementChain chain, int sends) : ISettlementChain
    {
        private int _sent;

        public L1Address Account => chain.Account;

        public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => chain.FindBlockAsync(number, finality, cancellationToken);

        public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) => chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);

        public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => chain.CallAsync(call, cancellationToken);

        public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => _sent++ < sends ? chain.SendAsync(call, cancellationToken) : throw new TimeoutException();
    }
}

public sealed class RollupDeploymentInProcessTests : RollupDeploymentSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class RollupDeploymentOnAnvilTests(AnvilFixture fixture) : RollupDeploymentSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
