using System.Diagnostics;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Hosting;

/// <summary>All shards of one process: runs a step on each of them, serially or in parallel, and carries bundles between them.</summary>
internal sealed class ShardSet(ShardChain[] chains, ShardLayout layout, int maxDegreeOfParallelism)
{
    private readonly Queue<(ShardHeader Header, ProvenBundle Proven)>[] _undelivered = Array.ConvertAll(chains, _ => new Queue<(ShardHeader, ProvenBundle)>());
    private readonly int[] _receiptsInFlight = new int[chains.Length];

    public IReadOnlyList<ShardChain> Chains => chains;

    /// <summary>Receipts sent to a shard, by index, and not applied there.</summary>
    public int ReceiptsInFlightTo(int index) => _receiptsInFlight[index];

    public void ForEach(Action<int> step, CancellationToken cancellationToken)
    {
        if (maxDegreeOfParallelism > 1)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = maxDegreeOfParallelism, CancellationToken = cancellationToken };
            Parallel.For(0, chains.Length, options, step);
            return;
        }
        for (int i = 0; i < chains.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            step(i);
        }
    }

    public ShardBlock[] Propose(long nowMs, ulong epoch, int maxBytes, CancellationToken cancellationToken)
    {
        var blocks = new ShardBlock[chains.Length];
        ForEach(i =>
        {
            chains[i].BeginEpoch(epoch);
            blocks[i] = chains[i].Propose(nowMs, maxBytes);
        }, cancellationToken);
        return blocks;
    }

    /// <summary>
    /// Takes a round's blocks, one of each shard, and hands their bundles over. Null when all were valid, else the index
    /// of a shard whose block was not, with the verdict; that happens only on replay, and then the set is of no more use.
    /// </summary>
    public (int Index, BlockVerdict Verdict)? Apply(IReadOnlyList<ShardBlock> blocks, bool checkSignatures, CancellationToken cancellationToken)
    {
        var verdicts = new BlockVerdict[chains.Length];
        ForEach(i => verdicts[i] = chains[i].Apply(blocks[i], checkSignatures), cancellationToken);
        int bad = Array.FindIndex(verdicts, verdict => !verdict.IsValid);
        if (bad >= 0) return (bad, verdicts[bad]);
        Acknowledge(blocks);
        Dispatch(blocks);
        ForEach(Deliver, CancellationToken.None);
        return null;
    }

    /// <summary>
    /// Before a round from the log: a proposer with wider queue bounds may have taken bundles whose anchors did not fit
    /// here, so these are anchored whatever the bounds.
    /// </summary>
    public void AnchorInbound(IReadOnlyList<ShardBlock> blocks)
    {
        for (int i = 0; i < chains.Length; i++)
        {
            if (_undelivered[i].Count == 0) continue;
            HashSet<(ShardId, ulong)> inbound = [.. blocks[i].Inbound.Select(proven => (proven.Bundle.Source, proven.Bundle.SourceHeight))];
            foreach ((ShardHeader header, _) in _undelivered[i])
                if (inbound.Contains((header.Shard, header.Height))) chains[i].Anchors.AddAlways(header);
        }
    }

    /// <summary>What a block did; asked before it is applied, as long as its anchors are known.</summary>
    public ShardBlockSummary Summarise(int index, ShardBlock block)
    {
        var deliveries = new ReceiptDelivery[block.Inbound.Count];
        for (int i = 0; i < deliveries.Length; i++)
        {
            ReceiptBundle bundle = block.Inbound[i].Bundle;
            chains[index].Anchors.TryFind(bundle.Source, bundle.SourceHeight, out AnchorBook.Entry anchor);
            deliveries[i] = new ReceiptDelivery(bundle.Source, bundle.SourceHeight, anchor.TimeMs, bundle.Receipts.Count);
        }
        int applied = 0, receiptsOut = 0;
        foreach (BlockTransfer entry in block.Transfers)
        {
            if (entry.Status != TransferStatus.Applied) continue;
            applied++;
            if (layout.IndexOf(entry.Transfer.Recipient.Digest) != index) receiptsOut++;
        }
        return new ShardBlockSummary
        {
            Shard = block.Header.Shard,
            Height = block.Header.Height,
            HeaderHash = block.Header.Hash,
            StateRoot = block.Header.StateRoot,
            Applied = applied,
            Failed = block.Transfers.Count - applied,
            Bytes = block.EncodedLength,
            ReceiptsOut = receiptsOut,
            Deliveries = deliveries,
        };
    }

    private void Acknowledge(IReadOnlyList<ShardBlock> blocks)
    {
        for (int i = 0; i < chains.Length; i++)
            foreach (ProvenBundle proven in blocks[i].Inbound)
                _receiptsInFlight[i] -= chains[layout.IndexOf(proven.Bundle.Source)].Acknowledge(chains[i].Shard, proven.Bundle.Sequence);
    }

    private void Dispatch(IReadOnlyList<ShardBlock> blocks)
    {
        for (int i = 0; i < chains.Length; i++)
        {
            if (blocks[i].Header.OutboundBundles == 0) continue;
            foreach (ProvenBundle proven in chains[i].LastSent)
            {
                int destination = layout.IndexOf(proven.Bundle.Destination);
                _undelivered[destination].Enqueue((blocks[i].Header, proven));
                _receiptsInFlight[destination] += proven.Bundle.Receipts.Count;
            }
        }
    }

    // In the order of sending, so that a full inbox only ever waits for bundles that are in it.
    private void Deliver(int index)
    {
        Queue<(ShardHeader Header, ProvenBundle Proven)> queue = _undelivered[index];
        while (queue.TryPeek(out (ShardHeader Header, ProvenBundle Proven) next))
        {
            if (chains[index].Anchor(next.Header) == AnchorResult.Full) return;
            BundleResult result = chains[index].Receive(next.Proven);
            if (result == BundleResult.Full) return;
            if (result is not (BundleResult.Accepted or BundleResult.Duplicate))
                throw new UnreachableException($"Expected shard {chains[index].Shard} to take a bundle of this process, got {result}.");
            queue.Dequeue();
        }
    }
}
