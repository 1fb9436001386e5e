namespace Prozchain.Sharding.Simulation;

/// <summary>
/// What a <see cref="ByzantineNode"/> does beside its honest code: the hook for attacks that know the protocol. As it
/// stands it does nothing wrong. See <see cref="MessageTamper"/> for one that knows no protocol.
/// </summary>
public abstract class ByzantineBehaviour
{
    /// <summary>The node starts.</summary>
    /// <param name="context">Sends, draws and remembers.</param>
    public virtual void Started(ByzantineContext context)
    {
    }

    /// <summary>A message came.</summary>
    /// <param name="context">Sends, draws and remembers.</param>
    /// <param name="from">Whom the node received it from.</param>
    /// <param name="message">The bytes, valid during the call only.</param>
    /// <returns>True if the honest code shall see it.</returns>
    public virtual bool Received(ByzantineContext context, NodeId from, ReadOnlySpan<byte> message) => true;

    /// <summary>The honest code wants to send a message; it leaves only if this sends it.</summary>
    /// <param name="context">Sends, draws and remembers.</param>
    /// <param name="to">To whom.</param>
    /// <param name="message">The bytes, valid during the call only.</param>
    public virtual void Sending(ByzantineContext context, NodeId to, ReadOnlySpan<byte> message)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Send(to, message);
    }
}
