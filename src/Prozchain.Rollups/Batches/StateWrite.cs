namespace Prozchain.Rollups.Batches;

/// <summary>A place of the state that is neither balance nor nonce: a replaced key, a recovery policy.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">What is there now.</param>
public readonly record struct StateWrite(Digest32 Key, ReadOnlyMemory<byte> Value);
