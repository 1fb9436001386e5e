namespace Prozchain.Sharding.Simulation;

/// <summary>
/// How the network is at all times; a <see cref="FaultPlan"/> adds to it for a while. The default is one region with
/// 25 ms one way and a tenth of jitter, without loss and with unlimited bandwidth. Jitter alone lets messages overtake
/// each other.
/// </summary>
public sealed record NetworkOptions
{
    /// <summary>One-way delays.</summary>
    public RegionDelays Delays { get; init; } = RegionDelays.Uniform(25_000);

    /// <summary>A delay is lengthened by a uniform share of itself, up to this many thousandths.</summary>
    public int JitterPermille { get; init; } = 100;

    /// <summary>Messages lost, in a thousand.</summary>
    public int LossPermille { get; init; }

    /// <summary>Messages that come twice, in a thousand.</summary>
    public int DuplicatePermille { get; init; }

    /// <summary>Messages held back, in a thousand, for a uniform time up to <see cref="ReorderMs"/>.</summary>
    public int ReorderPermille { get; init; }

    /// <summary>The longest time for which a message is held back so that others overtake it.</summary>
    public int ReorderMs { get; init; } = 100;

    /// <summary>True: what one node sends to another comes in the order of sending, as over one connection.</summary>
    public bool InOrder { get; init; }

    /// <summary>What a node can send, and what it can receive, bytes a second; more waits in a queue. 0 for no limit.</summary>
    public long BytesPerSecond { get; init; }
}
