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

    private static ShardHeader HeaderOf(ReceiptBundle bundle) => new()
    {
        ChainId = TestNetwork.ChainId, Shard = bundle.Source, Height = bundle.SourceHeight, Parent = default, TimeMs = 0, Epoch = 0,
        TransfersRoot = default, InboundRoot = default, ReceiptsRoot = new Digest(bundle.Leaf), StateRoot = default, ChannelsRoot = default,
        Transfers = 1, InboundBundles = 0, OutboundBundles = 1,
    };
}
