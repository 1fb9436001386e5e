using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Replication;

/// <summary>What a <see cref="BeaconNode"/> is made from. All nodes of a network agree on <see cref="Beacon"/>, <see cref="StartMs"/> and <see cref="MaxBodyBytes"/>.</summary>
public sealed class BeaconNodeOptions
{
    /// <summary>The beacon's rules and genesis.</summary>
    public required BeaconOptions Beacon { get; init; }

    /// <summary>The time of the genesis, Unix milliseconds.</summary>
    public required long StartMs { get; init; }

    /// <summary>This validator's key.</summary>
    public required ISigner Signer { get; init; }

    /// <summary>Checks signatures; for this node alone.</summary>
    public required ISignatureVerifier Verifier { get; init; }

    /// <summary>Under which name the host reaches a validator.</summary>
    public required Func<ReadOnlyMemory<byte>, NodeId> AddressOf { get; init; }

    /// <summary>Makes this validator's reveal of a message; null where the network has none.</summary>
    public Func<Digest, ReadOnlyMemory<byte>>? Reveal { get; init; }

    /// <summary>Named in evidence that this node finds.</summary>
    public required Address Reporter { get; init; }

    /// <summary>Time between two beacon blocks, milliseconds.</summary>
    public int IntervalMs { get; init; } = 1_000;

    /// <summary>One-way delay between validators to begin with, milliseconds.</summary>
    public int DelayMs { get; init; } = 100;

    /// <summary>The longest timer, milliseconds.</summary>
    public int MaxTimeoutMs { get; init; } = 10_000;

    /// <summary>The longest body, bytes.</summary>
    public int MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>Ended runs that still answer those who catch up.</summary>
    public int KeepRuns { get; init; } = 4;
}
