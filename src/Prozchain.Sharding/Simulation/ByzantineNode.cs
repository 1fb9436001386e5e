namespace Prozchain.Sharding.Simulation;

/// <summary>
/// A node that runs honest code, but whose messages pass through a <see cref="ByzantineBehaviour"/>, which holds its keys
/// as it were: it can drop, change, hold back, repeat and invent. What the node persists is left alone.
/// </summary>
/// <remarks>Invariants leave it out by <see cref="SimulatedNode.IsHonest"/>. For two different truths told by one key, see <see cref="SimulatedWorld.AddTwin"/>.</remarks>
public sealed class ByzantineNode : IProtocolNode, IDisposable
{
    private readonly ByzantineBehaviour _behaviour;
    private readonly ByzantineContext _context;
    private readonly NodeActions _wanted = new();
    private long _innerWakeMs = long.MaxValue;

    /// <summary>Wraps a node.</summary>
    /// <param name="inner">The honest code.</param>
    /// <param name="behaviour">What becomes of its messages; one for this node alone.</param>
    /// <param name="seed">Of the behaviour's draws.</param>
    public ByzantineNode(IProtocolNode inner, ByzantineBehaviour behaviour, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(behaviour);
        Inner = inner;
        _behaviour = behaviour;
        _context = new ByzantineContext(new SimulationRandom(seed));
    }

    /// <summary>The honest code.</summary>
    public IProtocolNode Inner { get; }

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> record) => Inner.Restore(record);

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        _context.Begin(nowMs, actions);
        _behaviour.Started(_context);
        Inner.Start(nowMs, _wanted);
        Finish(actions);
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        _context.Begin(nowMs, actions);
        _context.Remember(message);
        if (_behaviour.Received(_context, from, message)) Inner.Receive(nowMs, from, message, _wanted);
        Finish(actions);
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        _context.Begin(nowMs, actions);
        _context.SendDue();
        if (_innerWakeMs <= nowMs)
        {
            _innerWakeMs = long.MaxValue;
            Inner.Tick(nowMs, _wanted);
        }
        Finish(actions);
    }

    /// <summary>Disposes the honest code where it can be.</summary>
    public void Dispose() => (Inner as IDisposable)?.Dispose();

    private void Finish(NodeActions actions)
    {
        for (int i = 0; i < _wanted.Count; i++)
        {
            NodeAction action = _wanted[i];
            if (action.Kind == NodeActionKind.Persist)
            {
                actions.Persist(action.Bytes.Span);
                continue;
            }
            _context.Remember(action.Bytes.Span);
            _behaviour.Sending(_context, action.To, action.Bytes.Span);
        }
        _innerWakeMs = _wanted.WakeMs ?? _innerWakeMs;
        _wanted.Clear();
        actions.WakeAt(Math.Min(_innerWakeMs, _context.NextDueMs));
    }
}
