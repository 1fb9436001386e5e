namespace Prozchain.Rollups.Derivation;

/// <summary>Why a node cannot go on at a batch.</summary>
public enum WaitReason
{
    /// <summary>Its data cannot be had now.</summary>
    MissingData,

    /// <summary>Its data is there, but is not what its list commits to.</summary>
    WrongList,
}

/// <summary>How far a node has come.</summary>
/// <param name="Tip">Where the chain of batches stands.</param>
/// <param name="ReadTo">The settlement layer's newest block that it has looked at.</param>
/// <param name="Finalized">Its newest block that never changes.</param>
/// <param name="WaitsFor">
/// The batch that it cannot go on at now, if there is one: a case for a data challenge. Nothing after it can be known before
/// its data comes, its list is shown, or a challenge ends without an answer.
/// </param>
/// <param name="WaitsWhy">Why it cannot; null where it waits for nothing.</param>
/// <param name="WasUndone">Whether batches were undone since the last answer.</param>
public readonly record struct DerivationStatus(DerivedTip Tip, ulong ReadTo, ulong Finalized, ulong? WaitsFor, WaitReason? WaitsWhy, bool WasUndone);
