namespace Prozchain.Sharding.Committees;

/// <summary>What an adversary can do with its seats of a committee of n.</summary>
public enum CaptureEvent
{
    /// <summary>Stop it: f + 1 seats, floor((n - 1) / 3) + 1. Answered by a fresh draw.</summary>
    Halt,

    /// <summary>Certify anything: a quorum, floor(2n / 3) + 1.</summary>
    Forge,
}
