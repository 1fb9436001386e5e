using Prozchain.Zk.Backends;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;

namespace Prozchain.Zk.Tests.Backends;

/// <summary>What the families of operations carry suffices for a proof, and the bytes do not tell who made it.</summary>
public sealed class BackendTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prove_AnotherBackend_GivesTheSameBytes(bool zeroKnowledge)
    {
        var statement = new FrozenProof(zeroKnowledge);
        var naive = new NaiveBackend();
        byte[] proof = statement.Bytes(CpuBackend.Instance);
        Assert.Equal(proof, statement.Bytes(naive));
        Assert.Equal(VerifyResult.Valid, statement.Verify(proof));
        Assert.Equal((1, 1), (naive.Started, naive.Disposed));
    }

    [Fact]
    public void Prove_ACancelledRun_IsDisposed()
    {
        var naive = new NaiveBackend();
        Assert.ThrowsAny<OperationCanceledException>(() => new FrozenProof().Bytes(new StarkProverOptions { Backend = naive }, new CancellationToken(canceled: true)));
        Assert.Equal((1, 1), (naive.Started, naive.Disposed));
    }
}
