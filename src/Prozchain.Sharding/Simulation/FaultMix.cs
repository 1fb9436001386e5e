namespace Prozchain.Sharding.Simulation;

/// <summary>What kinds of faults a drawn plan holds, how many, and until when.</summary>
public sealed record FaultMix
{
    /// <summary>Number of nodes in the world, 1 or more.</summary>
    public required int Nodes { get; init; }

    /// <summary>When all has healed, milliseconds since the world began, at least 10.</summary>
    public required long HealedMs { get; init; }

    /// <summary>How many faults a plan holds at most; it holds at least one.</summary>
    public int MostFaults { get; init; } = 8;

    /// <summary>The longest time that one fault lasts.</summary>
    public long LongestMs { get; init; } = 3000;

    /// <summary>How many records of a node the crashes about a persist are drawn from.</summary>
    public int PersistPoints { get; init; } = 20;

    /// <summary>Kinds to draw from, each as likely as it is often.</summary>
    public IReadOnlyList<FaultKind> Kinds { get; init; } = Enum.GetValues<FaultKind>();

    /// <summary>A plan of a seed.</summary>
    /// <param name="seed">Any value.</param>
    /// <exception cref="InvalidOperationException">The mix's figures are out of their ranges.</exception>
    public FaultPlan Draw(ulong seed)
    {
        if (Nodes < 1 || HealedMs < 10 || MostFaults < 1 || LongestMs < 1 || PersistPoints < 1 || Kinds.Count == 0)
            throw new InvalidOperationException($"Expected positive figures and 10 ms or more, got {this}.");
        var random = new SimulationRandom(seed);
        var faults = new Fault[1 + random.Next(MostFaults)];
        for (int i = 0; i < faults.Length; i++) faults[i] = DrawFault(random, Kinds[random.Next(Kinds.Count)]);
        return new FaultPlan(faults);
    }

    private Fault DrawFault(SimulationRandom random, FaultKind kind)
    {
        long from = random.Next(HealedMs - 1), until = Math.Min(HealedMs, from + 1 + random.Next(LongestMs));
        NodeSet nodes = DrawNodes(random, 1 + random.Next(Math.Max(1, Nodes / 2)));
        bool oneWay = random.Next(3) == 0;
        return kind switch
        {
            FaultKind.Partition => Fault.Partition(from, until, nodes, oneWay: oneWay),
            FaultKind.Clog => Fault.Clog(from, until, nodes, oneWay: oneWay),
            FaultKind.Loss => Fault.Loss(from, until, 1 + random.Next(300)),
            FaultKind.Duplicate => Fault.Duplicate(from, until, 1 + random.Next(300)),
            FaultKind.Reorder => Fault.Reorder(from, until, 1 + random.Next(500)),
            FaultKind.Delay => Fault.Delay(from, until, 1 + random.Next(500), nodes, oneWay: oneWay),
            FaultKind.Slow => Fault.Slow(from, until, 2 + random.Next(50), nodes),
            // At times the power goes everywhere: what nobody had made durable is then forgotten by all.
            FaultKind.Crash => Fault.Crash(from, until, random.Next(4) == 0 ? NodeSet.Everyone : nodes),
            FaultKind.DiskFull => Fault.DiskFull(from, until, nodes),
            _ => Fault.CrashAtPersist(from, until, kind, new NodeId(nodes.Span[0]), random.Next(PersistPoints)),
        };
    }

    private NodeSet DrawNodes(SimulationRandom random, int count)
    {
        var all = new int[Nodes];
        for (int i = 0; i < all.Length; i++) all[i] = i;
        random.Shuffle<int>(all);
        return NodeSet.Of(all.AsSpan(0, count));
    }
}
