using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Consensus;

/// <summary>What the blocks of one shard are computed from, the same on all of its nodes.</summary>
public sealed record ShardChainOptions
{
    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The shards.</summary>
    public required ShardLayout Layout { get; init; }

    /// <summary>The shard of this chain; one that the layout has.</summary>
    public required ShardId Shard { get; init; }

    /// <summary>The balances at genesis, of all shards; those of other shards are passed over.</summary>
    public required IReadOnlyList<GenesisAccount> Accounts { get; init; }

    /// <summary>Bounds.</summary>
    public BlockLimits Limits { get; init; } = new();

    /// <summary>Checks signatures.</summary>
    public required ISignatureVerifier Verifier { get; init; }
}
