using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>Something that a block says to other shards: a leaf of its receipts tree, with its proof.</summary>
public sealed class SentReceipt
{
    private readonly ArrayBufferWriter<byte> _encoding = new();
    private readonly List<ShardId> _destinations = new(1);

    internal SentReceipt() { }

    /// <summary>What it is.</summary>
    public ReceiptKind Kind { get; private set; }

    /// <summary>Who must hear it.</summary>
    public IReadOnlyList<ShardId> Destinations => _destinations;

    /// <summary>Its encoding.</summary>
    public ReadOnlyMemory<byte> Encoding => _encoding.WrittenMemory;

    /// <summary>Its place under the block's receipts root.</summary>
    public ReceiptProof Proof { get; } = new();

    /// <summary>The channel and number of a bundle.</summary>
    internal (ChannelId Channel, ulong Sequence)? Bundle { get; set; }

    /// <summary>True for a grant, which only the channel's own source can use.</summary>
    internal bool IsGrant { get; set; }

    /// <summary>An atomic record's transaction: who has not ordered it yet may do so now.</summary>
    internal AtomicTransaction? Transaction { get; set; }

    /// <summary>True for an atomic record that the others may need after the deadline: a verdict. Who certified commit before a shard halted waits for that shard's word, however late.</summary>
    internal bool MustArrive { get; set; }

    /// <summary>Becomes another receipt, which is still to be written.</summary>
    internal IBufferWriter<byte> Begin(ReceiptKind kind)
    {
        (Kind, Bundle, IsGrant, Transaction, MustArrive) = (kind, null, false, null, false);
        _destinations.Clear();
        _encoding.ResetWrittenCount();
        return _encoding;
    }

    internal void AddDestination(ShardId shard) => _destinations.Add(shard);
}
