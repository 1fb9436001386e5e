using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>A settlement layer that lets something happen just before logs are read.</summary>
internal sealed class HookedChain(ISettlementChain chain) : ISettlementChain
{
    /// <summary>Is told the first block of each reading.</summary>
    public Func<ulong, Task>? Reading { get; set; }

    public L1Address Account => chain.Account;

    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => chain.FindBlockAsync(number, finality, cancellationToken);

    public async ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken)
    {
        if (Reading is { } reading) await reading(first);
        await chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);
    }

    public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => chain.CallAsync(call, cancellationToken);

    public ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken) => chain.SendAsync(call, cancellationToken);
}
