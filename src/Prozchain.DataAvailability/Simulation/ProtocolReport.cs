namespace Prozchain.DataAvailability.Simulation;

/// <summary>What a simulation saw of one protocol.</summary>
public sealed record ProtocolReport
{
    /// <summary>The protocol.</summary>
    public required SimulatedProtocol Protocol { get; init; }

    /// <summary>Megabytes of blocks per second at which the nodes' bandwidth is used up: payload over what a node receives of it.</summary>
    public double MegabytesPerSecond { get; init; }

    /// <summary>Blocks that were withheld in part from everyone.</summary>
    public int WithheldBlocks { get; init; }

    /// <summary>Clients, over those blocks, that accepted although nobody can recover the block.</summary>
    public long Fooled { get; init; }

    /// <summary>Clients in those blocks.</summary>
    public long Asked { get; init; }

    /// <summary>Chance that theory states for one of them, eclipses included.</summary>
    public double StatedFooled { get; init; }

    /// <summary>Blocks of which clients were served selectively.</summary>
    public int SelectiveBlocks { get; init; }

    /// <summary>Clients that accepted those.</summary>
    public long SelectivelyFooled { get; init; }

    /// <summary>Blocks that were encoded wrongly.</summary>
    public int MisEncodedBlocks { get; init; }

    /// <summary>Clients that accepted those.</summary>
    public long MisEncodedAccepted { get; init; }

    /// <summary>Clients that were eclipsed, over all blocks.</summary>
    public long Eclipsed { get; init; }

    /// <summary>Blocks of honest producers.</summary>
    public int HonestBlocks { get; init; }

    /// <summary>Clients that rejected those: eclipsed ones that are not served, or all where the adversary's nodes do not sign a certificate that needs them.</summary>
    public long HonestRejected { get; init; }

    /// <summary>Honest blocks that churn has lost before their time.</summary>
    public int LostBlocks { get; init; }

    /// <summary>The least share of what recovers a block that honest nodes held at any time; below 1 blocks are lost.</summary>
    public double LeastRedundancy { get; init; } = double.PositiveInfinity;

    /// <summary>Bytes that nodes fetched to take others' places, for each node and block.</summary>
    public double RepairBytesPerNode { get; init; }

    /// <summary>Bits of soundness achieved against withholding: -log2 of the share of clients fooled; infinite if none was.</summary>
    public double AchievedBits => Asked == 0 ? double.NaN : Math.Log2(Asked / (double)Fooled);
}
