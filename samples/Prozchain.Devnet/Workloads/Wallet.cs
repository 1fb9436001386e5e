using Prozchain.Rollups;
using Prozchain.Sharding.Layout;

namespace Prozchain.Devnet.Workloads;

/// <summary>What the Devnet knows of a name in the workload: its addresses on both layers and its next nonces.</summary>
internal sealed class Wallet(string name, ReadOnlySpan<byte> publicKey)
{
    public string Name { get; } = name;

    public Address ShardAddress { get; } = Address.FromPublicKey(publicKey);

    public AccountAddress RollupAddress { get; } = AccountAddress.FromPublicKey(publicKey);

    /// <summary>Transfers sent so far on the shards.</summary>
    public ulong ShardNonce { get; set; }

    /// <summary>Transfers sent so far on the rollup.</summary>
    public ulong RollupNonce { get; set; }
}
