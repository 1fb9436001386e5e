using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Observability;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// What executing a block gave, in memory of its own. A host may hand one in for another block
/// (<see cref="ShardMachine{TTransition}.Execute(in BlockContext, ReadOnlyMemory{byte}, MachineState, IAuthenticatedStore, ShardStep)"/>),
/// with all that it handed out; else it does not change any more.
/// </summary>
public sealed class ShardStep : IBundleOutput
{
    private readonly List<SentReceipt> _sent = [], _spare = [];
    private StateWrite[] _writes = [];
    private byte[] _values = [], _statuses = [];
    private int _writeCount, _statusCount;

    /// <summary>Makes one for a first block.</summary>
    public ShardStep() => After = new MachineState();

    internal ShardStep(MachineState after)
    {
        After = after;
        WriteDigest = after.WriteDigest(default);
    }

    /// <summary>Channels and atomic transactions after the block.</summary>
    public MachineState After { get; }

    /// <summary>Root over what the block says: results, bundles, notices, atomic records.</summary>
    public Digest ReceiptsRoot { get; internal set; }

    /// <summary>Digest of everything that it changed.</summary>
    public Digest WriteDigest { get; internal set; }

    /// <summary>The cells that it wrote, ascending by key.</summary>
    public ReadOnlyMemory<StateWrite> Writes => _writes.AsMemory(0, _writeCount);

    /// <summary>What it says to other shards, in the order of the leaves.</summary>
    public IReadOnlyList<SentReceipt> Sent => _sent;

    /// <summary>What became of each transaction: a <see cref="TransactionStatus"/>.</summary>
    public ReadOnlyMemory<byte> Statuses => _statuses.AsMemory(0, _statusCount);

    /// <summary>What it cost.</summary>
    public BlockCounters Counters { get; internal set; }

    /// <summary>Atomic transactions that are open after the block.</summary>
    public int OpenAtomic { get; internal set; }

    /// <summary>Receipts that wait for claimed cells after the block.</summary>
    public int DeferredReceipts { get; internal set; }

    /// <summary>The cells that it read or wrote, ascending; empty unless the machine <see cref="ShardMachine{TTransition}.KeepsTouched"/>.</summary>
    internal Digest[] Touched { get; set; } = [];

    /// <summary>Which transactions sent the receipts; empty while nobody follows them.</summary>
    internal ReceiptOrigin[] Origins { get; set; } = [];

    /// <summary>What the channels made of the body's bundles.</summary>
    internal List<ChannelResult> Bundles { get; } = [];

    /// <summary>What it made of the body's settlements.</summary>
    internal List<AtomicResult> Settlements { get; } = [];

    /// <summary>The shard's end, if it ended with the block.</summary>
    public ShardEnding? Ending { get; internal set; }

    /// <summary>What settled sets of ended shards are to tell, for transactions that are open after the block.</summary>
    internal IReadOnlyList<SettlementName> Wanted { get; set; } = [];

    /// <summary>What the ended shard's word was, to prove from.</summary>
    internal TrieStore? Settled { get; set; }

    /// <summary>What the atomic shard made of the body's records.</summary>
    internal List<AtomicResult> Records { get; } = [];

    /// <summary>What it made of the body's atomic transactions.</summary>
    internal List<AtomicResult> Begun { get; } = [];

    /// <summary>What it made of the body's requests for locks.</summary>
    internal List<AtomicResult> Locks { get; } = [];

    /// <summary>What it made of the attempts that the body would have prepared.</summary>
    internal List<AtomicResult> Prepared { get; } = [];

    /// <summary>Another block begins.</summary>
    internal void Clear()
    {
        Bundles.Clear();
        Settlements.Clear();
        Records.Clear();
        Begun.Clear();
        Locks.Clear();
        Prepared.Clear();
        _spare.AddRange(_sent);
        _sent.Clear();
        (_writeCount, _statusCount) = (0, 0);
    }

    /// <summary>A receipt more, still to be begun.</summary>
    internal SentReceipt Send()
    {
        SentReceipt receipt;
        if (_spare.Count == 0) receipt = new SentReceipt();
        else
        {
            receipt = _spare[^1];
            _spare.RemoveAt(_spare.Count - 1);
        }
        _sent.Add(receipt);
        return receipt;
    }

    IBufferWriter<byte> IBundleOutput.Begin(ChannelId channel, ulong sequence)
    {
        SentReceipt receipt = Send();
        IBufferWriter<byte> output = receipt.Begin(ReceiptKind.Bundle);
        receipt.Bundle = (channel, sequence);
        receipt.AddDestination(channel.Destination);
        return output;
    }

    /// <summary>Copies what the executor found.</summary>
    internal void Take(MicroBlockOutcome outcome)
    {
        Counters = outcome.Counters;
        _statusCount = outcome.Counters.Transactions;
        if (_statuses.Length < _statusCount) _statuses = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_statusCount)];
        for (int i = 0; i < _statusCount; i++) _statuses[i] = outcome.Status(i);
        Take(outcome.Writes);
    }

    /// <summary>Copies the cells that were written.</summary>
    internal void Take(ReadOnlySpan<StateWrite> writes)
    {
        int length = 0;
        foreach (ref readonly StateWrite write in writes) length += write.Value.Length;
        if (_values.Length < length) _values = GC.AllocateUninitializedArray<byte>(length + length / 2);
        if (_writes.Length < writes.Length) _writes = new StateWrite[writes.Length + writes.Length / 2];
        _writeCount = writes.Length;
        int at = 0;
        for (int i = 0; i < writes.Length; i++)
        {
            int size = writes[i].Value.Length;
            writes[i].Value.Span.CopyTo(_values.AsSpan(at));
            _writes[i] = writes[i] with { Value = _values.AsMemory(at, size) };
            at += size;
        }
    }
}
