using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>Something that a block says to other shards: a leaf of its receipts tree, with its proof.</summary>
public sealed class SentReceipt
{
    internal SentReceipt(ReceiptKind kind, ShardId[] destinations, ReadOnlyMemory<byte> encoding) => (Kind, Destinations, Encoding) = (kind, destinations, encoding);

    /// <summary>What it is.</summary>
    public ReceiptKind Kind { get; }

    /// <summary>Who must hear it.</summary>
    public IReadOnlyList<ShardId> Destinations { get; }

    /// <summary>Its encoding.</summary>
    public ReadOnlyMemory<byte> Encoding { get; }

    /// <summary>Its place under the block's receipts root.</summary>
    public ReceiptProof Proof { get; internal set; } = null!;

    /// <summary>The channel and number of a bundle.</summary>
    internal (ChannelId Channel, ulong Sequence)? Bundle { get; init; }

    /// <summary>True for a grant, which only the channel's own source can use.</summary>
    internal bool IsGrant { get; init; }

    /// <summary>An atomic record's transaction: who has not ordered it yet may do so now.</summary>
    internal AtomicTransaction? Transaction { get; init; }

    /// <summary>True for an atomic record that the others may need after the deadline: a verdict. Who certified commit before a shard halted waits for that shard's word, however late.</summary>
    internal bool MustArrive { get; init; }
}
