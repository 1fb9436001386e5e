namespace Prozchain.Testing;

/// <summary>A timer of a <see cref="VirtualTime"/>.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    private long _scheduled;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _disposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        if (_disposed) return false;
        _period = period;
        _scheduled = time.Schedule(this, dueTime);
        return true;
    }

    public bool IsCurrent(long sequence) => !_disposed && sequence == _scheduled;

    public void Fire()
    {
        // The next tick is set before the callback, which may change or dispose the timer.
        bool repeats = _period > TimeSpan.Zero;
        _scheduled = repeats ? time.Schedule(this, _period) : 0;
        callback(state);
    }

    public void Dispose() => _disposed = true;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Check(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, value, "Expected a non-negative time or Timeout.InfiniteTimeSpan.");
    }
}
