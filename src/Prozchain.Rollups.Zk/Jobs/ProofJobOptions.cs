namespace Prozchain.Rollups.Zk.Jobs;

/// <summary>How often and how long a proof is tried for.</summary>
public sealed record ProofJobOptions
{
    /// <summary>A job is begun at most so often; an attempt whose process died counts. At least 1.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>From when it was handed in; an attempt under way then is cancelled, and none begins later.</summary>
    public TimeSpan MaxTotalTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Pause after the first failed attempt; it doubles with each one.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A job's input, or a proof, is at most this many bytes long.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxTotalTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Backoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBytes, Array.MaxLength);
    }

    /// <summary>When an attempt may begin after so many, of which the last ended at a time.</summary>
    internal DateTimeOffset After(int attempts, DateTimeOffset last) => attempts == 0 ? last : last + Backoff * Math.Pow(2, Math.Min(attempts - 1, 20));
}
