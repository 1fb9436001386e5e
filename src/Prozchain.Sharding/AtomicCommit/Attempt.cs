namespace Prozchain.Sharding.AtomicCommit;

/// <summary>Which try of a transaction with locks: a shard knows each number at most once.</summary>
/// <param name="Number">From 1; 0 for transactions over declared cells.</param>
/// <param name="Epoch">The epoch in which it began.</param>
public readonly record struct Attempt(uint Number, ulong Epoch);
