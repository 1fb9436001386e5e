namespace Prozchain.AI.Vault;

/// <summary>One shard's part of a price.</summary>
/// <param name="Shard">Index of the shard.</param>
/// <param name="Bytes">Bytes of the model that it stores, proofs included.</param>
/// <param name="MicroDollarsPerGBMonth">What it asks.</param>
/// <param name="MicroDollarsPerMonth">What that costs.</param>
public readonly record struct PriceLine(int Shard, long Bytes, long MicroDollarsPerGBMonth, long MicroDollarsPerMonth);
