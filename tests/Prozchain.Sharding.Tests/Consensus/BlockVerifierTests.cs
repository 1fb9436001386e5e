using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>A follower recomputes everything: whatever a block claims wrongly is found and named, and changes nothing.</summary>
public class BlockVerifierTests
{
    private readonly ShardLayout _layout = ShardLayout.Create(2);
    private readonly ShardChain _leader, _follower;
    private readonly ShardBlock _block;
    private readonly int _here, _there;

    public BlockVerifierTests()
    {
        _leader = TestNetwork.Chain(_layout, 0);
        _follower = TestNetwork.Chain(_layout, 0);
        ShardChain remote = TestNetwork.Chain(_layout, 1);
        (_here, _there) = (TestNetwork.WalletOn(_layout, 0), TestNetwork.WalletOn(_layout, 1));
        remote.Submit(TestNetwork.Pay(_there, _here, 5, 0));
        remote.Apply(remote.Propose(10));
        foreach (ShardChain chain in (ShardChain[])[_leader, _follower]) chain.Anchor(remote.Tip);
        Assert.Equal(BundleResult.Accepted, _leader.Receive(remote.LastSent[0]));
        _leader.Submit(TestNetwork.Pay(_here, _there, 50, 0));
        _leader.Submit(TestNetwork.Pay(_here, _here, 5000, 1));
        _block = _leader.Propose(20);
        Assert.Equal((1, 2, 1), (_block.Header.InboundBundles, _block.Header.Transfers, _block.Header.OutboundBundles));
    }

    [Fact]
    public void Apply_LeadersBlock_GivesTheSameState()
    {
        Assert.True(_follower.Verify(_block).IsValid);
        Assert.Equal(0UL, _follower.Tip.Height);
        Assert.True(_follower.Apply(_block).IsValid);
        Assert.True(_leader.Apply(_block).IsValid);
        Assert.Equal(_leader.Tip.Hash, _follower.Tip.Hash);
        Assert.Equal(new Account(2, 955), _follower.GetAccount(TestNetwork.AddressOf(_here)));
        Assert.Equal(_leader.ValueInFlight, _follower.ValueInFlight);
        Assert.Equal(BlockResult.WrongHeight, _follower.Apply(_block).Result);
    }

    public static TheoryData<BlockResult> HeaderFaults => [
        BlockResult.WrongChain, BlockResult.WrongShard, BlockResult.WrongHeight, BlockResult.WrongParent, BlockResult.TimeBeforeParent,
        BlockResult.WrongEpoch, BlockResult.WrongCount, BlockResult.WrongTransfersRoot, BlockResult.WrongInboundRoot,
        BlockResult.WrongReceiptsRoot, BlockResult.WrongStateRoot, BlockResult.WrongChannelsRoot];

    [Theory]
    [MemberData(nameof(HeaderFaults))]
    public void Apply_WrongHeader_IsNamed(BlockResult fault)
    {
        Digest wrong = TestNetwork.Key(1);
        ShardHeader h = _block.Header;
        var header = new ShardHeader
        {
            ChainId = fault == BlockResult.WrongChain ? 8 : h.ChainId,
            Shard = fault == BlockResult.WrongShard ? new ShardId(99) : h.Shard,
            Height = fault == BlockResult.WrongHeight ? 2 : h.Height,
            Parent = fault == BlockResult.WrongParent ? wrong : h.Parent,
            TimeMs = fault == BlockResult.TimeBeforeParent ? -1 : h.TimeMs,
            Epoch = fault == BlockResult.WrongEpoch ? 1 : h.Epoch,
            TransfersRoot = fault == BlockResult.WrongTransfersRoot ? wrong : h.TransfersRoot,
            InboundRoot = fault == BlockResult.WrongInboundRoot ? wrong : h.InboundRoot,
            ReceiptsRoot = fault == BlockResult.WrongReceiptsRoot ? wrong : h.ReceiptsRoot,
            StateRoot = fault == BlockResult.WrongStateRoot ? wrong : h.StateRoot,
            ChannelsRoot = fault == BlockResult.WrongChannelsRoot ? wrong : h.ChannelsRoot,
            Transfers = h.Transfers,
            InboundBundles = h.InboundBundles,
            OutboundBundles = fault == BlockResult.WrongCount ? 2 : h.OutboundBundles,
        };
        AssertRefused(new BlockVerdict(fault), new ShardBlock(header, [.. _block.Inbound], [.. _block.Transfers]));
    }

    [Fact]
    public void Apply_WrongTransfer_IsNamedWithItsIndex()
    {
        BlockTransfer first = _block.Transfers[0], second = _block.Transfers[1];
        AssertRefused(new BlockVerdict(BlockResult.WrongStatus, 1), With([first, second with { Status = TransferStatus.Applied }]));
        AssertRefused(new BlockVerdict(BlockResult.TransferRejected, 0, TransferRejection.WrongNonce), With([second, first]));
        AssertRefused(new BlockVerdict(BlockResult.TransferRejected, 1, TransferRejection.WrongNonce), With([first, first]));
        var foreign = new BlockTransfer(TestNetwork.Pay(_there, _here, 1, 0), TransferStatus.Applied);
        AssertRefused(new BlockVerdict(BlockResult.TransferRejected, 1, TransferRejection.WrongShard), With([first, foreign]));
        byte[] forged = first.Transfer.Encoded.ToArray();
        forged[^1] ^= 1;
        Transfer.TryRead(forged, out Transfer? transfer);
        AssertRefused(new BlockVerdict(BlockResult.TransferRejected, 0, TransferRejection.BadSignature), With([first with { Transfer = transfer! }, second]));
        AssertRefused(new BlockVerdict(BlockResult.WrongCount), With([first]));
        var other = new BlockTransfer(TestNetwork.Pay(_here, _here, 5001, 1), TransferStatus.InsufficientBalance);
        AssertRefused(new BlockVerdict(BlockResult.WrongTransfersRoot), With([first, other]));
    }

    [Fact]
    public void Apply_WrongBundle_IsNamedWithItsIndex()
    {
        ProvenBundle proven = _block.Inbound[0];
        ReceiptBundle b = proven.Bundle;
        AssertRefused(new BlockVerdict(BlockResult.BadBundleProof, 0), With(proven with { Proof = new BundleProof(0, [TestNetwork.Key(1).Bytes]) }));
        AssertRefused(new BlockVerdict(BlockResult.BadBundleProof, 0), With(proven with { Bundle = new ReceiptBundle(b.Source, b.Destination, 2, b.SourceHeight, [.. b.Receipts]) }));
        AssertRefused(new BlockVerdict(BlockResult.UnknownAnchor, 0), With(proven with { Bundle = new ReceiptBundle(b.Source, b.Destination, 1, 7, [.. b.Receipts]) }));
        AssertRefused(new BlockVerdict(BlockResult.MisdirectedBundle, 0), With(proven with { Bundle = new ReceiptBundle(b.Destination, b.Source, 1, b.SourceHeight, [.. b.Receipts]) }));
        var twice = new ShardBlock(Copy(_block.Header, inbound: 2), [proven, proven], [.. _block.Transfers]);
        AssertRefused(new BlockVerdict(BlockResult.WrongSequence, 1), twice);
    }

    [Fact]
    public void Apply_MoreThanTheLimits_IsRefused()
    {
        ShardChain strict = TestNetwork.Chain(_layout, 0, limits: new BlockLimits { MaxTransfers = 1 });
        Assert.Equal(BlockResult.TooManyTransfers, strict.Apply(_block).Result);
    }

    [Fact]
    public void Submit_EachFault_IsNamed()
    {
        ShardChain chain = TestNetwork.Chain(_layout, 0, limits: new BlockLimits { MaxPooledTransfers = 3 });
        Assert.Equal(SubmitResult.WrongChain, chain.Submit(Transfer.Sign(TestNetwork.Wallet(_here), 8, TestNetwork.AddressOf(1), 1, 0)));
        Assert.Equal(SubmitResult.WrongShard, chain.Submit(TestNetwork.Pay(_there, _here, 1, 0)));
        Assert.Equal(SubmitResult.NonceGap, chain.Submit(TestNetwork.Pay(_here, _there, 1, 1)));
        Assert.Equal(SubmitResult.Accepted, chain.Submit(TestNetwork.Pay(_here, _there, 1, 0)));
        Assert.Equal(SubmitResult.NonceTooLow, chain.Submit(TestNetwork.Pay(_here, _there, 2, 0)));
        Transfer real = TestNetwork.Pay(_here, _there, 2, 1);
        byte[] signature = real.Signature.ToArray();
        signature[9] ^= 1;
        Assert.Equal(SubmitResult.BadSignature, chain.Submit(Transfer.Assemble(TestNetwork.ChainId, real.PublicKey.Span, real.Recipient, 2, 1, signature)));
        Assert.Equal(SubmitResult.Accepted, chain.Submit(real));
        Assert.Equal(SubmitResult.Accepted, chain.Submit(TestNetwork.Pay(_here, _there, 1, 2)));
        Assert.Equal(SubmitResult.PoolFull, chain.Submit(TestNetwork.Pay(_here, _there, 1, 3)));
    }

    [Fact]
    public void Apply_SomebodyElsesBlock_KeepsThePoolExecutable()
    {
        // The follower holds the very transfers of the leader's block, and two more.
        foreach (BlockTransfer entry in _block.Transfers) Assert.Equal(SubmitResult.Accepted, _follower.Submit(entry.Transfer));
        Assert.Equal(SubmitResult.Accepted, _follower.Submit(TestNetwork.Pay(_here, _here, 1, 2)));
        Assert.True(_follower.Apply(_block).IsValid);
        Assert.Equal(1, _follower.PooledTransfers);
        ShardBlock next = _follower.Propose(30);
        Assert.Single(next.Transfers);
        Assert.True(_leader.Apply(_block).IsValid);
        Assert.True(_leader.Apply(next).IsValid);
    }

    private ShardBlock With(BlockTransfer[] transfers) => new(_block.Header, [.. _block.Inbound], transfers);

    private ShardBlock With(ProvenBundle proven) => new(_block.Header, [proven], [.. _block.Transfers]);

    private static ShardHeader Copy(ShardHeader h, int inbound) => new()
    {
        ChainId = h.ChainId, Shard = h.Shard, Height = h.Height, Parent = h.Parent, TimeMs = h.TimeMs, Epoch = h.Epoch,
        TransfersRoot = h.TransfersRoot, InboundRoot = h.InboundRoot, ReceiptsRoot = h.ReceiptsRoot, StateRoot = h.StateRoot, ChannelsRoot = h.ChannelsRoot,
        Transfers = h.Transfers, InboundBundles = inbound, OutboundBundles = h.OutboundBundles,
    };

    private void AssertRefused(BlockVerdict expected, ShardBlock block)
    {
        Digest before = _follower.Tip.Hash;
        Assert.Equal(expected, _follower.Verify(block));
        Assert.Equal(expected, _follower.Apply(block));
        Assert.Equal(before, _follower.Tip.Hash);
        Assert.True(_follower.Verify(_block).IsValid);
    }
}
