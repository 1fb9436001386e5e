namespace Prozchain.Rollups.Settlement;

/// <summary>A batch as the settlement knows it: not its bytes, but what they are.</summary>
/// <param name="Index">Position in the chain of batches.</param>
/// <param name="DataCommitment">Where the data publisher has the bytes.</param>
/// <param name="DataHash">Keccak-256 of the bytes.</param>
/// <param name="PreviousHash">The same of the batch before, or the digest of the genesis: what the batch's header must name.</param>
/// <param name="Length">Length of the bytes.</param>
/// <param name="TransferCount">Number of transfers, which is the number of steps of an assertion, decodable or not.</param>
/// <param name="Height">Settlement height at which it was posted.</param>
public readonly record struct BatchPosting(long Index, Digest32 DataCommitment, Digest32 DataHash, Digest32 PreviousHash, int Length, int TransferCount, long Height);
