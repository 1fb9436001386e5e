using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>What a micro-block did. Belongs to its executor and is valid until that one's next block; empty after a fault.</summary>
public sealed class MicroBlockOutcome
{
    private const int ResultsAt = sizeof(int), ResultSize = 1 + sizeof(ulong);

    private readonly WriteSet _writes = new();
    private readonly OutboundSet _outbound = new();
    private byte[] _results = [];
    private Bytes32[] _leaves = new Bytes32[16];
    private CellTable? _table;

    internal MicroBlockOutcome() { }

    /// <summary>What the block cost.</summary>
    public BlockCounters Counters { get; private set; }

    /// <summary>Hash of all writes in the order of their keys (docs/formats/sharding-micro-block.md): equal where the change of the state is.</summary>
    public Digest WriteDigest => _writes.Digest;

    /// <summary>Root over the statuses and gas of all transactions and the receipts for each other shard (same page).</summary>
    public Digest ReceiptsRoot { get; private set; }

    /// <summary>The receipts for each other shard that gets any; of a block without a frame, as <see cref="ReceiptsRoot"/> is; in ascending order of shard ids.</summary>
    public IReadOnlyList<OutboundReceipts> Outbound => _outbound.Bundles;

    /// <summary>
    /// The written and removed cells in the order of their keys. Their memory is the executor's: a <see cref="HeapTrieStore"/>,
    /// which copies, takes them as they are; a store that keeps the memory of its writes gets <see cref="CopyWrites"/> instead.
    /// </summary>
    public ReadOnlySpan<StateWrite> Writes => _writes.Writes;

    /// <summary>Number of cells that the block read or wrote: what a witness of it holds.</summary>
    public int TouchedCount => _table?.Count ?? 0;

    /// <summary>What became of a transaction: a <see cref="TransactionStatus"/>.</summary>
    /// <param name="transaction">Its index.</param>
    public byte Status(int transaction) => Result(transaction)[0];

    /// <summary>The gas that a transaction spent.</summary>
    /// <param name="transaction">Its index.</param>
    public ulong GasUsed(int transaction) => BinaryPrimitives.ReadUInt64LittleEndian(Result(transaction)[1..]);

    /// <summary>The written cells with memory of their own.</summary>
    public StateWrite[] CopyWrites()
    {
        StateWrite[] writes = Writes.ToArray();
        foreach (ref StateWrite write in writes.AsSpan()) write = write with { Value = write.Value.ToArray() };
        return writes;
    }

    /// <summary>Writes all that someone without the state needs to execute the block and know the root after it.</summary>
    /// <param name="state">The state that it was executed on; its writes are not committed yet.</param>
    /// <param name="output">Receives a witness (docs/formats/sharding-witness.md), the same whoever writes it.</param>
    public void WriteWitness(IAuthenticatedStore state, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        var touched = new Digest[TouchedCount];
        CopyTouched(touched);
        var removed = new List<Digest>();
        foreach (ref readonly StateWrite write in Writes)
            if (write.IsDelete) removed.Add(write.Key);
        state.WriteWitness(touched, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(removed), output);
    }

    /// <summary>The keys of the cells that the block read or wrote, in their order.</summary>
    /// <param name="destination">Receives <see cref="TouchedCount"/> keys.</param>
    /// <exception cref="ArgumentException">Too short.</exception>
    public void CopyTouched(Span<Digest> destination)
    {
        if (destination.Length < TouchedCount) throw new ArgumentException($"Expected room for {TouchedCount} keys, got {destination.Length}.", nameof(destination));
        for (int i = 0; i < TouchedCount; i++) destination[i] = _table![i].Key;
        destination[..TouchedCount].Sort();
    }

    /// <summary>The keys of the cells that the block read or wrote, in their order, in memory of their own.</summary>
    internal Digest[] Touched()
    {
        var touched = new Digest[TouchedCount];
        CopyTouched(touched);
        return touched;
    }

    /// <summary>The first leaf of a receipts tree: statuses and gas, and how many leaves follow, as a root does not bind that.</summary>
    internal ReadOnlySpan<byte> Results(int followers)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_results, followers);
        return _results.AsSpan(0, ResultsAt + Counters.Transactions * ResultSize);
    }

    internal void Clear()
    {
        _writes.Clear();
        _outbound.Clear();
        _table = null;
        ReceiptsRoot = default;
        Counters = default;
    }

    /// <param name="hasRoot">Whether the receipts root is wanted: who frames a block has one of its own.</param>
    internal void Fill(in BlockContext block, CellTable table, ReadOnlySpan<TransactionPlan> plans, ReadOnlySpan<ExecutionLane> lanes, in BlockCounters counters, bool hasRoot)
    {
        _table = table;
        _writes.Fill(table);
        if (_results.Length < ResultsAt + plans.Length * ResultSize) _results = new byte[ResultsAt + plans.Length * ResultSize * 2];
        ulong gasUsed = 0;
        int applied = 0, sent = 0;
        long sentBytes = 0;
        for (int i = 0; i < plans.Length; i++)
        {
            ref readonly TransactionPlan plan = ref plans[i];
            Span<byte> result = _results.AsSpan(ResultsAt + i * ResultSize, ResultSize);
            result[0] = plan.Status;
            BinaryPrimitives.WriteUInt64LittleEndian(result[1..], plan.GasUsed);
            gasUsed += plan.GasUsed;
            if (plan.Status == TransactionStatus.Applied) applied++;
            if (plan.ReceiptsLength == 0) continue;
            ReadOnlySpan<byte> receipts = lanes[plan.Lane].Receipts.Slice(plan.ReceiptsAt, plan.ReceiptsLength);
            int count = hasRoot ? _outbound.Add(block.Layout, receipts) : ReceiptBuffer.CountIn(receipts);
            sent += count;
            sentBytes += receipts.Length - count * ReceiptBuffer.PreludeSize;
        }
        if (hasRoot)
        {
            _outbound.Sort();
            Root(plans.Length);
        }
        Counters = counters with
        {
            Applied = applied, GasUsed = gasUsed, StateBytes = _writes.Growth, CellsTouched = table.Count, CellsWritten = _writes.Count, ReceiptsOut = sent, ReceiptBytesOut = sentBytes,
        };
    }

    private void Root(int transactions)
    {
        if (_leaves.Length <= _outbound.Count) _leaves = new Bytes32[2 * (_outbound.Count + 1)];
        // A root alone does not bind how many leaves there are.
        BinaryPrimitives.WriteInt32LittleEndian(_results, _outbound.Count);
        _leaves[0] = TreeHash.Leaf(_results.AsSpan(0, ResultsAt + transactions * ResultSize));
        for (int i = 0; i < _outbound.Count; i++) _leaves[i + 1] = _outbound[i].Leaf();
        ReceiptsRoot = new Digest(MerkleTree<TreeHash>.Root(_leaves.AsSpan(0, _outbound.Count + 1)));
    }

    private ReadOnlySpan<byte> Result(int transaction)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)transaction, (uint)Counters.Transactions, nameof(transaction));
        return _results.AsSpan(ResultsAt + transaction * ResultSize, ResultSize);
    }
}
