using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>Draws what the options ask for: by a security the committees of both duties, or a development network's.</summary>
internal static class CommitteeDraw
{
    /// <summary>Whether a committee of a class can be had at all, of whatever validators.</summary>
    public static bool Has(BeaconOptions options, in LayoutClassRules rules) => options.Security is { } security
        ? security.SeatsOf(CommitteeDuty.Ordering, rules) is not null && security.SeatsOf(CommitteeDuty.Attestation, rules) is not null
        : Math.Max(rules.OrderingFloor, rules.AttestationFloor) <= options.UnsafeDevelopment!.Value.SeatsPerShard;

    /// <summary>Says of a set whether it fills the committees of shards of these classes.</summary>
    public static Func<IReadOnlyList<Validator>, bool> Filler(BeaconOptions options, IReadOnlyList<LayoutClassRules> shards)
    {
        if (options.Security is not { } security) return set => set.Count > 0 && options.UnsafeDevelopment!.Value.CanFill(Stakes(set), shards.Count);
        int[] ordering = Sizes(CommitteeDuty.Ordering), attestation = Sizes(CommitteeDuty.Attestation);
        return set =>
        {
            ulong[] stakes = Stakes(set);
            return set.Count > 0 && options.Sampler.CanFill(stakes, ordering) && options.Sampler.CanFill(stakes, attestation);
        };

        int[] Sizes(CommitteeDuty duty) => [.. shards.Select(rules => security.SeatsOf(duty, rules)!.Value)];
    }

    public static CommitteeSet Draw(BeaconOptions options, in Digest seed, ulong epoch, ValidatorSet set, ShardLayout layout)
    {
        if (options.Security is { } security)
        {
            return new CommitteeSet(
                CommitteeAssignment.Draw(seed.Span, epoch, CommitteeDuty.Ordering, set.Members, layout, security, options.Sampler),
                CommitteeAssignment.Draw(seed.Span, epoch, CommitteeDuty.Attestation, set.Members, layout, security, options.Sampler));
        }
        CommitteeAssignment all = CommitteeAssignment.Draw(seed.Span, epoch, set.Members, layout, options.UnsafeDevelopment!.Value);
        return new CommitteeSet(all, all);
    }

    /// <summary>The fresh committees of some shards, of a seed that was not known when they stalled.</summary>
    public static CommitteeSet Redraw(BeaconOptions options, CommitteeSet committees, IReadOnlyList<ShardId> shards, in Digest seed, ulong epoch, ValidatorSet set, ShardLayout layout)
    {
        if (shards.Count == 0) return committees;
        CommitteeAssignment? all = options.Security is null ? CommitteeAssignment.Draw(Domains.Redraw.Hash(seed.Span).Span, epoch, set.Members, layout, options.UnsafeDevelopment!.Value) : null;
        foreach (ShardId shard in shards)
            foreach (CommitteeDuty duty in (ReadOnlySpan<CommitteeDuty>)[CommitteeDuty.Ordering, CommitteeDuty.Attestation])
                committees = committees.With(duty, all?.Of(shard) ?? CommitteeAssignment.Redraw(seed.Span, epoch, duty, shard, attempt: 1, set.Members, layout, options.Security!, options.Sampler));
        return committees;
    }

    private static ulong[] Stakes(IReadOnlyList<Validator> set) => [.. set.Select(validator => validator.Stake)];
}
