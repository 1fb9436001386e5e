using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Beacon;

/// <summary>What the beacon's blocks are checked against, the same on all nodes.</summary>
public sealed record BeaconOptions
{
    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The shards.</summary>
    public required ShardLayout Layout { get; init; }

    /// <summary>The genesis header of every shard.</summary>
    public required IReadOnlyList<ShardHeader> Genesis { get; init; }

    /// <summary>The validators of epoch 0.</summary>
    public required IReadOnlyList<Validator> Validators { get; init; }

    /// <summary>How committees are drawn.</summary>
    public required CommitteeParameters Committees { get; init; }

    /// <summary>Beacon blocks in one epoch, at least 1.</summary>
    public int BlocksPerEpoch { get; init; } = 64;

    /// <summary>Gives each epoch's seed.</summary>
    public required IRandomness Randomness { get; init; }

    /// <summary>Checks signatures.</summary>
    public required ISignatureVerifier Verifier { get; init; }

    /// <summary>Threads that may check signatures; 1 is serial.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;
}
