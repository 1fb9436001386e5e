using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Adapters;

/// <summary>Who acts on the settlement layer.</summary>
internal enum SettlementRole
{
    /// <summary>Creates the contracts, and then does nothing any more.</summary>
    Deployer,

    /// <summary>Appends batches.</summary>
    Sequencer,

    /// <summary>Claims what they led to.</summary>
    Proposer,

    /// <summary>Contests what is false.</summary>
    Verifier,

    /// <summary>Anybody: brings the deposit in, forces a transaction in, freezes.</summary>
    Stranger,
}

/// <summary>Where the rollup settles: a chain with its contracts, on which the host decides what time it is.</summary>
internal abstract class SettlementLayer : IDisposable
{
    /// <summary>What each role owns at the start, in the layer's smallest unit.</summary>
    protected static UInt128 Funds => (UInt128)1_000_000 * 1_000_000_000_000_000_000;

    public static IReadOnlyList<SettlementRole> Roles { get; } = Enum.GetValues<SettlementRole>();

    /// <summary>Where the rollup's contracts are.</summary>
    public RollupAddresses Contracts { get; protected set; } = null!;

    /// <summary>The chain's number, which signed words name.</summary>
    public abstract ulong ChainId { get; }

    /// <summary>The chain as one of the roles sees it.</summary>
    public abstract ISettlementChain As(SettlementRole role);

    /// <summary>Moves the chain's clock on.</summary>
    public abstract ValueTask AdvanceAsync(ulong seconds, CancellationToken cancellationToken);

    /// <summary>Sees some work on this layer to its end; runs rounds as long as the work waits for blocks, if it is rounds that make them.</summary>
    public abstract Task RunAsync(Task work, Action runRound);

    public virtual void Dispose()
    {
    }
}
