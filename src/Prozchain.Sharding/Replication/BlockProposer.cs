using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// Fills a block: takes what waits, executes it, takes back what may not or need not be in the block, until nothing
/// more is to be taken back.
/// </summary>
internal sealed partial class BlockProposer<TTransition>(ShardMachine<TTransition> machine, TransactionPool pool, InboundQueue inbound, ExecutedTree tree, ISignatureVerifier verifier, IAttestationSource attestations)
    where TTransition : IShardTransition
{
    private const int MostTrials = 6, FrameBytes = 256;

    private readonly MicroBlockBuilder _builder = new();
    private readonly List<ProvenReceipt> _receipts = [];
    private readonly List<AtomicTransaction> _begun = [];
    private readonly List<TransactionPool.Entry> _transactions = [];
    private readonly List<Settlement> _settlements = [];
    private readonly List<LockRequest> _locks = [], _prepared = [];
    private List<TopologyChange> _topology = [];
    private Dictionary<SettlementName, Settlement> _waiting = [];
    private ShardLayout _layout = machine.Layout;

    /// <summary>The last body that was built, with its result; null if it was empty.</summary>
    public BuiltBody? LastBuilt { get; private set; }
    private readonly List<AttestationCertificate> _attested = [];

    /// <summary>Writes the body of a block on top of another. Nothing for an idle shard.</summary>
    public void Build(in BlockContext block, ExecutedNode parent, int maxBytes, IBufferWriter<byte> output, List<TopologyChange> topology, Dictionary<SettlementName, Settlement> settlements)
    {
        int left = Math.Min(maxBytes, MicroBlockLimits.MaxBytes) - FrameBytes;
        LastBuilt = null;
        if (left <= 0) return;
        (_topology, _waiting) = (topology, settlements);
        _layout = topology.Aggregate(parent.State.Layout, (layout, change) => change.ApplyTo(layout));
        left -= topology.Count * (TopologyChange.Size + sizeof(ulong));
        VerifyWaiting(block);
        TakeAttested(block.Height, parent, left / 4, ref left);
        TakeReceipts(parent, left / 2, ref left);
        TakeSettlements(settlements.Values, ref left);
        TakeAtomic(parent, block.TimeMs, ref left);
        TakeLocks(parent, block.TimeMs, ref left);
        TakeTransactions(block, parent, left);
        for (int trial = 0; trial < MostTrials; trial++)
        {
            if (_attested.Count + _receipts.Count + _begun.Count + _transactions.Count + _topology.Count + _settlements.Count + _locks.Count + _prepared.Count == 0) return;
            if (!TryBody(block, parent, out ArrayBufferWriter<byte> body)) continue;
            output.Write(body.WrittenSpan);
            return;
        }
    }

    /// <summary>True if the signatures of all of these transactions hold.</summary>
    public bool Verify(in BlockContext block, IEnumerable<ReadOnlyMemory<byte>> transactions)
    {
        _builder.Clear();
        foreach (ReadOnlyMemory<byte> transaction in transactions) _builder.AddTransaction(transaction.Span);
        var encoded = new ArrayBufferWriter<byte>(_builder.EncodedLength);
        _builder.Write(encoded);
        return machine.Verify(block, encoded.WrittenMemory, verifier) == MachineFault.None;
    }

    private bool TryBody(in BlockContext block, ExecutedNode parent, out ArrayBufferWriter<byte> encoded)
    {
        ShardBody.Build(_builder, _receipts, _begun, _transactions.Select(entry => entry.Transaction), _topology, _settlements, _attested, _locks, _prepared);
        encoded = new ArrayBufferWriter<byte>(_builder.EncodedLength);
        _builder.Write(encoded);
        if (ShardBody.TryRead(encoded.WrittenMemory) is not { } body) throw new InvalidOperationException("Expected to read the body that was built.");
        tree.At = parent;
        switch (machine.Execute(block, body, parent.State, tree, out ShardStep? step))
        {
            case MachineFault.None:
                if (TakeBack(body, step!)) return false;
                LastBuilt = new BuiltBody(parent.Hash, block.Height, block.TimeMs, encoded.WrittenMemory, body, step!);
                return true;
            case MachineFault.OverCredit:
                var refused = new HashSet<int>(machine.Refused);
                Keep(_transactions, i => !refused.Contains(i));
                return false;
            case MachineFault.TooSoon:
                _begun.Clear();
                _locks.Clear();
                _prepared.Clear();
                _settlements.Clear();
                _receipts.RemoveAll(receipt => receipt.Kind is ReceiptKind.Record or ReceiptKind.Ending);
                // The block in which the shard ends is an atomic one.
                if (!_layout.IsLive(machine.Shard.Id)) _topology.Clear();
                return false;
            default:
                _transactions.Clear();
                _begun.Clear();
                _locks.Clear();
                _prepared.Clear();
                return false;
        }
    }

    private bool TakeBack(ShardBody body, ShardStep step)
    {
        int before = Count();
        for (int i = 0; i < body.Bundles.Count; i++)
            if (step.Bundles[i] != ChannelResult.Applied) Drop(body.Bundles[i]);
        for (int i = 0; i < body.Records.Count; i++)
            if (step.Records[i] == AtomicResult.NotOrdered) Drop(body.Records[i]);
        Keep(_begun, i => step.Begun[i] == AtomicResult.Accepted);
        // One that says nothing new, or is not proven, is asked for again if it is still wanted.
        for (int i = 0; i < _settlements.Count; i++)
            if (step.Settlements[i] != AtomicResult.Accepted) _waiting.Remove(_settlements[i].Name);
        Keep(_settlements, i => step.Settlements[i] == AtomicResult.Accepted);
        for (int i = 0; i < _transactions.Count; i++)
            if (machine.LeftNothing(i) && step.Statuses.Span[i] != TransactionStatus.ClaimedCell) pool.Failed(_transactions[i]);
        Keep(_transactions, i => !machine.LeftNothing(i));
        Keep(_locks, i => step.Locks[i] == AtomicResult.Accepted);
        Keep(_prepared, i => step.Prepared[i] == AtomicResult.Accepted);
        return Count() < before;

        int Count() => _receipts.Count + _begun.Count + _transactions.Count + _settlements.Count + _locks.Count + _prepared.Count;

        void Drop(ProvenReceipt receipt) => _receipts.RemoveAll(other => other.Name == receipt.Name);
    }

    private void TakeAttested(ulong height, ExecutedNode parent, int most, ref int left)
    {
        _attested.Clear();
        foreach (AttestationCertificate certificate in attestations.For(height, parent))
        {
            if (certificate.EncodedLength + FrameBytes > most || _attested.Count == AttestationRules.MaxPerBody) break;
            _attested.Add(certificate);
            most -= certificate.EncodedLength + FrameBytes;
            left -= certificate.EncodedLength + FrameBytes;
        }
    }

    private void TakeReceipts(ExecutedNode parent, int most, ref int left)
    {
        _receipts.Clear();
        var next = new Dictionary<ChannelId, ulong>();
        foreach (ProvenReceipt receipt in inbound.Waiting)
        {
            int length = LengthOf(receipt);
            if (length > most || _receipts.Count >= MicroBlockLimits.MaxRecords / 4) break;
            // What a shard of a layout to come says has to wait.
            if (!_layout.TryGetInfo(receipt.Source.Shard, out _)) continue;
            if (receipt.Bundle is { } bundle)
            {
                if (!next.TryGetValue(bundle.Channel, out ulong watermark)) watermark = Math.Max(inbound.Watermark(bundle.Channel), ExecutedTree.Applied(parent, bundle.Channel));
                if (bundle.Sequence != watermark + 1) continue;
                next[bundle.Channel] = bundle.Sequence;
            }
            else if (ExecutedTree.Any(parent, node => node.Receipts.Contains(receipt.Name))) continue;
            else if (receipt.Record is { } record && !machine.CanTake(parent.State, record)) continue;
            _receipts.Add(receipt);
            most -= length;
            left -= length;
        }
    }

    private void TakeSettlements(IEnumerable<Settlement> settlements, ref int left)
    {
        _settlements.Clear();
        foreach (Settlement settlement in settlements)
        {
            // A proof of a set as large as sets can be.
            int length = FrameBytes + 80 * Digest.Size;
            if (length > left || _settlements.Count >= MicroBlockLimits.MaxRecords / 4) break;
            _settlements.Add(settlement);
            left -= length;
        }
    }

    private void TakeAtomic(ExecutedNode parent, long timeMs, ref int left)
    {
        _begun.Clear();
        // In the block in which the shard ends it would be aborted; the heirs begin it.
        if (!_layout.IsLive(machine.Shard.Id)) return;
        foreach (AtomicTransaction transaction in pool.Atomic)
        {
            int length = transaction.Encoded.Length + FrameBytes;
            if (length > left || _begun.Count >= MicroBlockLimits.MaxRecords / 4) break;
            if (timeMs < transaction.BeginMs || timeMs >= transaction.DeadlineMs || ExecutedTree.Any(parent, node => node.Transactions.Contains(transaction.Id))) continue;
            _begun.Add(transaction);
            left -= length;
        }
    }

    private void TakeTransactions(in BlockContext block, ExecutedNode parent, int left)
    {
        _transactions.Clear();
        if (attestations.IsFull) return;
        ulong gas = machine.Options.Limits.BlockGas;
        List<Digest>? dead = null;
        foreach (TransactionPool.Entry entry in pool.Entries)
        {
            int length = entry.Transaction.Length + sizeof(uint);
            if (length > left || entry.GasLimit > gas || _transactions.Count == MicroBlockLimits.MaxTransactions) break;
            if (machine.Declare(block, entry.Transaction.Span, out _) != TransactionFault.None)
            {
                (dead ??= []).Add(entry.Id);
                continue;
            }
            if (ExecutedTree.Any(parent, node => node.Transactions.Contains(entry.Id))) continue;
            _transactions.Add(entry);
            left -= length;
            gas -= entry.GasLimit;
        }
        foreach (Digest id in dead ?? []) pool.Remove(id);
    }

    /// <summary>Checks the signatures of what members passed on, all at once; only if that fails, one by one.</summary>
    public void VerifyWaiting(in BlockContext block)
    {
        List<TransactionPool.Entry> waiting = pool.Unverified;
        waiting.RemoveAll(entry => entry.IsVerified);
        if (waiting.Count == 0) return;
        bool all = Verify(block, waiting.Select(entry => entry.Transaction));
        foreach (TransactionPool.Entry entry in waiting)
        {
            entry.IsVerified = all || Verify(block, [entry.Transaction]);
            if (!entry.IsVerified) pool.Remove(entry.Id);
        }
        waiting.Clear();
    }

    private static void Keep<T>(List<T> items, Func<int, bool> condition)
    {
        int kept = 0;
        for (int i = 0; i < items.Count; i++)
            if (condition(i)) items[kept++] = items[i];
        items.RemoveRange(kept, items.Count - kept);
    }
}

/// <summary>A body that was built, and what it gave.</summary>
internal sealed record BuiltBody(Digest Parent, ulong Height, long TimeMs, ReadOnlyMemory<byte> Encoded, ShardBody Body, ShardStep Step)
{
    /// <summary>True if a block's execution is this one.</summary>
    public bool IsOf(MicroBlock block) =>
        block.Header.Parent == Parent && block.Header.Height == Height && block.Header.TimeMs == TimeMs && block.Body.Span.SequenceEqual(Encoded.Span);
}
