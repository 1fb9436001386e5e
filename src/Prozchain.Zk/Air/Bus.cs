namespace Prozchain.Zk.Air;

/// <summary>What the balance of a bus means.</summary>
public enum BusKind
{
    /// <summary>
    /// Senders ask, receivers answer: each message sent occurs on a receiving row. The multiplicities of receivers are
    /// free; those of senders are bounded, so that their sum cannot wrap around the field.
    /// </summary>
    Lookup,

    /// <summary>The messages sent are those received, as often: both sides are bounded.</summary>
    Permutation,
}

/// <summary>On which side of a bus an interaction stands.</summary>
public enum BusDirection
{
    /// <summary>Its multiplicity counts positively.</summary>
    Send,

    /// <summary>Its multiplicity counts negatively.</summary>
    Receive,
}

/// <summary>
/// A named place where tables exchange messages. The multiplicities of each message, summed over all tables and rows
/// with the sign of their direction, are zero: that is what a lookup argument proves. Two buses are the same exactly if
/// their three properties are equal; a message never matches one on another bus.
/// </summary>
/// <param name="Name">Identifies the bus in a proof and in errors.</param>
/// <param name="Length">Elements in a message, at least 1.</param>
/// <param name="Kind">What the balance means.</param>
public sealed record Bus(string Name, int Length, BusKind Kind)
{
    /// <summary>Refuses an interaction of a wrong length, or without the bound that its side owes.</summary>
    internal void Require(BusDirection direction, int length, uint bound)
    {
        if (length != Length || Length < 1) throw new ArgumentException($"Expected {Length} elements on bus {Name}, at least 1, got {length}.", nameof(length));
        if (bound == 0 && (direction == BusDirection.Send || Kind == BusKind.Permutation))
            throw new ArgumentException($"Expected a bound on the multiplicity on bus {Name}, got none.", nameof(bound));
    }
}
