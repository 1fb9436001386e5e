using Prozchain.Rollups.Payments;

namespace Prozchain.Devnet.Stages;

/// <summary>The rollup as a run sees it, whatever its hash.</summary>
internal interface IRollupStage : IDisposable
{
    /// <summary>What all accounts of the rollup have together, those who left not counted.</summary>
    UInt128 TotalBalance { get; }

    /// <summary>What the bridge holds for the rollup.</summary>
    UInt128 Escrow { get; }

    /// <summary>What the bridge paid out.</summary>
    UInt128 Left { get; }

    /// <summary>Root of its newest state, hexadecimal.</summary>
    string StateRoot { get; }

    /// <summary>Derives what was posted before, starts the sequencer where it ended, and sees to it that every sender has its fund. Returns the workload's payments in batches so far.</summary>
    /// <exception cref="RunUnusableException">The data of a posted batch is gone.</exception>
    Task<long> StartAsync(CancellationToken cancellationToken);

    /// <summary>Hands one payment in.</summary>
    void Submit(in Payment payment);

    /// <summary>Claims what is posted, then batches, posts and claims while enough payments wait.</summary>
    /// <param name="all">True at the end of the workload: a last batch may be short.</param>
    /// <param name="cancellationToken">Ends the work between two rounds.</param>
    Task SettleAsync(bool all, CancellationToken cancellationToken);

    /// <summary>Shows what was asked for, and lets time pass until every batch is final.</summary>
    /// <exception cref="RunBrokenException">Something is final that does not follow from the posted data.</exception>
    Task FinishAsync(CancellationToken cancellationToken);
}
