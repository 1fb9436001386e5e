using Prozchain.Rollups.Ports;
using Ed25519Signer = Prozchain.Sharding.Ports.Ed25519Signer;

namespace Prozchain.Devnet.Workloads;

/// <summary>The two keys of a wallet: Ed25519 on the shards, where many signatures are checked as one, and what the rollup asks for.</summary>
internal sealed class WalletKeys(ReadOnlySpan<byte> shardSeed, ISigner rollup) : IDisposable
{
    public Ed25519Signer Shard { get; } = new(shardSeed);

    public ISigner Rollup { get; } = rollup;

    public void Dispose()
    {
        Shard.Dispose();
        (Rollup as IDisposable)?.Dispose();
    }
}
