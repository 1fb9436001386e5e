namespace Prozchain.Rollups.Batches;

/// <summary>What a batch says about itself.</summary>
/// <param name="ChainId">The rollup.</param>
/// <param name="Index">Position in the chain of batches, from 0.</param>
/// <param name="PreviousHash">Keccak-256 of the previous batch's bytes; for batch 0 the digest of the genesis.</param>
/// <param name="TimeMs">When the sequencer closed the batch, by its own account: Unix time in milliseconds, not negative. Nothing hangs on it.</param>
/// <param name="TransferCount">Number of transfers.</param>
public readonly record struct BatchHeader(ulong ChainId, long Index, Digest32 PreviousHash, long TimeMs, int TransferCount);
