namespace Prozchain.Rollups.Derivation;

/// <summary>How far a node has come.</summary>
/// <param name="Tip">Where the chain of batches stands.</param>
/// <param name="ReadTo">The settlement layer's newest block that it has looked at.</param>
/// <param name="Finalized">Its newest block that never changes.</param>
/// <param name="WaitsFor">
/// The batch whose data cannot be had now, if there is one: a case for a data challenge. Nothing after it can be known before
/// its data comes, or the challenge ends without it.
/// </param>
/// <param name="WasUndone">Whether batches were undone since the last answer.</param>
public readonly record struct DerivationStatus(DerivedTip Tip, ulong ReadTo, ulong Finalized, ulong? WaitsFor, bool WasUndone);
