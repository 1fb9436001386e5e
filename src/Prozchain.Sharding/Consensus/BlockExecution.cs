using Prozchain.Shared;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// One block being executed over a shard's state, item by item; a proposer and a verifier do the same here. Nothing
/// changes before <see cref="Seal"/>, and that only stages.
/// </summary>
internal sealed class BlockExecution(ShardChainOptions options, IAuthenticatedStore accounts, ChannelTable channels)
{
    private readonly SequentialExecutor _executor = new(options.ChainId, options.Layout, options.Shard, accounts);
    private readonly Dictionary<ShardId, ChannelTable.Channel> _channels = [];
    private readonly List<ProvenBundle> _inbound = [];
    private readonly List<BlockTransfer> _transfers = [];

    public int Receipts { get; private set; }

    public int Transfers => _transfers.Count;

    public int Bundles => _inbound.Count;

    /// <summary>Applies a bundle whose proof the caller has verified; on a fault nothing changes.</summary>
    public BlockResult TryAdd(in ProvenBundle proven)
    {
        ReceiptBundle bundle = proven.Bundle;
        ChannelTable.Channel channel = ChannelOf(bundle.Source);
        if (bundle.Sequence != channel.Received + 1) return BlockResult.WrongSequence;
        if (!_executor.TryCredit(bundle.Receipts)) return BlockResult.CreditOverflow;
        _channels[bundle.Source] = channel with { Received = bundle.Sequence };
        _inbound.Add(proven);
        Receipts += bundle.Receipts.Count;
        return BlockResult.Valid;
    }

    /// <summary>Executes a transfer whose signature the caller has verified; a rejected one changes nothing.</summary>
    public TransferRejection TryAdd(Transfer transfer, out TransferStatus status)
    {
        TransferRejection rejection = _executor.TryApply(transfer, out status);
        if (rejection == TransferRejection.None) _transfers.Add(new BlockTransfer(transfer, status));
        return rejection;
    }

    /// <summary>Makes the block and its outbound bundles, and stages both stores.</summary>
    public ShardBlock Seal(ShardHeader parent, long timeMs, ulong epoch, out ProvenBundle[] outbound)
    {
        ulong height = parent.Height + 1;
        var bundles = new List<ReceiptBundle>();
        foreach ((ShardId destination, List<Receipt> receipts) in _executor.Outgoing)
        {
            ChannelTable.Channel channel = ChannelOf(destination);
            channel = channel with { Sent = channel.Sent + 1 };
            _channels[destination] = channel;
            bundles.Add(new ReceiptBundle(options.Shard, destination, channel.Sent, height, [.. receipts]));
        }
        Bytes32 receiptsRoot = TreeProver.ProveAll(bundles.ConvertAll(bundle => bundle.Leaf).ToArray(), out Bytes32[][] proofs);
        outbound = new ProvenBundle[bundles.Count];
        for (int i = 0; i < outbound.Length; i++) outbound[i] = new ProvenBundle(bundles[i], new BundleProof(i, proofs[i]));

        var header = new ShardHeader
        {
            ChainId = options.ChainId,
            Shard = options.Shard,
            Height = height,
            Parent = parent.Hash,
            TimeMs = timeMs,
            Epoch = epoch,
            TransfersRoot = new Digest(MerkleTree<TreeHash>.Root(_transfers.ConvertAll(TransferLeaf).ToArray())),
            InboundRoot = new Digest(MerkleTree<TreeHash>.Root(_inbound.ConvertAll(proven => proven.Bundle.Leaf).ToArray())),
            ReceiptsRoot = new Digest(receiptsRoot),
            StateRoot = accounts.Stage(_executor.Writes()),
            ChannelsRoot = channels.Stage(_channels),
            Transfers = _transfers.Count,
            InboundBundles = _inbound.Count,
            OutboundBundles = outbound.Length,
        };
        return new ShardBlock(header, [.. _inbound], [.. _transfers]);
    }

    private ChannelTable.Channel ChannelOf(ShardId other) => _channels.TryGetValue(other, out ChannelTable.Channel channel) ? channel : channels.Get(other);

    private static Bytes32 TransferLeaf(BlockTransfer entry)
    {
        Span<byte> leaf = stackalloc byte[Digest.Size + 1];
        entry.Transfer.Id.Span.CopyTo(leaf);
        leaf[^1] = (byte)entry.Status;
        return TreeHash.Leaf(leaf);
    }
}
