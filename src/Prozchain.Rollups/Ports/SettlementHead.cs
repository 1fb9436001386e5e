namespace Prozchain.Rollups.Ports;

/// <summary>The end of a settlement log.</summary>
/// <param name="Count">Number of calls; the next one gets this position.</param>
/// <param name="Height">Height of the settlement layer; not below the height of any call counted.</param>
public readonly record struct SettlementHead(long Count, long Height);
