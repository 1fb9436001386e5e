namespace Prozchain.Sharding.Simulation;

/// <summary>What one simulated node has of its own.</summary>
public sealed record NodeOptions
{
    /// <summary>Its region in <see cref="NetworkOptions.Delays"/>.</summary>
    public int Region { get; init; }

    /// <summary>What it can send, and what it can receive, bytes a second; null as <see cref="NetworkOptions.BytesPerSecond"/> says.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>How far its clock is ahead of the world's, milliseconds.</summary>
    public long ClockAheadMs { get; init; }

    /// <summary>It starts this long after it was added.</summary>
    public long StartAfterMs { get; init; }

    /// <summary>
    /// Room on its medium, framing included, bytes. A record that does not fit stops the node, as a host stops a node
    /// whose log it cannot write; it stays down until <see cref="SimulatedWorld.Restart"/>.
    /// </summary>
    public long DiskBytes { get; init; } = int.MaxValue;
}
