using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

/// <summary>What a caller does wrong is said at once, not found out later.</summary>
public class MisuseTests
{
    [Fact]
    public void Open_BalanceOfNoAddress_Throws()
    {
        EngineOptions options = TestNetwork.Options(2);
        Assert.Throws<ArgumentException>(() => InProcessEngine.Open(options with { Accounts = [.. options.Accounts, new GenesisAccount(default, 5)] }));
    }

    [Fact]
    public void GetAccount_OfAnotherShard_Throws()
    {
        ShardLayout layout = ShardLayout.Create(2);
        ShardChain chain = TestNetwork.Chain(layout, 0);
        Address elsewhere = TestNetwork.AddressOf(TestNetwork.WalletOn(layout, 1));
        Assert.Throws<ArgumentException>(() => chain.GetAccount(elsewhere));
        Assert.Throws<ArgumentException>(() => chain.ProveAccount(elsewhere));
    }

    [Fact]
    public void Shows_DepthOutOfRange_Throws()
    {
        ShardLayout layout = ShardLayout.Create(1);
        ShardChain chain = TestNetwork.Chain(layout, 0);
        Address address = TestNetwork.AddressOf(1);
        Sharding.State.StateProof proof = chain.ProveAccount(address);
        foreach (int depth in (int[])[-9, 256])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => proof.ShowsAccount(chain.Tip.StateRoot, depth, address, chain.GetAccount(address)));
            Assert.Throws<ArgumentOutOfRangeException>(() => proof.ShowsAbsent(chain.Tip.StateRoot, depth, TestNetwork.Key(1)));
        }
    }

    [Fact]
    public void Registry_KeyOfAnotherLength_Throws()
    {
        Assert.Throws<ArgumentException>(() => Deposit.Join(new ShortKey(), 1, 0, 1, default));
        Assert.Throws<ArgumentException>(() => ExitOrder.Sign(new ShortKey(), 1, 0));
        EngineOptions options = TestNetwork.Options(2);
        Assert.Throws<ArgumentException>(() => InProcessEngine.Open(options with { Validators = [.. options.Validators, new EngineValidator(new ShortKey(), 1000)] }));
    }

    [Fact]
    public void SubmitMany_NullTransfer_Throws()
    {
        using InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(1));
        Assert.Throws<ArgumentException>(() => engine.SubmitMany([TestNetwork.Pay(0, 1, 1, 0), null!], new SubmitResult[2]));
        Assert.Equal(0, engine.PooledTransfers());
    }

    private sealed class ShortKey : ISigner
    {
        public ReadOnlyMemory<byte> PublicKey { get; } = new byte[33];

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => signature.Clear();
    }
}
