using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Receipts;

/// <summary>However many headers a host hands in, the bundles that are meant for a shard get their turn.</summary>
public class AnchorBookTests
{
    private readonly ShardLayout _layout = ShardLayout.Create(3);
    private readonly ShardChain _source, _destination;
    private ulong _nonce;

    public AnchorBookTests()
    {
        _source = TestNetwork.Chain(_layout, 0);
        _destination = TestNetwork.Chain(_layout, 1, limits: new BlockLimits { MaxAnchors = 3 });
    }

    [Fact]
    public void Anchor_ManyHeadersThatSendNothingHere_LockNothingOut()
    {
        for (int i = 0; i < 10; i++) Assert.Equal(AnchorResult.Accepted, _destination.Anchor(Send(to: 2).Header));
        (ShardHeader header, ProvenBundle proven) = Send(to: 1);
        Assert.Equal(AnchorResult.Accepted, _destination.Anchor(header));
        Assert.Equal(BundleResult.Accepted, _destination.Receive(proven));
        Assert.True(_destination.Apply(_destination.Propose(1)).IsValid);
        Assert.Equal(1UL, _destination.Watermark(_source.Shard));
    }

    [Fact]
    public void Anchor_AllKeptOnesWaitedFor_IsFullUntilABlockAppliesThem()
    {
        for (int i = 0; i < 3; i++)
        {
            (ShardHeader header, ProvenBundle proven) = Send(to: 1);
            Assert.Equal(AnchorResult.Accepted, _destination.Anchor(header));
            Assert.Equal(BundleResult.Accepted, _destination.Receive(proven));
        }
        ShardHeader next = Send(to: 1).Header;
        Assert.Equal(AnchorResult.Full, _destination.Anchor(next));
        ShardBlock block = _destination.Propose(1);
        Assert.Equal(3, block.Inbound.Count);
        Assert.True(_destination.Verify(block).IsValid);
        Assert.True(_destination.Apply(block).IsValid);
        Assert.Equal(AnchorResult.Accepted, _destination.Anchor(next));
    }

    [Fact]
    public void Anchor_OneThatWasDropped_IsTakenAgain()
    {
        (ShardHeader first, ProvenBundle proven) = Send(to: 1);
        Assert.Equal(AnchorResult.Accepted, _destination.Anchor(first));
        for (int i = 0; i < 4; i++) _destination.Anchor(Send(to: 2).Header);
        Assert.Equal(BundleResult.UnknownAnchor, _destination.Receive(proven));
        Assert.Equal(AnchorResult.Accepted, _destination.Anchor(first));
        Assert.Equal(AnchorResult.NotNeeded, _destination.Anchor(first));
        Assert.Equal(BundleResult.Accepted, _destination.Receive(proven));
        Assert.True(_destination.Apply(_destination.Propose(1)).IsValid);
        // What is applied never needs its anchor again.
        Assert.Equal(AnchorResult.NotNeeded, _destination.Anchor(first));
    }

    private (ShardHeader Header, ProvenBundle Proven) Send(int to)
    {
        Assert.Equal(SubmitResult.Accepted, _source.Submit(TestNetwork.Pay(TestNetwork.WalletOn(_layout, 0), TestNetwork.WalletOn(_layout, to), 1, _nonce++)));
        Assert.True(_source.Apply(_source.Propose(1)).IsValid);
        return (_source.Tip, _source.LastSent[0]);
    }
}
