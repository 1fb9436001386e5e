using Prozchain.Rollups;
using Prozchain.Sharding.Layout;

namespace Prozchain.Devnet.Workloads;

/// <summary>What the Devnet knows of a name in the workload: its addresses on both layers and its next nonces.</summary>
/// <param name="name">The name.</param>
/// <param name="shardKey">Its Ed25519 key on the shards, with scheme byte.</param>
/// <param name="rollupKey">Its P-256 key on the rollup, with scheme byte.</param>
internal sealed class Wallet(string name, ReadOnlySpan<byte> shardKey, ReadOnlySpan<byte> rollupKey)
{
    public string Name { get; } = name;

    public Address ShardAddress { get; } = Address.FromPublicKey(shardKey);

    public AccountAddress RollupAddress { get; } = AccountAddress.FromPublicKey(rollupKey);

    /// <summary>The account as payments name it on the rollup: its address, or its number.</summary>
    public AccountAddress RollupName { get; set; } = AccountAddress.FromPublicKey(rollupKey);

    /// <summary>Transfers sent so far on the shards.</summary>
    public ulong ShardNonce { get; set; }

    /// <summary>Transfers sent so far on the rollup.</summary>
    public ulong RollupNonce { get; set; }
}
