namespace Prozchain.DataAvailability.Ports;

/// <summary>How a source answered a request.</summary>
public enum ShareStatus
{
    /// <summary>Bytes were written. They may still be wrong.</summary>
    Served = 0,

    /// <summary>The source says that it does not have the share.</summary>
    Missing = 1,

    /// <summary>The source could not be reached or broke down.</summary>
    Failed = 2,

    /// <summary>The source did not answer in time.</summary>
    TimedOut = 3,

    /// <summary>The source is there but refuses for now: too many requests. Ask again later, or another.</summary>
    Busy = 4,
}
