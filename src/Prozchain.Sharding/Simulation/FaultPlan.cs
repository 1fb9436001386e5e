namespace Prozchain.Sharding.Simulation;

/// <summary>
/// What goes wrong in a world and when. A plan is given by the test, drawn from a seed (<see cref="FaultMix"/>), or
/// pasted from a report: <see cref="Parse"/> reads what <see cref="ToString"/> writes.
/// </summary>
public sealed class FaultPlan
{
    private readonly Fault[] _faults;

    /// <summary>These faults, in this order.</summary>
    /// <param name="faults">The faults; they may overlap.</param>
    public FaultPlan(params IEnumerable<Fault> faults) => _faults = [.. faults];

    /// <summary>Nothing goes wrong.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>The faults.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>When all has healed, milliseconds since the world began: the global stabilisation time, after which progress can be asserted.</summary>
    public long HealedMs => _faults.Length == 0 ? 0 : _faults.Max(fault => fault.UntilMs);

    /// <summary>Reads a plan, a fault a line. Empty lines and lines that begin with # say nothing.</summary>
    /// <param name="text">The lines.</param>
    /// <exception cref="FormatException">A line that is no fault.</exception>
    public static FaultPlan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FaultPlan(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#').Select(FaultText.Read));
    }

    /// <summary>
    /// A plan for each point at which nodes can lose their power about a record: before it reaches the medium, in the
    /// midst, and after it is durable but before anything after it leaves.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="records">How many records it persists without faults.</param>
    /// <param name="healedMs">When it has its power again.</param>
    public static IEnumerable<FaultPlan> EveryPersistPoint(NodeId node, int records, long healedMs)
    {
        for (int record = 0; record < records; record++)
        {
            for (FaultKind kind = FaultKind.CrashBeforePersist; kind <= FaultKind.CrashAfterPersist; kind++)
                yield return new FaultPlan(Fault.CrashAtPersist(0, healedMs, kind, node, record));
        }
    }

    /// <summary>
    /// FoundationDB's swizzle-clog: some nodes' links clog one node after the other and clear in another order.
    /// </summary>
    /// <param name="random">Draws nodes, times and order.</param>
    /// <param name="nodes">Number of nodes in the world, 1 or more.</param>
    /// <param name="fromMs">The first clogs from here on.</param>
    /// <param name="untilMs">All are clear, at least 4 ms later.</param>
    public static FaultPlan SwizzleClog(SimulationRandom random, int nodes, long fromMs, long untilMs)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (untilMs - fromMs < 4) throw new ArgumentException($"Expected at least 4 ms, got {untilMs - fromMs}.", nameof(untilMs));
        var order = new int[nodes];
        for (int i = 0; i < nodes; i++) order[i] = i;
        random.Shuffle<int>(order);
        long middle = (fromMs + untilMs) / 2;
        return new FaultPlan(order.Take(1 + random.Next(nodes)).Select(node =>
            Fault.Clog(fromMs + random.Next(middle - fromMs), middle + 1 + random.Next(untilMs - middle), NodeSet.Of(node))).ToArray());
    }

    /// <summary>The faults of both.</summary>
    /// <param name="other">More faults.</param>
    public FaultPlan With(FaultPlan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new FaultPlan(_faults.Concat(other._faults));
    }

    /// <summary>A fault a line.</summary>
    public override string ToString() => string.Join('\n', _faults.Select(fault => fault.ToString()));
}
