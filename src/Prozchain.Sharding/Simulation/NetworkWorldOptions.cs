using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="NetworkWorld"/> is like.</summary>
public sealed record NetworkWorldOptions
{
    /// <summary>Keys, shards, seats of each (<see cref="BankOptions.Validators"/>), load and world.</summary>
    public required BankOptions Bank { get; init; }

    /// <summary>Classes beside the general one, with their shards, in which the bank has no accounts: they are ordered and anchored like the others.</summary>
    public IReadOnlyList<(LayoutClassRules Rules, int Shards)> Classes { get; init; } = [];

    /// <summary>Checks reveals.</summary>
    public required IVrfVerifier Vrf { get; init; }

    /// <summary>The public VRF key of a validator by number.</summary>
    public required Func<int, ReadOnlyMemory<byte>> VrfKey { get; init; }

    /// <summary>A validator's VRF proof of a message.</summary>
    public required Func<int, Digest, ReadOnlyMemory<byte>> Prove { get; init; }

    /// <summary>Validators of the pool, of equal stake.</summary>
    public int Pool { get; init; } = 16;

    /// <summary>Stake of each.</summary>
    public ulong Stake { get; init; } = 1_000;

    /// <summary>Beacon blocks of an epoch.</summary>
    public int BlocksPerEpoch { get; init; } = 8;

    /// <summary>Beacon blocks of a moment of the committees' rotation; 0 for committees that change as a whole.</summary>
    public int RotationBlocks { get; init; }

    /// <summary>Beacon blocks without an anchor after which a shard is frozen.</summary>
    public int StallBlocks { get; init; } = 5;

    /// <summary>Slots of an epoch in which a validator reveals.</summary>
    public int RevealSlots { get; init; } = 4;

    /// <summary>Splits and merges that the beacon decides, one after the other.</summary>
    public IReadOnlyList<LineageDecision> Decisions { get; init; } = [];

    /// <summary>Number of a validator that finds every claim true and claims that a shard is to be split; -1 for none: for tests of those it tells.</summary>
    internal int Liar { get; init; } = -1;

    /// <summary>Beacon blocks before the end of an epoch in which no split or merge is decided: it would end its shards in the next one.</summary>
    public int DrainBlocks { get; init; } = 2;

    /// <summary>Time between two beacon blocks, milliseconds.</summary>
    public int BeaconIntervalMs { get; init; } = 1_000;
}
