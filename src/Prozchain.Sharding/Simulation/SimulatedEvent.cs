namespace Prozchain.Sharding.Simulation;

/// <summary>What happened in a simulated world.</summary>
public enum SimulatedEventKind
{
    /// <summary>A node started, for the first time or again.</summary>
    Started,

    /// <summary>A node was handed a message.</summary>
    Received,

    /// <summary>A node's time had come.</summary>
    Ticked,

    /// <summary>Records of a node became durable.</summary>
    Persisted,

    /// <summary>A node lost its power.</summary>
    Crashed,

    /// <summary>A message was lost on its way.</summary>
    Lost,

    /// <summary>A fault of the plan began.</summary>
    FaultBegan,

    /// <summary>A fault of the plan healed.</summary>
    FaultHealed,

    /// <summary>A function of the test ran.</summary>
    Called,
}

/// <summary>One thing that happened.</summary>
/// <param name="Step">Number of the step in which it happened, from 1.</param>
/// <param name="Microseconds">When, since the world began.</param>
/// <param name="Kind">What.</param>
/// <param name="From">A message's sender; a fault's number in its plan; else -1.</param>
/// <param name="To">The node to which it happened, else -1.</param>
/// <param name="Length">Length of the message, or of the record's bytes that became durable.</param>
public readonly record struct SimulatedEvent(long Step, long Microseconds, SimulatedEventKind Kind, NodeId From, NodeId To, int Length);

/// <summary>Sees each event with its bytes, before the node does.</summary>
/// <param name="happened">The event.</param>
/// <param name="bytes">The message, else empty; valid during the call only.</param>
public delegate void SimulatedEventHandler(in SimulatedEvent happened, ReadOnlySpan<byte> bytes);
