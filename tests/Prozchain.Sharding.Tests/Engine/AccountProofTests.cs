using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

public class AccountProofTests
{
    [Fact]
    public void Holds_HeaderOfAnotherShard_IsFalse()
    {
        ShardLayout layout = ShardLayout.Create(2);
        ShardChain other = TestNetwork.Chain(layout, 1);
        int forgeries = 0;
        for (int wallet = 0; wallet < 32; wallet++)
        {
            // Rich on its own shard, and absent, of course, from the other one's state.
            Address address = TestNetwork.AddressOf(wallet);
            if (layout.ShardOf(address) == other.Shard) continue;
            StateProof proof = other.Accounts.Prove(address.Digest);
            if (proof.ShowsAbsent(other.Tip.StateRoot, 1, address.Digest)) forgeries++;
            Assert.False(new AccountProof(other.Tip, 1, address, default, proof).Holds(layout));
        }
        Assert.True(forgeries > 0);
    }

    [Fact]
    public void Holds_AnotherDepth_IsFalse()
    {
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(2));
        AccountProof proof = engine.ProveAccount(TestNetwork.AddressOf(100));
        Assert.True(proof.Holds(engine.Layout));
        for (int depth = 0; depth < 20; depth++) Assert.Equal(depth == 1, (proof with { RootDepth = depth }).Holds(engine.Layout));
    }
}
