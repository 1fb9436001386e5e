using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>The block that a run starts from: the genesis, or the terminal block of the epoch before.</summary>
/// <param name="Hash">Hash of its header; the application knows its result under this name.</param>
/// <param name="Height">Its height.</param>
/// <param name="TimeMs">Its time, Unix milliseconds.</param>
public readonly record struct OrderingAnchor(Digest Hash, ulong Height, long TimeMs);

/// <summary>What an <see cref="OrderingNode"/> is made from. All nodes of a run must agree on <see cref="Instance"/>, <see cref="Anchor"/>, <see cref="SealEvery"/>, <see cref="SealsFirst"/> and <see cref="MaxBodyBytes"/>.</summary>
public sealed class OrderingOptions
{
    /// <summary>The run.</summary>
    public required OrderingInstance Instance { get; init; }

    /// <summary>The block that the run starts from.</summary>
    public required OrderingAnchor Anchor { get; init; }

    /// <summary>Signs and checks votes.</summary>
    public required ICertificateScheme Scheme { get; init; }

    /// <summary>Fills, judges and takes over blocks.</summary>
    public required IOrderedApplication Application { get; init; }

    /// <summary>Under which names the host reaches the members, in the order of the committee.</summary>
    public required IReadOnlyList<NodeId> Peers { get; init; }

    /// <summary>This node's index in the committee; -1 for one that only follows.</summary>
    public int Member { get; init; } = -1;

    /// <summary>Height up to which the application has durably taken over blocks, at least the anchor's: later ones are handed over, also those in the node's log.</summary>
    public ulong AppliedHeight { get; init; }

    /// <summary>Time between two proposals of a leader, milliseconds: 50 to 125 in production.</summary>
    public int IntervalMs { get; init; } = 100;

    /// <summary>One-way delay between members to begin with, milliseconds; never assumed shorter. Timers start from three of them.</summary>
    public int DelayMs { get; init; } = 50;

    /// <summary>The longest timer, milliseconds.</summary>
    public int MaxTimeoutMs { get; init; } = 10_000;

    /// <summary>How far a proposal's time may be ahead, milliseconds.</summary>
    public int MaxDriftMs { get; init; } = 500;

    /// <summary>How soon an application that answered "not yet" is asked again, milliseconds.</summary>
    public int RetryMs { get; init; } = 5;

    /// <summary>Without a final block for so long, milliseconds, the run counts as stalled.</summary>
    public int StallMs { get; init; } = 15_000;

    /// <summary>Each so-many-th height carries the state's root.</summary>
    public int SealEvery { get; init; } = 5;

    /// <summary>True if the run's first height carries it too: that of an heir, whose state no header has stated before.</summary>
    public bool SealsFirst { get; init; }

    /// <summary>The longest body, bytes.</summary>
    public int MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>Final blocks kept for those who catch up.</summary>
    public int KeepBlocks { get; init; } = 1024;

    /// <summary>Bytes of final blocks kept for those who catch up.</summary>
    public long KeepBytes { get; init; } = 64L << 20;

    internal void Check()
    {
        int members = Instance.Committee.Members.Count;
        if (Peers.Count != members) throw new ArgumentException($"Expected {members} peers, got {Peers.Count}.", nameof(Peers));
        if (Member < -1 || Member >= members) throw new ArgumentException($"Expected a member from -1 to {members - 1}, got {Member}.", nameof(Member));
        foreach (int positive in (ReadOnlySpan<int>)[IntervalMs, DelayMs, MaxTimeoutMs, RetryMs, StallMs, SealEvery, KeepBlocks])
            ArgumentOutOfRangeException.ThrowIfLessThan(positive, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxDriftMs);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepBytes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxBodyBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBodyBytes, WireLimits.MaxMicroBody);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Scheme.Sizes.MaxCertificate, WireLimits.MaxCertificateProof);
    }
}
