namespace Prozchain.Rollups.Bridge;

/// <summary>
/// Stops what should not go on while value does not add up, and lets go by itself: for a while after it was tripped it is
/// open, then closed for as long at least, so that a fault of the watcher cannot stop a rollup for good. Thread-safe.
/// </summary>
public sealed class CircuitBreaker
{
    private readonly Lock _gate = new();
    private readonly ulong _seconds, _rest;
    private ulong _until, _restedFrom;

    /// <summary>A breaker that is closed.</summary>
    /// <param name="seconds">How long it stays open, at least 1.</param>
    /// <param name="rest">How long it cannot be tripped after that.</param>
    public CircuitBreaker(ulong seconds, ulong rest)
    {
        ArgumentOutOfRangeException.ThrowIfZero(seconds);
        (_seconds, _rest) = (seconds, rest);
    }

    /// <summary>Opens it, unless it is open or rests.</summary>
    /// <param name="now">Time of the settlement layer, seconds since 1970.</param>
    /// <returns>True if it opened now.</returns>
    public bool Trip(ulong now)
    {
        lock (_gate)
        {
            if (now < _restedFrom) return false;
            (_until, _restedFrom) = (checked(now + _seconds), checked(now + _seconds + _rest));
            return true;
        }
    }

    /// <summary>True while what it guards should stop.</summary>
    /// <param name="now">Time of the settlement layer, seconds since 1970.</param>
    public bool IsOpen(ulong now)
    {
        lock (_gate) return now < _until;
    }
}
