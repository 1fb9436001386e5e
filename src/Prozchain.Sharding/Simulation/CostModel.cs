namespace Prozchain.Sharding.Simulation;

/// <summary>What a node was called for.</summary>
public enum HandlerKind
{
    /// <summary>A record of an earlier life; <see cref="HandledCall.Bytes"/> holds it.</summary>
    Restore,

    /// <summary>The start.</summary>
    Start,

    /// <summary>A message; <see cref="HandledCall.Bytes"/> holds it.</summary>
    Receive,

    /// <summary>The time that the node asked for.</summary>
    Tick,
}

/// <summary>A call of a node that has returned: what a <see cref="CostModel"/> judges.</summary>
public readonly ref struct HandledCall(SimulatedNode node, IProtocolNode instance, HandlerKind kind, ReadOnlySpan<byte> bytes, NodeActions actions)
{
    /// <summary>The node.</summary>
    public SimulatedNode Node { get; } = node;

    /// <summary>The object that was called, for models that read its counters.</summary>
    public IProtocolNode Instance { get; } = instance;

    /// <summary>What was called.</summary>
    public HandlerKind Kind { get; } = kind;

    /// <summary>The message or record, else empty; valid during the call only.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>What the node asked for: signatures made, for example, show in what it sends.</summary>
    public NodeActions Actions { get; } = actions;
}

/// <summary>
/// Charges a node's CPU for one call: signatures checked and made, hashes, bytes, executed transactions. While a node is
/// busy, messages and ticks wait in its queue; what a call asked for leaves when its cost is paid.
/// </summary>
/// <remarks>It must be a function of what it is given, or the seed no longer replays.</remarks>
/// <param name="call">The call.</param>
/// <returns>Nanoseconds, 0 or more. Fractions of a microsecond add up from call to call.</returns>
public delegate long CostModel(in HandledCall call);
