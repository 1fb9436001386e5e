using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Derivation;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Sequencing;

/// <summary>The sequencer's account, whoever stands for it now; in process, each call gets a block.</summary>
internal sealed class LiveChain(SettlementWorld world) : ISettlementChain
{
    public L1Address Account => world.AddressOf(RollupHarness.Sequencer);

    private ISettlementChain Chain => world.As(RollupHarness.Sequencer);

    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => Chain.FindBlockAsync(number, finality, cancellationToken);

    public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) =>
        Chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);

    public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => Chain.CallAsync(call, cancellationToken);

    public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => new(world.SendAsync(RollupHarness.Sequencer, call));
}
