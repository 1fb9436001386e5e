namespace Prozchain.DataAvailability.Simulation;

/// <summary>The network of a simulation. The same options give the same report, always.</summary>
public sealed record SimulationOptions
{
    /// <summary>Nodes that store, 4 to 1024.</summary>
    public int Nodes { get; init; } = 100;

    /// <summary>Nodes of the adversary: fewer than all.</summary>
    public int AdversarialNodes { get; init; } = 30;

    /// <summary>Honest clients that sample, at least 1.</summary>
    public int Clients { get; init; } = 500;

    /// <summary>Distinct nodes that a client is connected to, 1 to <see cref="Nodes"/>.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>Bytes of a block, 1 to 2^27.</summary>
    public int PayloadBytes { get; init; } = 2 << 20;

    /// <summary>Blocks, at least 1.</summary>
    public int Blocks { get; init; } = 30;

    /// <summary>Blocks for which each is kept, at least 1.</summary>
    public int Retained { get; init; } = 100;

    /// <summary>Chance that a node is replaced from a block to the next, 0 to 1.</summary>
    public double Churn { get; init; } = 0.05;

    /// <summary>Bytes per second that a node can receive, for the throughput.</summary>
    public double NodeBandwidth { get; init; } = 12_500_000;

    /// <summary>Who does what.</summary>
    public Adversaries Adversaries { get; init; } = Adversaries.Withholding | Adversaries.SelectiveServing | Adversaries.MisEncoding | Adversaries.Eclipse | Adversaries.Churn;

    /// <summary>Fixes every draw.</summary>
    public ulong Seed { get; init; } = 1;

    internal void Check()
    {
        Require(Nodes is >= 4 and <= 1024, nameof(Nodes), "4 to 1024", Nodes);
        Require(AdversarialNodes >= 0 && AdversarialNodes < Nodes, nameof(AdversarialNodes), $"0 to {Nodes - 1}", AdversarialNodes);
        Require(Clients >= 1, nameof(Clients), "at least 1", Clients);
        Require(Connections >= 1 && Connections <= Nodes, nameof(Connections), $"1 to {Nodes}", Connections);
        Require(PayloadBytes is >= 1 and <= 1 << 27, nameof(PayloadBytes), "1 to 2^27", PayloadBytes);
        Require(Blocks >= 1, nameof(Blocks), "at least 1", Blocks);
        Require(Retained >= 1, nameof(Retained), "at least 1", Retained);
        Require(Churn is >= 0 and <= 1, nameof(Churn), "0 to 1", Churn);
        Require(NodeBandwidth > 0, nameof(NodeBandwidth), "above 0", NodeBandwidth);
    }

    private static void Require(bool holds, string name, string expected, object got)
    {
        if (!holds) throw new ArgumentException($"Expected {name} {expected}, got {got}.", name);
    }
}
