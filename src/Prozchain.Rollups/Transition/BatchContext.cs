namespace Prozchain.Rollups.Transition;

/// <summary>What a transition may know besides the state and the transaction: the batch it stands in, in terms of the settlement layer.</summary>
/// <param name="ChainId">The rollup's number.</param>
/// <param name="Number">Number of the batch, from 0.</param>
/// <param name="TimestampSeconds">The batch's time in seconds since 1970, as posted with it; never falls from batch to batch.</param>
/// <param name="L1Block">Number of the settlement layer's block that the batch builds on; never falls. 0 where batches are listed.</param>
public readonly record struct BatchContext(ulong ChainId, ulong Number, ulong TimestampSeconds, ulong L1Block);
