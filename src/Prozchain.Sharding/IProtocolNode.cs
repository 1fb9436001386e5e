namespace Prozchain.Sharding;

/// <summary>
/// One participant of a protocol as a pure state machine, (state, now, event) → (state, actions): no clock, thread,
/// socket or random source inside. A simulator, an in-process engine and a network host all drive it alike.
/// </summary>
/// <remarks>
/// <para>
/// A host restores first, record by record in the order in which they were persisted, calls <see cref="Start"/> once,
/// and then hands in messages and ticks, one call at a time, with a time that never goes back. After each call it
/// carries out the actions in their order and clears them.
/// </para>
/// <para>
/// What follows an <see cref="NodeActions.Persist"/> leaves the node only once that record is durable. So a node that
/// persists a vote and then sends it never says after a crash what contradicts what it said before.
/// </para>
/// <para>An implementer owes: the same calls give the same actions, byte for byte; no message, whatever its bytes, throws.</para>
/// </remarks>
public interface IProtocolNode
{
    /// <summary>Before the start: one record that the node persisted in an earlier life. The last ones may be missing.</summary>
    /// <param name="record">The record's bytes, whole; a host cuts a torn end off.</param>
    void Restore(ReadOnlySpan<byte> record);

    /// <summary>Event: the node starts, or starts again.</summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    void Start(long nowMs, NodeActions actions);

    /// <summary>Event: a message came. It may be doubled, late, out of order or forged.</summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    /// <param name="from">Whom the host received it from.</param>
    /// <param name="message">The bytes; the host's, valid during the call only.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions);

    /// <summary>Event: the time asked for by <see cref="NodeActions.WakeAt"/> has come.</summary>
    /// <param name="nowMs">The time, Unix milliseconds, not before the time asked for.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    void Tick(long nowMs, NodeActions actions);
}
