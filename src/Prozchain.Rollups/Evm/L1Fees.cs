namespace Prozchain.Rollups.Evm;

/// <summary>Fees per gas in wei.</summary>
/// <param name="MaxPriorityFee">Most that goes to the block's proposer.</param>
/// <param name="MaxFee">Most that is paid in all, base fee included.</param>
internal readonly record struct L1Fees(UInt128 MaxPriorityFee, UInt128 MaxFee);
