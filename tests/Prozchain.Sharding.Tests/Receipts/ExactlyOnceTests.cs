using FsCheck;
using FsCheck.Fluent;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Receipts;

/// <summary>Three shards whose bundles travel over a carrier that loses, doubles, delays and reorders them.</summary>
public class ExactlyOnceTests
{
    [Fact]
    public void Bundles_UnderLossDuplicationReorder_AreAppliedExactlyOnce() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed => Run(new Random(seed))).QuickCheckThrowOnFailure();

    [Fact]
    public void Receive_Faulty_IsRefusedWithAReason()
    {
        ShardLayout layout = ShardLayout.Create(3);
        ShardChain source = TestNetwork.Chain(layout, 0), destination = TestNetwork.Chain(layout, 1), third = TestNetwork.Chain(layout, 2);
        ShardHeader header = SendOne(layout, source, to: 1);
        ProvenBundle proven = Assert.Single(source.LastSent);
        Assert.Equal(BundleResult.UnknownAnchor, destination.Receive(proven));
        Assert.Equal(AnchorResult.WrongShard, source.Anchor(header));
        Assert.Equal(AnchorResult.Accepted, destination.Anchor(header));
        Assert.Equal(AnchorResult.NotNeeded, destination.Anchor(header));
        Assert.Equal(BundleResult.WrongShard, third.Receive(proven));
        Assert.Equal(BundleResult.BadProof, destination.Receive(proven with { Proof = new BundleProof(1, []) }));
        ReceiptBundle bundle = proven.Bundle;
        Receipt[] more = [bundle.Receipts[0] with { Amount = bundle.Receipts[0].Amount + 1 }];
        Assert.Equal(BundleResult.BadProof, destination.Receive(proven with { Bundle = new ReceiptBundle(bundle.Source, bundle.Destination, 1, bundle.SourceHeight, more) }));
        Receipt[] astray = [bundle.Receipts[0] with { Recipient = TestNetwork.AddressOf(TestNetwork.WalletOn(layout, 2)) }];
        Assert.Equal(BundleResult.WrongRecipient, destination.Receive(proven with { Bundle = new ReceiptBundle(bundle.Source, bundle.Destination, 1, bundle.SourceHeight, astray) }));
        Assert.Equal(BundleResult.WrongShard, destination.Receive(proven with { Bundle = new ReceiptBundle(new ShardId(1), bundle.Destination, 1, bundle.SourceHeight, more) }));
        Assert.Equal(BundleResult.Accepted, destination.Receive(proven));
        Assert.Equal(BundleResult.Duplicate, destination.Receive(proven));
        Assert.True(destination.Apply(destination.Propose(1)).IsValid);
        Assert.Equal(BundleResult.Duplicate, destination.Receive(proven));
        Assert.Equal(1UL, destination.Watermark(source.Shard));
    }

    [Fact]
    public void Receive_TooFarAheadOrTooMuch_IsFullButTheNextIsLetIn()
    {
        ShardLayout layout = ShardLayout.Create(2);
        ShardChain source = TestNetwork.Chain(layout, 0), destination = TestNetwork.Chain(layout, 1, limits: new BlockLimits { MaxWaitingReceipts = 2 });
        var sent = new List<ProvenBundle>();
        for (int i = 0; i < 4; i++)
        {
            destination.Anchor(SendOne(layout, source, to: 1, (ulong)i));
            sent.AddRange(source.LastSent);
        }
        Assert.Equal(BundleResult.Accepted, destination.Receive(sent[1]));
        Assert.Equal(BundleResult.Accepted, destination.Receive(sent[2]));
        Assert.Equal(BundleResult.Full, destination.Receive(sent[3]));
        Assert.Equal(BundleResult.Accepted, destination.Receive(sent[0]));
        Assert.True(destination.Apply(destination.Propose(1)).IsValid);
        Assert.Equal(3UL, destination.Watermark(source.Shard));
        Assert.Equal(BundleResult.Accepted, destination.Receive(sent[3]));
    }

    private static ShardHeader SendOne(ShardLayout layout, ShardChain source, int to, ulong nonce = 0)
    {
        int from = TestNetwork.WalletOn(layout, 0), recipient = TestNetwork.WalletOn(layout, to);
        Assert.Equal(SubmitResult.Accepted, source.Submit(TestNetwork.Pay(from, recipient, 3, nonce)));
        Assert.True(source.Apply(source.Propose(1)).IsValid);
        return source.Tip;
    }

    private static bool Run(Random random)
    {
        const int Wallets = 12;
        ShardLayout layout = ShardLayout.Create(3);
        var limits = new BlockLimits { MaxTransfers = 4, MaxReceipts = 5, MaxWaitingReceipts = 6 };
        ShardChain[] chains = [.. Enumerable.Range(0, 3).Select(i => TestNetwork.Chain(layout, i, Wallets, limits: limits))];
        var nonces = new ulong[Wallets];
        var expected = Enumerable.Repeat(1000UL, Wallets).ToArray();
        var headers = new List<ShardHeader>();
        var wire = new List<ProvenBundle>();
        for (int step = 0; step < 60; step++)
        {
            // For the last steps nothing new is sent and the carrier behaves, so that all arrives.
            bool closing = step >= 45;
            for (int i = random.Next(6); i > 0 && !closing; i--) Pay(random.Next(Wallets), random.Next(Wallets), (ulong)random.Next(20));
            foreach (ShardChain chain in chains)
            {
                if (!closing && random.Next(4) == 0) continue;
                if (!chain.Apply(chain.Propose(step)).IsValid) return false;
                headers.Add(chain.Tip);
            }
            foreach (ShardChain chain in chains)
            {
                foreach (ShardHeader header in headers) chain.Anchor(header);
                foreach (ShardChain other in chains.Where(other => other != chain))
                {
                    if (random.Next(3) == 0 || closing) other.Acknowledge(chain.Shard, chain.Watermark(other.Shard));
                    foreach (ProvenBundle proven in other.InFlight(chain.Shard))
                        for (int copies = closing ? 1 : random.Next(3); copies > 0; copies--) wire.Add(proven);
                }
            }
            ProvenBundle[] arriving = [.. wire];
            random.Shuffle(arriving);
            wire.Clear();
            foreach (ProvenBundle proven in arriving)
            {
                if (!closing && random.Next(5) == 0) { wire.Add(proven); continue; }
                BundleResult result = chains.Single(chain => chain.Shard == proven.Bundle.Destination).Receive(proven);
                if (result is not (BundleResult.Accepted or BundleResult.Duplicate or BundleResult.Full)) return false;
            }
            // At every cut: balances and what is in flight add up, counting a bundle as in flight until it is applied.
            UInt128 held = 0, flying = 0;
            for (int i = 0; i < Wallets; i++) held += ChainOf(i).GetAccount(TestNetwork.AddressOf(i)).Balance;
            foreach (ShardChain from in chains)
                foreach (ShardChain to in chains)
                    foreach (ProvenBundle proven in from.InFlight(to.Shard))
                        if (proven.Bundle.Sequence > to.Watermark(from.Shard)) flying += proven.Bundle.TotalAmount();
            if (held + flying != 1000 * Wallets) return false;
        }
        return Enumerable.Range(0, Wallets).All(i => ChainOf(i).GetAccount(TestNetwork.AddressOf(i)).Balance == expected[i]) && chains.All(chain => chain.ValueInFlight == 0);

        ShardChain ChainOf(int wallet) => chains[layout.Shards.ToList().FindIndex(shard => shard.Contains(TestNetwork.AddressOf(wallet).Digest))];

        void Pay(int from, int to, ulong amount)
        {
            if (ChainOf(from).Submit(TestNetwork.Pay(from, to, amount, nonces[from])) != SubmitResult.Accepted) return;
            nonces[from]++;
            expected[from] -= amount;
            expected[to] += amount;
        }
    }
}
