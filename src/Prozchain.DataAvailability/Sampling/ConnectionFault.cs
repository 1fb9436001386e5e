namespace Prozchain.DataAvailability.Sampling;

/// <summary>Why a connection of the sample protocol ended. The numbers are those of its last frame on the wire.</summary>
public enum ConnectionFault
{
    /// <summary>Either side was done.</summary>
    None = 0,

    /// <summary>No whole frame came in time, or what was sent was not taken.</summary>
    Stalled = 1,

    /// <summary>A frame is not one of the protocol, or came out of turn.</summary>
    Malformed = 2,

    /// <summary>A frame is longer than its kind may be.</summary>
    TooLong = 3,

    /// <summary>The other side speaks another version.</summary>
    UnknownVersion = 4,

    /// <summary>An answer came that nobody had asked for.</summary>
    Unrequested = 5,

    /// <summary>The bytes that a connection may carry are used up.</summary>
    Spent = 6,

    /// <summary>The server has as many connections as it takes.</summary>
    Full = 7,

    /// <summary>The transport broke.</summary>
    Broken = 8,
}
