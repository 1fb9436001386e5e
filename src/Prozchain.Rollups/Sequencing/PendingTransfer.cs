namespace Prozchain.Rollups.Sequencing;

/// <summary>A place in the sequencer's pool, as an ordering policy sees it.</summary>
/// <param name="Arrival">Number of the arrival: unique, growing.</param>
/// <param name="Sender">Who sent the transfer.</param>
/// <param name="Id">The transfer's identifier.</param>
public readonly record struct PendingTransfer(long Arrival, AccountAddress Sender, Digest32 Id);
