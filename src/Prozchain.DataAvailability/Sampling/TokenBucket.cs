namespace Prozchain.DataAvailability.Sampling;

/// <summary>A rate limit that allows bursts. Safe for concurrent use.</summary>
internal sealed class TokenBucket(double perSecond, int burst, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _tokens = burst;
    private long _last = time.GetTimestamp();

    /// <summary>Takes one token if there is one.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            Fill();
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }

    /// <summary>Takes tokens whether they are there or not; what is owed is gained back first.</summary>
    public void Charge(double tokens)
    {
        lock (_lock) _tokens -= tokens;
    }

    private void Fill()
    {
        long now = time.GetTimestamp();
        // In the clock's own units: a TimeSpan drops what is below its ticks, which adds up where the bucket is looked at all the time.
        _tokens = Math.Min(burst, _tokens + (now - _last) / (double)time.TimestampFrequency * perSecond);
        _last = now;
    }
}
