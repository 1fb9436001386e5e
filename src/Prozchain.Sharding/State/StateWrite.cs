namespace Prozchain.Sharding.State;

/// <summary>One update of an authenticated store: the value that a key holds from now on.</summary>
/// <param name="Key">The 256-bit key.</param>
/// <param name="Value">The value; the store keeps the memory, so it must not change afterwards.</param>
public readonly record struct StateWrite(Digest Key, ReadOnlyMemory<byte> Value);
