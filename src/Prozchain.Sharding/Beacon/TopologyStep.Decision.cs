using System.Collections.Immutable;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Beacon;

/// <content>Changes that are made within an epoch: decided first, then made as soon as their shards have ended.</content>
internal static partial class TopologyStep
{
    /// <summary>After anchors: makes the decided change if all its shards have ended.</summary>
    public static void Make(BeaconStep step)
    {
        BeaconState before = step.State;
        if (before.Decided is not { } decided || !decided.Parts.All(before.HasEnded)) return;
        // Two siblings may end in two epochs: whoever goes on is of the later one.
        ulong epoch = decided.Parts.Max(shard => before.Standing(shard).EndedEpoch!.Value);
        TopologyProposal proposal = before.Changes[decided.Action.Shard].Proposal;
        BeaconState made = Make(before, proposal, decided.Epoch);
        ImmutableSortedDictionary<ShardId, ShardStanding> shards = made.Shards;
        made.Layout.TryGetInfo(decided.Action.Shard, out ShardInfo? past);
        foreach (ShardId child in past!.Children) shards = shards.SetItem(child, shards[child] with { AuthorityFrom = epoch });
        CommitteeSet current = before.Current.Reshaped(before.Layout, made.Layout, keepsEnded: true);
        made = made with
        {
            Decided = null,
            Changes = made.Changes.Remove(decided.Action.Shard),
            Current = current,
            Runs = before.Runs.With(current.Ordering),
            PreviousRuns = epoch < before.Epoch ? before.PreviousRuns!.With(before.PreviousRuns.Drawn.Reshaped(before.Layout, made.Layout, keepsEnded: true)) : before.PreviousRuns,
        };
        OrderingRuns first = epoch < made.Epoch ? made.PreviousRuns! : made.Runs;
        foreach (ShardId child in past.Children) shards = shards.SetItem(child, shards[child] with { First = first.With(new CommitteeAssignment(epoch, [first.Drawn.Of(child)])) });
        step.State = made with { Shards = shards };
    }

    // One at a time, so that versions of the layout come in the order of decisions; the first by shard that a target committee is
    // ready for, while there is time to end in the epoch.
    private static void Decide(BeaconStep step)
    {
        BeaconState state = step.State;
        if (!step.Options.Topology.IsMadeWithinEpoch || state.Decided is not null || step.Slot >= step.Options.BlocksPerEpoch - step.Options.Topology.DrainBlocks) return;
        foreach (OpenChange change in state.Changes.Values)
        {
            if (!change.IsScheduled || !change.Proposal.Action.IsPossible(state.Layout) || Parts(change.Proposal).Any(state.IsFrozen)) continue;
            step.State = state with { Decided = new TopologyChange(state.Layout.Version + 1, change.Proposal.Action, state.Epoch, state.TimeMs) };
            return;
        }
    }
}
