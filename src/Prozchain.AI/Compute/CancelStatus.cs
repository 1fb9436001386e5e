namespace Prozchain.AI.Compute;

/// <summary>What became of a request that was cancelled.</summary>
public enum CancelStatus
{
    /// <summary>It waited; its slot is free.</summary>
    Released,

    /// <summary>It is in a batch that runs; its slot is free when that step ends.</summary>
    EndsWithStep,

    /// <summary>It has ended before, or never was.</summary>
    Unknown,
}
