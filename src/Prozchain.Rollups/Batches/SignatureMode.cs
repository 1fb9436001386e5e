namespace Prozchain.Rollups.Batches;

/// <summary>Where the signatures of a batch's transactions are.</summary>
public enum SignatureMode : byte
{
    /// <summary>Not in the batch: something else shows that each was authorised (a validity proof).</summary>
    None = 0,

    /// <summary>One for each transaction, in a column.</summary>
    PerTransaction = 1,

    /// <summary>One aggregate over all of them, in one slot of the batch.</summary>
    Aggregate = 2,
}
