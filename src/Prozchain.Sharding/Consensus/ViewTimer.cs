namespace Prozchain.Sharding.Consensus;

/// <summary>How long a view may take: one interval and three delays, doubled with each term given up since the last final block, capped.</summary>
internal sealed class ViewTimer(OrderingOptions options)
{
    private const int MaxDoublings = 20;

    private int _doublings;
    private long _delayMicros = 1000L * options.DelayMs;

    /// <summary>When the current view runs out, Unix milliseconds.</summary>
    public long DeadlineMs { get; private set; }

    /// <summary>The one-way delay as observed, milliseconds; never under the configured one.</summary>
    public int DelayMs => (int)((_delayMicros + 999) / 1000);

    /// <summary>Starts the current view's time, or gives it another round.</summary>
    public void Arm(long nowMs) =>
        DeadlineMs = nowMs + long.Min(options.MaxTimeoutMs, (options.IntervalMs + 3L * DelayMs) << _doublings);

    /// <summary>A term was given up.</summary>
    public void BackOff() => _doublings = int.Min(_doublings + 1, MaxDoublings);

    /// <summary>A block became final.</summary>
    public void Final() => _doublings = 0;

    /// <summary>What takes so many one-way delays took so long.</summary>
    public void Observe(long elapsedMs, int delays)
    {
        long sample = long.Min(1000L * elapsedMs / delays, 1000L * options.MaxTimeoutMs);
        _delayMicros = long.Max(1000L * options.DelayMs, (7 * _delayMicros + sample) / 8);
    }
}
