namespace Prozchain.DataAvailability.Sampling;

/// <summary>
/// Interrupts a wait that takes too long, if it is still a wait for something when the time is up; <see cref="HasFired"/> tells
/// that interruption from any other.
/// </summary>
internal sealed class StallTimer : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private readonly Action _interrupt;
    private readonly Func<bool>? _isDue;
    private volatile bool _hasFired;

    public StallTimer(TimeSpan timeout, TimeProvider time, Action interrupt, Func<bool>? isDue = null)
    {
        (_timeout, _interrupt, _isDue) = (timeout, interrupt, isDue);
        _timer = time.CreateTimer(Fire, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool HasFired => _hasFired;

    public void Start() => _timer.Change(_timeout, Timeout.InfiniteTimeSpan);

    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Fire(object? state)
    {
        if (_isDue?.Invoke() == false) return;
        _hasFired = true;
        _interrupt();
    }
}
