namespace Prozchain.Sharding.Replication;

/// <summary>What a leaf of a micro-block's receipts tree holds; the first byte of what is hashed.</summary>
public enum ReceiptKind : byte
{
    /// <summary>Leaf 0: statuses and gas of the block's transactions, and how many leaves follow.</summary>
    Results = 0,

    /// <summary>A <see cref="Receipts.ChannelBundle"/>.</summary>
    Bundle = 1,

    /// <summary>A <see cref="Receipts.ChannelNotice"/>.</summary>
    Notice = 2,

    /// <summary>An <see cref="AtomicCommit.AtomicRecord"/>.</summary>
    Record = 3,

    /// <summary>The <see cref="AtomicCommit.ShardEnding"/> of the shard, in its last block.</summary>
    Ending = 4,
}
