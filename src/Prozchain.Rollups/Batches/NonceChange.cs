namespace Prozchain.Rollups.Batches;

/// <summary>How many transactions an account sent.</summary>
/// <param name="Account">The account's number.</param>
/// <param name="Increase">By how much its nonce is higher, not 0.</param>
public readonly record struct NonceChange(ulong Account, ulong Increase);
