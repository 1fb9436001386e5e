namespace Prozchain.Rollups.Batches;

/// <summary>What a batch did to a balance, all in all.</summary>
/// <param name="Account">The account's number.</param>
/// <param name="Token">The token's number.</param>
/// <param name="Amount">By how much, not 0.</param>
/// <param name="IsDebit">Whether it is less now.</param>
public readonly record struct BalanceChange(ulong Account, uint Token, UInt128 Amount, bool IsDebit);
