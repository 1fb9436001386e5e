using Prozchain.Sharding.Ports;

namespace Prozchain.Devnet.Workloads;

/// <summary>The two keys of a wallet: Ed25519 on the shards, where many signatures are checked as one, P-256 on the rollup.</summary>
internal sealed class WalletKeys(ReadOnlySpan<byte> shardSeed, ReadOnlySpan<byte> rollupSeed) : IDisposable
{
    public Ed25519Signer Shard { get; } = new(shardSeed);

    public P256Signer Rollup { get; } = new(rollupSeed);

    public void Dispose()
    {
        Shard.Dispose();
        Rollup.Dispose();
    }
}
