using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// Fills a block: takes what waits, executes it, takes back what may not or need not be in the block, until nothing
/// more is to be taken back.
/// </summary>
internal sealed class BlockProposer<TTransition>(ShardMachine<TTransition> machine, TransactionPool pool, InboundQueue inbound, ExecutedTree tree, IAttestationSource attestations)
    where TTransition : IShardTransition
{
    private const int MostTrials = 6, FrameBytes = 256;

    private readonly MicroBlockBuilder _builder = new();
    private readonly List<ProvenReceipt> _receipts = [];
    private readonly List<AtomicTransaction> _begun = [];
    private readonly List<TransactionPool.Entry> _transactions = [];
    private readonly List<AttestationCertificate> _attested = [];

    /// <summary>Writes the body of a block on top of another. Nothing for an idle shard.</summary>
    public void Build(in BlockContext block, ExecutedNode parent, int maxBytes, IBufferWriter<byte> output)
    {
        int left = Math.Min(maxBytes, MicroBlockLimits.MaxBytes) - FrameBytes;
        if (left <= 0) return;
        TakeAttested(block.Height, parent, left / 4, ref left);
        TakeReceipts(parent, left / 2, ref left);
        TakeAtomic(parent, block.TimeMs, ref left);
        TakeTransactions(block, parent, left);
        for (int trial = 0; trial < MostTrials; trial++)
        {
            if (_attested.Count + _receipts.Count + _begun.Count + _transactions.Count == 0) return;
            if (TryBody(block, parent, out ArrayBufferWriter<byte> body))
            {
                output.Write(body.WrittenSpan);
                return;
            }
        }
    }

    private bool TryBody(in BlockContext block, ExecutedNode parent, out ArrayBufferWriter<byte> encoded)
    {
        ShardBody.Build(_builder, _receipts, _begun, _transactions.Select(entry => entry.Transaction), _attested);
        encoded = new ArrayBufferWriter<byte>(_builder.EncodedLength);
        _builder.Write(encoded);
        if (ShardBody.TryRead(encoded.WrittenMemory) is not { } body) throw new InvalidOperationException("Expected to read the body that was built.");
        tree.At = parent;
        switch (machine.Execute(block, body, parent.State, tree, out ShardStep? step))
        {
            case MachineFault.None:
                return !TakeBack(body, step!);
            case MachineFault.OverCredit:
                var refused = new HashSet<int>(machine.Refused);
                Keep(_transactions, i => !refused.Contains(i));
                return false;
            case MachineFault.TooSoon:
                _begun.Clear();
                _receipts.RemoveAll(receipt => receipt.Kind == ReceiptKind.Record);
                return false;
            default:
                _transactions.Clear();
                _begun.Clear();
                return false;
        }
    }

    private bool TakeBack(ShardBody body, ShardStep step)
    {
        int before = _receipts.Count + _begun.Count + _transactions.Count;
        for (int i = 0; i < body.Bundles.Count; i++)
            if (step.Bundles[i] != ChannelResult.Applied) Drop(body.Bundles[i]);
        for (int i = 0; i < body.Records.Count; i++)
            if (step.Records[i] == AtomicResult.NotOrdered) Drop(body.Records[i]);
        Keep(_begun, i => step.Begun[i] == AtomicResult.Accepted);
        for (int i = 0; i < _transactions.Count; i++)
            if (machine.LeftNothing(i) && step.Statuses.Span[i] != TransactionStatus.ClaimedCell) pool.Failed(_transactions[i]);
        Keep(_transactions, i => !machine.LeftNothing(i));
        return _receipts.Count + _begun.Count + _transactions.Count < before;

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
            int length = receipt.Encoding.Length + FrameBytes + BodySource.Size + 40 * Digest.Size;
            if (length > most || _receipts.Count >= MicroBlockLimits.MaxRecords / 4) break;
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

    private void TakeAtomic(ExecutedNode parent, long timeMs, ref int left)
    {
        _begun.Clear();
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

    private static void Keep<T>(List<T> items, Func<int, bool> condition)
    {
        int kept = 0;
        for (int i = 0; i < items.Count; i++)
            if (condition(i)) items[kept++] = items[i];
        items.RemoveRange(kept, items.Count - kept);
    }
}
