namespace Prozchain.Sharding;

/// <summary>What became of an application record that was handed in.</summary>
public enum RecordResult
{
    /// <summary>Queued; the next rounds put it in order.</summary>
    Accepted,

    /// <summary>Longer than 1 MiB.</summary>
    TooLarge,

    /// <summary>Too much is queued; try again after the next round.</summary>
    QueueFull,
}
