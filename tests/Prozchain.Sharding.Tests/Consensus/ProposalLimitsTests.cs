using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Consensus;

public class ProposalLimitsTests
{
    [Fact]
    public void Propose_MoreBundlesThanTheFormatHolds_LeavesTheRestForTheNextBlock()
    {
        const int Sources = 67, Heights = 1000;
        ShardLayout layout = ShardLayout.Create(128);
        var limits = new BlockLimits { MaxReceipts = 1 << 20, MaxWaitingReceipts = 1 << 20, MaxAnchors = 1 << 20 };
        int recipient = TestNetwork.WalletOn(layout, 0);
        ShardChain chain = TestNetwork.Chain(layout, 0, limits: limits);
        for (int source = 1; source <= Sources; source++)
            for (ulong height = 1; height <= Heights; height++)
            {
                var bundle = new ReceiptBundle(layout.Shards[source].Id, chain.Shard, height, height, [new Receipt(TestNetwork.Key(1), TestNetwork.AddressOf(recipient), 1)]);
                Assert.Equal(AnchorResult.Accepted, chain.Anchor(HeaderOf(bundle)));
                Assert.Equal(BundleResult.Accepted, chain.Receive(new ProvenBundle(bundle, new BundleProof(0, []))));
            }
        ulong before = chain.GetAccount(TestNetwork.AddressOf(recipient)).Balance;
        ShardBlock block = chain.Propose(1);
        Assert.Equal(WireLimits.MaxBundles, block.Inbound.Count);
        Assert.Equal(ReadResult.Ok, ShardBlock.TryRead(TestNetwork.Encode(block.Write), out _));
        Assert.True(chain.Apply(block).IsValid);
        Assert.True(chain.Apply(chain.Propose(2)).IsValid);
        Assert.Equal(before + Sources * Heights, chain.GetAccount(TestNetwork.AddressOf(recipient)).Balance);
    }

    [Fact]
    public void Apply_MoreReceiptsThanTheLimits_IsRefused()
    {
        ShardLayout layout = ShardLayout.Create(2);
        int here = TestNetwork.WalletOn(layout, 0), there = TestNetwork.WalletOn(layout, 1);
        ShardChain remote = TestNetwork.Chain(layout, 1), leader = TestNetwork.Chain(layout, 0);
        ShardChain strict = TestNetwork.Chain(layout, 0, limits: new BlockLimits { MaxTransfers = 1, MaxReceipts = 1 });
        for (ulong nonce = 0; nonce < 2; nonce++) Assert.Equal(SubmitResult.Accepted, remote.Submit(TestNetwork.Pay(there, here, 1, nonce)));
        Assert.True(remote.Apply(remote.Propose(1)).IsValid);
        leader.Anchor(remote.Tip);
        strict.Anchor(remote.Tip);
        leader.Receive(remote.LastSent[0]);
        ShardBlock block = leader.Propose(1);
        Assert.Equal(new BlockVerdict(BlockResult.TooManyReceipts, 0), strict.Apply(block));
        Assert.True(leader.Apply(block).IsValid);
    }

    [Fact]
    public void Propose_BundleThatOverflows_IsLeftOutAndStopsNoOtherChannel()
    {
        // Only a source whose committee is captured could send it: honest value never exceeds 64 bits.
        ShardLayout layout = ShardLayout.Create(4);
        int rich = TestNetwork.WalletOn(layout, 0), other = TestNetwork.WalletOn(layout, 0, rich + 1);
        ShardChain chain = TestNetwork.Chain(layout, 0, accounts: 0);
        var bundles = new List<ProvenBundle>();
        foreach ((int source, int wallet, ulong sequence, ulong amount) in ((int, int, ulong, ulong)[])[(1, rich, 1, ulong.MaxValue), (1, rich, 2, 1), (2, other, 1, 5)])
        {
            var bundle = new ReceiptBundle(layout.Shards[source].Id, chain.Shard, sequence, sequence, [new Receipt(TestNetwork.Key(1), TestNetwork.AddressOf(wallet), amount)]);
            Assert.Equal(AnchorResult.Accepted, chain.Anchor(HeaderOf(bundle)));
            bundles.Add(new ProvenBundle(bundle, new BundleProof(0, [])));
            Assert.Equal(BundleResult.Accepted, chain.Receive(bundles[^1]));
        }
        ShardBlock block = chain.Propose(1);
        Assert.Equal(2, block.Inbound.Count);
        ShardHeader h = block.Header;
        var greedy = new ShardBlock(
            new ShardHeader
            {
                ChainId = h.ChainId, Shard = h.Shard, Height = h.Height, Parent = h.Parent, TimeMs = h.TimeMs, Epoch = h.Epoch, TransfersRoot = h.TransfersRoot, InboundRoot = h.InboundRoot,
                ReceiptsRoot = h.ReceiptsRoot, StateRoot = h.StateRoot, ChannelsRoot = h.ChannelsRoot, Transfers = 0, InboundBundles = 3, OutboundBundles = 0,
            },
            [.. bundles], []);
        Assert.Equal(new BlockVerdict(BlockResult.CreditOverflow, 1), chain.Apply(greedy));
        Assert.True(chain.Apply(block).IsValid);
        Assert.Equal(ulong.MaxValue, chain.GetAccount(TestNetwork.AddressOf(rich)).Balance);
        Assert.Equal(5UL, chain.GetAccount(TestNetwork.AddressOf(other)).Balance);
        Assert.Equal(1UL, chain.Watermark(layout.Shards[1].Id));
    }

    private static ShardHeader HeaderOf(ReceiptBundle bundle) => new()
    {
        ChainId = TestNetwork.ChainId, Shard = bundle.Source, Height = bundle.SourceHeight, Parent = default, TimeMs = 0, Epoch = 0,
        TransfersRoot = default, InboundRoot = default, ReceiptsRoot = new Digest(bundle.Leaf), StateRoot = default, ChannelsRoot = default,
        Transfers = 1, InboundBundles = 0, OutboundBundles = 1,
    };
}
