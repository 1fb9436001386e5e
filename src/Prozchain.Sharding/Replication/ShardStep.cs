using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>What executing a block gave. Immutable, with memory of its own.</summary>
public sealed class ShardStep
{
    internal ShardStep(MachineState after, in Digest receiptsRoot, in Digest writeDigest, StateWrite[] writes, SentReceipt[] sent, byte[] statuses, in BlockCounters counters)
    {
        (After, ReceiptsRoot, WriteDigest, Counters) = (after, receiptsRoot, writeDigest, counters);
        (Writes, Sent, Statuses) = (writes, sent, statuses);
    }

    /// <summary>Channels and atomic transactions after the block.</summary>
    public MachineState After { get; }

    /// <summary>Root over what the block says: results, bundles, notices, atomic records.</summary>
    public Digest ReceiptsRoot { get; }

    /// <summary>Digest of everything that it changed.</summary>
    public Digest WriteDigest { get; }

    /// <summary>The cells that it wrote, ascending by key.</summary>
    public ReadOnlyMemory<StateWrite> Writes { get; }

    /// <summary>What it says to other shards, in the order of the leaves.</summary>
    public IReadOnlyList<SentReceipt> Sent { get; }

    /// <summary>What became of each transaction: a <see cref="TransactionStatus"/>.</summary>
    public ReadOnlyMemory<byte> Statuses { get; }

    /// <summary>What it cost.</summary>
    public BlockCounters Counters { get; }

    /// <summary>Atomic transactions that are open after the block.</summary>
    public int OpenAtomic { get; internal init; }

    /// <summary>Receipts that wait for claimed cells after the block.</summary>
    public int DeferredReceipts { get; internal init; }

    /// <summary>What the channels made of the body's bundles.</summary>
    internal ChannelResult[] Bundles { get; init; } = [];

    /// <summary>What it made of the body's settlements.</summary>
    internal AtomicResult[] Settlements { get; init; } = [];

    /// <summary>The shard's end, if it ended with the block.</summary>
    public ShardEnding? Ending { get; internal init; }

    /// <summary>What settled sets of ended shards are to tell, for transactions that are open after the block.</summary>
    internal IReadOnlyList<SettlementName> Wanted { get; init; } = [];

    /// <summary>What the ended shard's word was, to prove from.</summary>
    internal TrieStore? Settled { get; init; }

    /// <summary>What the atomic shard made of the body's records.</summary>
    internal AtomicResult[] Records { get; init; } = [];

    /// <summary>What it made of the body's atomic transactions.</summary>
    internal AtomicResult[] Begun { get; init; } = [];
}
