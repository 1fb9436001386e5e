namespace Prozchain.Rollups.Bridge;

/// <summary>The contracts of a rollup that a <see cref="Watchtower"/> watches; zero for one that there is not.</summary>
public sealed record WatchedContracts
{
    /// <summary>The Inbox.</summary>
    public required L1Address Inbox { get; init; }

    /// <summary>The Bridge.</summary>
    public required L1Address Bridge { get; init; }

    /// <summary>The contract that says which states are final, and logs claims.</summary>
    public required L1Address Finality { get; init; }

    /// <summary>The escape hatch.</summary>
    public L1Address Hatch { get; init; }

    /// <summary>The Guardian.</summary>
    public L1Address Guardian { get; init; }

    /// <summary>The data challenges.</summary>
    public L1Address Challenges { get; init; }

    /// <summary>The block from which on they exist.</summary>
    public ulong FirstBlock { get; init; }

    /// <summary>Seconds in which a claim can be contested; in validity mode those from a proof to finality.</summary>
    public ulong ChallengePeriod { get; init; } = 7 * 86_400;

    /// <summary>So many seconds before anyone may freeze, the watchtower warns.</summary>
    public ulong ExitWarning { get; init; } = 86_400;
}
