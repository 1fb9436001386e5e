namespace Prozchain.Sharding.Receipts;

/// <summary>A bundle with its proof: what travels between shards and stands in the block that applies it.</summary>
/// <param name="Bundle">The bundle.</param>
/// <param name="Proof">Its path to the receipts root of the source's header.</param>
public readonly record struct ProvenBundle(ReceiptBundle Bundle, BundleProof Proof);
