namespace Prozchain.Sharding.Simulation;

/// <summary>One node of a simulated world, through all its lives.</summary>
public sealed class SimulatedNode
{
    internal readonly Func<NodeId, IProtocolNode> Factory;
    internal readonly SimulationRandom LinkRandom, TwiceRandom, DiskRandom;
    internal readonly Queue<Waiting> Inbox = new();
    internal readonly NodeOutput Output = new();
    internal readonly NodeLog Log;
    internal readonly long BytesPerSecond;
    internal SimulatedNode[]? Twins;
    internal long[]? LastArrivals;
    internal long EgressFree, IngressFree, WakeMicros = long.MaxValue, RunMicros = long.MaxValue, CarriedNanoseconds;
    internal bool Handling, TickPending;
    internal int Holds, Life;
    internal NodeStatistics Counters;
    internal long StartsAt { get; init; }

    internal SimulatedNode(NodeId id, NodeId identity, Func<NodeId, IProtocolNode> factory, NodeOptions options, SimulationRandom random, NetworkOptions network)
    {
        (Id, Identity, Factory, Options) = (id, identity, factory, options);
        LinkRandom = random.Fork((ulong)id.Value << 2);
        TwiceRandom = random.Fork((ulong)id.Value << 2 | 1);
        DiskRandom = random.Fork((ulong)id.Value << 2 | 2);
        BytesPerSecond = options.BytesPerSecond ?? network.BytesPerSecond;
        Log = new NodeLog(options.DiskBytes);
    }

    /// <summary>Its number in the world, from 0 in the order of adding.</summary>
    public NodeId Id { get; }

    /// <summary>Who it is to others: its own number, or for a twin the number of the one whose identity it has.</summary>
    public NodeId Identity { get; }

    /// <summary>What it has of its own.</summary>
    public NodeOptions Options { get; }

    /// <summary>The object that runs now; null while it has no power.</summary>
    public IProtocolNode? Instance { get; internal set; }

    /// <summary>True while it has power and has started.</summary>
    public bool IsRunning => Instance is not null;

    /// <summary>False for twins and for nodes that a <see cref="ByzantineNode"/> wraps.</summary>
    public bool IsHonest { get; internal set; } = true;

    /// <summary>What it did so far.</summary>
    public NodeStatistics Statistics => Counters;

    /// <summary>Messages that wait for its CPU.</summary>
    public int QueueLength => Inbox.Count;

    /// <summary>
    /// The running object as what the test knows it to be, a Byzantine wrapper taken off; null without power or if it is
    /// something else.
    /// </summary>
    public T? As<T>() where T : class => (Instance is ByzantineNode wrapper ? wrapper.Inner : Instance) as T;

    /// <summary>Its number and what it runs.</summary>
    public override string ToString() => $"{Id} ({Instance?.GetType().Name ?? "no power"})";
}

/// <summary>A message that has arrived and waits for the CPU.</summary>
internal readonly record struct Waiting(NodeId From, Payload Message, long ReadyMicros);
