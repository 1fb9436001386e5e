namespace Prozchain.Rollups.Bridge;

/// <summary>What a node worked out by itself from the settlement layer and the data, to hold claims and contracts against.</summary>
/// <remarks>
/// An implementer owes: answers come from its own derivation, never from a claim; those about a batch do not change unless
/// the settlement layer was reorganised. Waits for nothing: what is not derived yet is null. Safe from many threads.
/// </remarks>
public interface IDerivedTruth
{
    /// <summary>The roots after a batch; null if it is not derived yet.</summary>
    /// <param name="batch">The number of the batch in the Inbox.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<DerivedRoots?> FindRootsAsync(ulong batch, CancellationToken cancellationToken);

    /// <summary>What the rollup owes of a token after the newest batch that is derived; null before the first.</summary>
    /// <param name="token">The token's number.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<DerivedTotals?> FindTotalsAsync(uint token, CancellationToken cancellationToken);
}

/// <summary>The state after a batch and what left in it.</summary>
/// <param name="StateRoot">Root of the state.</param>
/// <param name="ExitRoot">Root over the batch's effects.</param>
public readonly record struct DerivedRoots(Digest32 StateRoot, Digest32 ExitRoot);

/// <summary>A token's sums after some batch.</summary>
/// <param name="ForcedTaken">Forced items that were taken until then, deposits among them.</param>
/// <param name="Supply">Units that accounts of the rollup own.</param>
/// <param name="Left">Units that withdrawals took out, in all batches so far.</param>
public readonly record struct DerivedTotals(ulong ForcedTaken, UInt128 Supply, UInt128 Left);
