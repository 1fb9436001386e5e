using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// Recomputes every root of a block from the state before it. The cheap checks come first; signatures last before
/// execution. On a valid block the execution's changes stay staged.
/// </summary>
internal static class BlockVerifier
{
    public static BlockVerdict Verify(
        ShardChainOptions options, ShardHeader parent, ulong epoch, AnchorBook anchors, BlockExecution execution,
        ShardBlock block, bool checkSignatures, out ProvenBundle[] outbound)
    {
        outbound = [];
        BlockResult frame = CheckFrame(options, parent, epoch, block);
        if (frame != BlockResult.Valid) return new BlockVerdict(frame);

        for (int i = 0; i < block.Inbound.Count; i++)
        {
            ProvenBundle proven = block.Inbound[i];
            BundleResult origin = CheckOrigin(options.Layout, options.Shard, anchors, proven);
            if (origin != BundleResult.Accepted) return new BlockVerdict(ToBlockResult(origin), i);
            BlockResult applied = execution.TryAdd(proven);
            if (applied != BlockResult.Valid) return new BlockVerdict(applied, i);
            if (execution.Receipts > options.Limits.MaxReceipts) return new BlockVerdict(BlockResult.TooManyReceipts, i);
        }
        if (checkSignatures && FirstBadSignature(options.Verifier, block.Transfers) is >= 0 and var bad)
            return new BlockVerdict(BlockResult.TransferRejected, bad, TransferRejection.BadSignature);
        for (int i = 0; i < block.Transfers.Count; i++)
        {
            TransferRejection rejection = execution.TryAdd(block.Transfers[i].Transfer, out TransferStatus status);
            if (rejection != TransferRejection.None) return new BlockVerdict(BlockResult.TransferRejected, i, rejection);
            if (status != block.Transfers[i].Status) return new BlockVerdict(BlockResult.WrongStatus, i);
        }
        ShardHeader computed = execution.Seal(parent, block.Header.TimeMs, epoch, out outbound).Header;
        return new BlockVerdict(Compare(block.Header, computed));
    }

    /// <summary>Where a bundle comes from and goes to; says nothing about its turn.</summary>
    public static BundleResult CheckOrigin(ShardLayout layout, ShardId shard, AnchorBook anchors, in ProvenBundle proven)
    {
        ReceiptBundle bundle = proven.Bundle;
        if (bundle.Destination != shard || bundle.Source == shard || !layout.IsLive(bundle.Source)) return BundleResult.WrongShard;
        foreach (Receipt receipt in bundle.Receipts)
            if (layout.ShardOf(receipt.Recipient) != shard) return BundleResult.WrongRecipient;
        if (!anchors.TryFind(bundle.Source, bundle.SourceHeight, out AnchorBook.Entry anchor)) return BundleResult.UnknownAnchor;
        return proven.Proof.Verify(bundle, anchor.ReceiptsRoot, anchor.Bundles) ? BundleResult.Accepted : BundleResult.BadProof;
    }

    private static BlockResult CheckFrame(ShardChainOptions options, ShardHeader parent, ulong epoch, ShardBlock block)
    {
        ShardHeader header = block.Header;
        if (header.ChainId != options.ChainId) return BlockResult.WrongChain;
        if (header.Shard != options.Shard) return BlockResult.WrongShard;
        if (header.Height != parent.Height + 1) return BlockResult.WrongHeight;
        if (header.Parent != parent.Hash) return BlockResult.WrongParent;
        if (header.TimeMs < parent.TimeMs) return BlockResult.TimeBeforeParent;
        if (header.Epoch != epoch) return BlockResult.WrongEpoch;
        if (header.Transfers != block.Transfers.Count || header.InboundBundles != block.Inbound.Count) return BlockResult.WrongCount;
        return block.Transfers.Count > options.Limits.MaxTransfers ? BlockResult.TooManyTransfers : BlockResult.Valid;
    }

    private static int FirstBadSignature(ISignatureVerifier verifier, IReadOnlyList<BlockTransfer> transfers)
    {
        var batch = new SignedMessage[transfers.Count];
        var valid = new bool[transfers.Count];
        for (int i = 0; i < batch.Length; i++) batch[i] = transfers[i].Transfer.ToSignedMessage();
        verifier.VerifyMany(batch, valid);
        return Array.IndexOf(valid, false);
    }

    private static BlockResult Compare(ShardHeader claimed, ShardHeader computed)
    {
        if (claimed.TransfersRoot != computed.TransfersRoot) return BlockResult.WrongTransfersRoot;
        if (claimed.InboundRoot != computed.InboundRoot) return BlockResult.WrongInboundRoot;
        if (claimed.ReceiptsRoot != computed.ReceiptsRoot) return BlockResult.WrongReceiptsRoot;
        if (claimed.OutboundBundles != computed.OutboundBundles) return BlockResult.WrongCount;
        if (claimed.StateRoot != computed.StateRoot) return BlockResult.WrongStateRoot;
        return claimed.ChannelsRoot != computed.ChannelsRoot ? BlockResult.WrongChannelsRoot : BlockResult.Valid;
    }

    private static BlockResult ToBlockResult(BundleResult result) => result switch
    {
        BundleResult.UnknownAnchor => BlockResult.UnknownAnchor,
        BundleResult.BadProof => BlockResult.BadBundleProof,
        _ => BlockResult.MisdirectedBundle,
    };
}
