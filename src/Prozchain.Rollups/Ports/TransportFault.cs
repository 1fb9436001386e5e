namespace Prozchain.Rollups.Ports;

/// <summary>Why a node gave no answer.</summary>
public enum TransportFault
{
    /// <summary>It gave one.</summary>
    None,

    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No answer in time; the request may have had its effect.</summary>
    TimedOut,

    /// <summary>A status that is no success: too many requests, not permitted, a broken proxy.</summary>
    Refused,

    /// <summary>The answer is longer than the reader allows.</summary>
    TooLarge,
}
