namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Hosts <see cref="IProtocolNode"/>s in virtual time: a network with delays and faults, media with torn ends, CPUs with
/// queues. Everything comes from the seed and the options: the same ones give the same events, byte for byte, on every
/// machine, which <see cref="EventHash"/> tells.
/// </summary>
/// <remarks>
/// Add nodes and invariants, then run. A step is one event: a message that arrives, a time that has come, a flush that
/// ends, a fault that begins or heals. Invariants are checked after each step. One caller at a time. Nodes that are
/// <see cref="IDisposable"/> are disposed when they lose their power, and with the world.
/// </remarks>
public sealed class SimulatedWorld : IDisposable
{
    private readonly WorldCore _core;
    private readonly WorldEvents _events;
    private readonly List<(IInvariant Invariant, long Every)> _invariants = [];

    /// <summary>A world without nodes, at its beginning.</summary>
    /// <param name="seed">Any value.</param>
    /// <param name="options">What it is like; null for the defaults.</param>
    public SimulatedWorld(ulong seed, WorldOptions? options = null)
    {
        Seed = seed;
        _core = new WorldCore(seed, options ?? new WorldOptions());
        _events = new WorldEvents(_core, this);
    }

    /// <summary>What it was made from.</summary>
    public ulong Seed { get; }

    /// <summary>What it is like.</summary>
    public WorldOptions Options => _core.Options;

    /// <summary>The nodes, in the order of adding: a node's number is its place here.</summary>
    public IReadOnlyList<SimulatedNode> Nodes => _core.Nodes;

    /// <summary>Time since the world began, microseconds.</summary>
    public long ElapsedMicroseconds => _core.Micros;

    /// <summary>Time since the world began, milliseconds.</summary>
    public long ElapsedMs => _core.Micros / 1000;

    /// <summary>The time, Unix milliseconds, as a clock that is right shows it.</summary>
    public long NowMs => _core.Options.StartMs + ElapsedMs;

    /// <summary>Number of steps so far.</summary>
    public long Steps => _core.Step;

    /// <summary>What happened last.</summary>
    public SimulatedEvent LastEvent => _core.Last;

    /// <summary>BLAKE3 of all events so far: times, kinds, senders, receivers and bytes.</summary>
    public Digest EventHash => _core.Log.Hash;

    /// <summary>Sees each event; null for none. It must change nothing.</summary>
    public SimulatedEventHandler? Observer
    {
        get => _core.Observer;
        set => _core.Observer = value;
    }

    /// <summary>What the caller ties to the world, to find it again at its end; the world does nothing with it.</summary>
    public object? Tag { get; set; }

    /// <summary>Disposed with the world.</summary>
    internal IDisposable? Companion { get; set; }

    /// <summary>Adds a node; it starts in a step of its own.</summary>
    /// <param name="factory">Makes the node, and makes it anew after each crash; it is given <see cref="SimulatedNode.Identity"/>.</param>
    /// <param name="options">What it has of its own; null for the defaults.</param>
    /// <returns>Its number: how many were added before.</returns>
    /// <exception cref="ArgumentException">A region that the network does not have.</exception>
    public NodeId Add(Func<NodeId, IProtocolNode> factory, NodeOptions? options = null) =>
        Add(factory, new NodeId(_core.Nodes.Count), options ?? new NodeOptions()).Id;

    /// <summary>
    /// Adds a second node with the identity and keys of another (Twins, arXiv 2004.10617): both are honest code, together
    /// they equivocate. What is sent to the identity comes to both, what either sends comes from the identity; a fault
    /// tells them apart by their own numbers, so that a partition can show each half of a committee another twin.
    /// </summary>
    /// <param name="original">The node.</param>
    /// <returns>The twin's own number.</returns>
    public NodeId AddTwin(NodeId original)
    {
        SimulatedNode first = _core.Nodes[original.Value];
        SimulatedNode twin = Add(first.Factory, first.Identity, first.Options);
        SimulatedNode[] twins = [.. first.Twins ?? [first], twin];
        foreach (SimulatedNode node in twins) (node.Twins, node.IsHonest) = (twins, false);
        return twin.Id;
    }

    /// <summary>Adds what must hold.</summary>
    /// <param name="invariant">It.</param>
    /// <param name="every">It is checked after each step whose number this divides: 1 for a cheap one.</param>
    public void AddInvariant(IInvariant invariant, int every = 1)
    {
        ArgumentNullException.ThrowIfNull(invariant);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        _invariants.Add((invariant, every));
    }

    /// <summary>Adds what must hold.</summary>
    /// <param name="check">Gives null if it holds, else what is wrong, in words.</param>
    /// <param name="every">It is checked after each step whose number this divides.</param>
    public void AddInvariant(Func<SimulatedWorld, string?> check, int every = 1) => AddInvariant(new FunctionInvariant(check), every);

    /// <summary>A generator of this world's seed, for a workload; other generators draw nothing from it.</summary>
    /// <param name="stream">Names it.</param>
    public SimulationRandom RandomStream(uint stream) => _core.Random.Fork(1UL << 40 | stream);

    /// <summary>Brings a message to a node now, past the network.</summary>
    /// <param name="from">Whom the node shall think it received it from; any number.</param>
    /// <param name="to">The node.</param>
    /// <param name="message">The bytes; copied.</param>
    public void Inject(NodeId from, NodeId to, ReadOnlySpan<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)to.Value, (uint)_core.Nodes.Count, nameof(to));
        _core.Queue.Push(_core.Micros, new Work { Kind = WorkKind.Deliver, Node = to.Value, From = from.Value, Load = _core.Pool.Rent(message) });
    }

    /// <summary>Runs a function of the test in a step of its own.</summary>
    /// <param name="elapsedMs">When, milliseconds since the world began, not before now.</param>
    /// <param name="action">What.</param>
    public void At(long elapsedMs, Action<SimulatedWorld> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(1000 * elapsedMs + 999, _core.Micros, nameof(elapsedMs));
        _core.Queue.Push(Math.Max(1000 * elapsedMs, _core.Micros), new Work { Kind = WorkKind.Call, Node = -1, Load = action });
    }

    /// <summary>Takes a node's power; nothing happens to one that has none. It stays down until as many restarts.</summary>
    /// <param name="id">The node.</param>
    public void Crash(NodeId id)
    {
        SimulatedNode node = _core.Nodes[id.Value];
        node.Holds++;
        _events.TakePower(node);
    }

    /// <summary>Gives a node its power back; it starts in a step of its own, unless a fault still holds it down.</summary>
    /// <param name="id">The node.</param>
    /// <exception cref="InvalidOperationException">The node has power.</exception>
    public void Restart(NodeId id)
    {
        SimulatedNode node = _core.Nodes[id.Value];
        if (node.Holds == 0) throw new InvalidOperationException($"Expected a node without power, got {node}.");
        if (--node.Holds == 0) _events.PushStart(node);
    }

    /// <summary>Ends the run: something is wrong.</summary>
    /// <param name="words">What.</param>
    /// <exception cref="SimulationException">Always.</exception>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void Fail(string words) => throw new SimulationException(FailureOf(words));

    /// <summary>Makes one step.</summary>
    /// <returns>False if nothing is left to happen.</returns>
    /// <exception cref="SimulationException">An invariant is violated, or a node threw.</exception>
    public bool Step()
    {
        Due queued = _core.Queue.First, timer = _core.Timers.First;
        bool isTimer = timer.IsBefore(queued);
        if (!isTimer && _core.Queue.Count == 0) return false;
        _core.Micros = isTimer ? timer.Micros : queued.Micros;
        _core.Step++;
        try
        {
            if (isTimer) _events.Wake();
            else _events.Do(_core.Queue.Pop());
            foreach ((IInvariant invariant, long every) in _invariants)
            {
                if (_core.Step % every == 0 && invariant.Check(this) is { } words) Fail(words);
            }
        }
        catch (Exception e) when (e is not SimulationException and not OperationCanceledException)
        {
            string where = _core.Last.To.Value < 0 ? "in a function of the caller's" : $"at {_core.Last.To}";
            throw new SimulationException(FailureOf($"{e.GetType().Name} {where}: {e.Message}"), e);
        }
        return true;
    }

    /// <summary>Runs all that happens until a time, that time included; afterwards it is that time.</summary>
    /// <param name="elapsedMs">Milliseconds since the world began.</param>
    /// <exception cref="SimulationException">An invariant is violated, or a node threw.</exception>
    public void RunTo(long elapsedMs) => RunUntil(null, elapsedMs);

    /// <summary>Runs for a while.</summary>
    /// <param name="ms">Milliseconds.</param>
    /// <exception cref="SimulationException">An invariant is violated, or a node threw.</exception>
    public void RunFor(long ms) => RunTo(ElapsedMs + ms);

    /// <summary>Runs until something holds, which is asked after each step, or a time has passed.</summary>
    /// <param name="condition">What is waited for; null for the time only.</param>
    /// <param name="elapsedMs">Milliseconds since the world began.</param>
    /// <returns>True if it holds.</returns>
    /// <exception cref="SimulationException">An invariant is violated, or a node threw.</exception>
    public bool RunUntil(Func<SimulatedWorld, bool>? condition, long elapsedMs)
    {
        long end = checked(1000 * elapsedMs);
        while (true)
        {
            if (condition is not null && condition(this)) return true;
            if (Math.Min(_core.Queue.First.Micros, _core.Timers.First.Micros) > end) break;
            Step();
        }
        _core.Micros = Math.Max(_core.Micros, end);
        return false;
    }

    /// <summary>What a failure here and now would hold.</summary>
    /// <param name="words">What is wrong.</param>
    public SimulationFailure FailureOf(string words) => new(Seed, Steps, ElapsedMs, words, EventHash, Options.Faults, _core.Log.Trace());

    /// <summary>Disposes the nodes that run; the world is at its end.</summary>
    public void Dispose()
    {
        foreach (SimulatedNode node in _core.Nodes) (node.Instance as IDisposable)?.Dispose();
        Companion?.Dispose();
    }

    private SimulatedNode Add(Func<NodeId, IProtocolNode> factory, NodeId identity, NodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(factory);
        if ((uint)options.Region >= (uint)Options.Network.Delays.Count)
            throw new ArgumentException($"Expected a region below {Options.Network.Delays.Count}, got {options.Region}.", nameof(options));
        var node = new SimulatedNode(new NodeId(_core.Nodes.Count), identity, factory, options, _core.Random, Options.Network) { StartsAt = _core.Micros + 1000 * options.StartAfterMs };
        _core.Timers.Add(node.Id.Value);
        _core.Nodes.Add(node);
        _events.PushStart(node);
        return node;
    }
}
