namespace Prozchain.Sharding.Simulation;

/// <summary>
/// One thing that goes wrong between two times and heals. Links are those between <see cref="Nodes"/> and
/// <see cref="Others"/>, both ways or only from the first to the second; with everyone as the second set they are those
/// to all nodes outside the first, and with everyone in both, all links.
/// </summary>
public sealed record Fault
{
    internal Fault(FaultKind kind, long fromMs, long untilMs, NodeSet nodes, NodeSet others, bool oneWay, int amount)
    {
        if (fromMs < 0 || untilMs <= fromMs || untilMs > long.MaxValue / 2000)
            throw new ArgumentException($"Expected a time from 0 on and a later one, got {fromMs} and {untilMs}.", nameof(fromMs));
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        if (kind is FaultKind.CrashBeforePersist or FaultKind.CrashInPersist or FaultKind.CrashAfterPersist && nodes.Span.Length != 1)
            throw new ArgumentException($"Expected one node, got {nodes}.", nameof(nodes));
        (Kind, FromMs, UntilMs, Nodes, Others, IsOneWay, Amount) = (kind, fromMs, untilMs, nodes, others, oneWay, amount);
    }

    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; }

    /// <summary>When it begins, milliseconds since the world began.</summary>
    public long FromMs { get; }

    /// <summary>When it has healed.</summary>
    public long UntilMs { get; }

    /// <summary>To whom it happens, or one side of the links.</summary>
    public NodeSet Nodes { get; }

    /// <summary>The other side of the links.</summary>
    public NodeSet Others { get; }

    /// <summary>True: only messages from <see cref="Nodes"/> to <see cref="Others"/>.</summary>
    public bool IsOneWay { get; }

    /// <summary>How much; <see cref="FaultKind"/> says of what.</summary>
    public int Amount { get; }

    /// <summary>True for faults of links, false for faults of nodes.</summary>
    public bool IsOfLinks => Kind <= FaultKind.Delay;

    /// <summary>Messages between two sets are lost.</summary>
    public static Fault Partition(long fromMs, long untilMs, NodeSet nodes, NodeSet others = default, bool oneWay = false) =>
        new(FaultKind.Partition, fromMs, untilMs, nodes, others, oneWay, 0);

    /// <summary>Messages between two sets wait until it heals.</summary>
    public static Fault Clog(long fromMs, long untilMs, NodeSet nodes, NodeSet others = default, bool oneWay = false) =>
        new(FaultKind.Clog, fromMs, untilMs, nodes, others, oneWay, 0);

    /// <summary>Messages are lost.</summary>
    /// <param name="permille">How many in a thousand.</param>
    public static Fault Loss(long fromMs, long untilMs, int permille, NodeSet nodes = default, NodeSet others = default) =>
        new(FaultKind.Loss, fromMs, untilMs, nodes, others, false, permille);

    /// <summary>Messages come twice.</summary>
    /// <param name="permille">How many in a thousand.</param>
    public static Fault Duplicate(long fromMs, long untilMs, int permille, NodeSet nodes = default, NodeSet others = default) =>
        new(FaultKind.Duplicate, fromMs, untilMs, nodes, others, false, permille);

    /// <summary>Messages overtake each other.</summary>
    /// <param name="ms">The longest time for which one is held back.</param>
    public static Fault Reorder(long fromMs, long untilMs, int ms, NodeSet nodes = default, NodeSet others = default) =>
        new(FaultKind.Reorder, fromMs, untilMs, nodes, others, false, ms);

    /// <summary>Messages take longer.</summary>
    /// <param name="ms">By how much.</param>
    public static Fault Delay(long fromMs, long untilMs, int ms, NodeSet nodes = default, NodeSet others = default, bool oneWay = false) =>
        new(FaultKind.Delay, fromMs, untilMs, nodes, others, oneWay, ms);

    /// <summary>Nodes are slow.</summary>
    /// <param name="times">How many times as long a call takes.</param>
    public static Fault Slow(long fromMs, long untilMs, int times, NodeSet nodes) => new(FaultKind.Slow, fromMs, untilMs, nodes, default, false, times);

    /// <summary>Nodes lose their power, and get it back at the end.</summary>
    public static Fault Crash(long fromMs, long untilMs, NodeSet nodes) => new(FaultKind.Crash, fromMs, untilMs, nodes, default, false, 0);

    /// <summary>A node loses its power at a point of its log, if it comes to it in time, and gets it back at the end.</summary>
    /// <param name="kind">One of the three kinds of crash about a persist.</param>
    /// <param name="node">The node.</param>
    /// <param name="record">The record's number among those that the node persists from the beginning on, from 0.</param>
    /// <exception cref="ArgumentException">Another kind.</exception>
    public static Fault CrashAtPersist(long fromMs, long untilMs, FaultKind kind, NodeId node, int record)
    {
        if (kind is not (FaultKind.CrashBeforePersist or FaultKind.CrashInPersist or FaultKind.CrashAfterPersist))
            throw new ArgumentException($"Expected a crash about a persist, got {kind}.", nameof(kind));
        return new Fault(kind, fromMs, untilMs, NodeSet.Of(node), default, false, record);
    }

    /// <summary>The nodes' media take no more records.</summary>
    public static Fault DiskFull(long fromMs, long untilMs, NodeSet nodes) => new(FaultKind.DiskFull, fromMs, untilMs, nodes, default, false, 0);

    /// <summary>One line, as <see cref="FaultPlan.Parse"/> reads it: kind, times, nodes, amount.</summary>
    public override string ToString() => FaultText.Write(this);

    internal bool AffectsLink(int from, int to) => Crosses(from, to) || (!IsOneWay && Crosses(to, from));

    private bool Crosses(int from, int to) =>
        Nodes.Contains(from) && (Others.IsEveryone ? Nodes.IsEveryone || !Nodes.Contains(to) : Others.Contains(to));
}
