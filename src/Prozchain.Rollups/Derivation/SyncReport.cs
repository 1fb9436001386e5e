using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Derivation;

/// <summary>What one synchronisation brought.</summary>
/// <param name="Calls">Settlement calls read.</param>
/// <param name="RefusedCalls">Those of them that were refused.</param>
/// <param name="Batches">Batches derived.</param>
/// <param name="MissingBatch">Index of the batch whose data could not be had, at which derivation waits; -1 if none.</param>
/// <param name="Events">What happened in the settlement, in order.</param>
public readonly record struct SyncReport(long Calls, long RefusedCalls, long Batches, long MissingBatch, IReadOnlyList<SettlementEvent> Events);
