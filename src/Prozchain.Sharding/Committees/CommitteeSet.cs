using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Committees;

/// <summary>All committees of one epoch.</summary>
/// <param name="Ordering">Those that order.</param>
/// <param name="Attestation">Those that attest.</param>
public sealed record CommitteeSet(CommitteeAssignment Ordering, CommitteeAssignment Attestation)
{
    /// <summary>The epoch.</summary>
    public ulong Epoch => Ordering.Epoch;

    /// <summary>The committee of a shard.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="shard">A live shard.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public Committee Of(CommitteeDuty duty, ShardId shard) => (duty == CommitteeDuty.Ordering ? Ordering : Attestation).Of(shard);

    internal CommitteeSet Reshaped(ShardLayout before, ShardLayout after, bool keepsEnded = false) => new(Ordering.Reshaped(before, after, keepsEnded), Attestation.Reshaped(before, after, keepsEnded));

    internal CommitteeSet With(CommitteeDuty duty, Committee committee) =>
        duty == CommitteeDuty.Ordering ? this with { Ordering = Ordering.With(committee) } : this with { Attestation = Attestation.With(committee) };
}
