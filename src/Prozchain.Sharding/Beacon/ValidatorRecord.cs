using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>All that the beacon knows of one validator, from its deposit to its withdrawal. Immutable.</summary>
/// <param name="PublicKey">Its public key with the scheme byte.</param>
/// <param name="RandomnessKey">What its next reveal is checked against.</param>
/// <param name="Withdrawal">Where its stake goes in the end.</param>
/// <param name="Stake">Its stake, all of it.</param>
/// <param name="Joined">Number of the deposit that it joined with: its place in the queue.</param>
public sealed record ValidatorRecord(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> RandomnessKey, Address Withdrawal, ulong Stake, ulong Joined)
{
    /// <summary>The epoch that never comes.</summary>
    public const ulong Never = ulong.MaxValue;

    /// <summary>First epoch on duty; <see cref="Never"/> while it waits in the queue.</summary>
    public ulong ActivationEpoch { get; init; } = Never;

    /// <summary>The epoch in which it asked to leave, or had to.</summary>
    public ulong ExitRequested { get; init; } = Never;

    /// <summary>First epoch off duty.</summary>
    public ulong ExitEpoch { get; init; } = Never;

    /// <summary>First epoch in which its stake is free.</summary>
    public ulong WithdrawableEpoch { get; init; } = Never;

    /// <summary>The epoch in which it was convicted; happens once at most, and ends all its rights at once.</summary>
    public ulong ConvictedEpoch { get; init; } = Never;

    /// <summary>True once convicted: its votes count in no shard from then on, and in the beacon's quorum up to the end of the last set that was fixed before.</summary>
    public bool IsConvicted => ConvictedEpoch != Never;

    /// <summary>True if the validator is in the epoch's set.</summary>
    /// <param name="epoch">The epoch.</param>
    public bool IsOnDuty(ulong epoch) => ActivationEpoch <= epoch && epoch < ExitEpoch;
}
