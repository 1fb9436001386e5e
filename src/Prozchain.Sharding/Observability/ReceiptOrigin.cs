using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Observability;

/// <summary>Which transaction of a block sent a receipt, in the order in which they were sent.</summary>
/// <param name="Destination">The shard that holds the receipt's cell.</param>
/// <param name="Transaction">The transaction's place in the block.</param>
internal readonly record struct ReceiptOrigin(ShardId Destination, int Transaction);
