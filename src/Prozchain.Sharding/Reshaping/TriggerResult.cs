namespace Prozchain.Sharding.Reshaping;

/// <summary>What is wrong with a claim that a layout is to change.</summary>
public enum TriggerResult
{
    /// <summary>Nothing.</summary>
    Valid,

    /// <summary>It speaks of another layout than the current one.</summary>
    WrongLayout,

    /// <summary>It speaks of another epoch than the current one.</summary>
    WrongEpoch,

    /// <summary>The layout does not take the change: no such live shard, no siblings, or no room.</summary>
    Impossible,

    /// <summary>It speaks of another sealed block than the last one known here, or of a shard whose load is not known.</summary>
    OtherHeight,

    /// <summary>The load is not what the sealed blocks say.</summary>
    WrongFacts,

    /// <summary>The policy does not ask for the change on these facts.</summary>
    NotDue,

    /// <summary>The beacon did not decide it.</summary>
    NotDecided,
}
