namespace Prozchain.Testing;

/// <summary>
/// A clock that moves only when told to. Timers fire on the thread that moves it, in the order of their due times,
/// those due at the same instant in the order in which they were set: the same calls give the same run.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<(VirtualTimer Timer, long Sequence), (long Due, long Sequence)> _queue = new();
    private readonly DateTimeOffset _start;
    private long _elapsed;
    private long _sequence;
    private bool _moving;

    /// <summary>Starts at <paramref name="start"/>, by default 2026-01-01T00:00:00Z.</summary>
    public VirtualTime(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time passed since the start.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _elapsed));

    /// <summary>When the next timer is due, counted from the start, or null when none is set.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock) return TryPeek(out long due) ? TimeSpan.FromTicks(due) : null;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, firing what falls due on the way, each with the clock at its due time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Move(() =>
        {
            long target = Elapsed.Ticks + by.Ticks;
            while (TakeDue(target, out VirtualTimer? timer)) timer!.Fire();
            Interlocked.Exchange(ref _elapsed, target);
        });
    }

    /// <summary>Moves the clock to the next timer's due time and fires that one; false when none is set.</summary>
    public bool TryStep()
    {
        bool fired = false;
        Move(() =>
        {
            fired = TakeDue(long.MaxValue, out VirtualTimer? timer);
            timer?.Fire();
        });
        return fired;
    }

    /// <summary>Steps until no timer is set, at most <paramref name="limit"/> times; returns how many fired.</summary>
    public int RunUntilIdle(int limit = 1_000_000)
    {
        int fired = 0;
        while (fired < limit && TryStep()) fired++;
        return fired;
    }

    internal long Schedule(VirtualTimer timer, TimeSpan dueTime)
    {
        lock (_lock)
        {
            long sequence = ++_sequence;
            if (dueTime != Timeout.InfiniteTimeSpan) _queue.Enqueue((timer, sequence), (Elapsed.Ticks + dueTime.Ticks, sequence));
            return sequence;
        }
    }

    private void Move(Action move)
    {
        if (_moving) throw new InvalidOperationException("A timer's callback must not move the clock that fired it.");
        _moving = true;
        try
        {
            move();
        }
        finally
        {
            _moving = false;
        }
    }

    private bool TakeDue(long until, out VirtualTimer? timer)
    {
        lock (_lock)
        {
            timer = null;
            if (!TryPeek(out long due) || due > until) return false;
            timer = _queue.Dequeue().Timer;
            Interlocked.Exchange(ref _elapsed, Math.Max(due, _elapsed));
            return true;
        }
    }

    // A timer that was changed or disposed leaves its old entry behind, recognised by its sequence number.
    private bool TryPeek(out long due)
    {
        while (_queue.TryPeek(out (VirtualTimer Timer, long Sequence) entry, out (long Due, long Sequence) at))
        {
            due = at.Due;
            if (entry.Timer.IsCurrent(entry.Sequence)) return true;
            _queue.Dequeue();
        }
        due = 0;
        return false;
    }
}
