namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="NetworkWorld"/> did so far.</summary>
/// <param name="Bank">What the bank did.</param>
/// <param name="BeaconHeight">Final beacon blocks.</param>
/// <param name="Epoch">The beacon's epoch.</param>
/// <param name="Freezes">Times that a shard was frozen.</param>
/// <param name="Takeovers">Times that a fresh committee's block became final after a freeze.</param>
/// <param name="SlowestTakeoverMs">The longest time from a freeze to that block, simulated milliseconds.</param>
/// <param name="Convictions">Validators that were convicted of contradicting themselves.</param>
/// <param name="Withheld">Reveals that did not come.</param>
public sealed record NetworkReport(BankReport Bank, ulong BeaconHeight, ulong Epoch, int Freezes, int Takeovers, long SlowestTakeoverMs, int Convictions, int Withheld);
