namespace Prozchain.DataAvailability.Sampling;

/// <summary>How a connection of the sample protocol ended.</summary>
/// <param name="Fault">Why.</param>
/// <param name="IsNamedByPeer">True if the other side said so, which need not be true; false if this side found it.</param>
public readonly record struct ConnectionEnd(ConnectionFault Fault, bool IsNamedByPeer = false);
