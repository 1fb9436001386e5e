using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Splits and merges: proposed with a claim that every node recomputes, ready once a quorum of the target committee said
/// so, cut at the end of that epoch. The target committee is the one that serves after the cut: whoever must hold the
/// state then has it before.
/// </summary>
internal static class TopologyStep
{
    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<TopologyProposal> proposals, IReadOnlyList<Readiness> ready)
    {
        for (int i = 0; i < proposals.Count; i++)
        {
            if (!CanOpen(step, proposals[i])) return new BeaconVerdict(BeaconResult.BadProposal, i);
            step.State = step.State with { Changes = step.State.Changes.Add(proposals[i].Action.Shard, new OpenChange(proposals[i], step.State.Epoch)) };
        }
        for (int i = 0; i < ready.Count; i++)
            if (!TryCount(step, ready[i])) return new BeaconVerdict(BeaconResult.BadReadiness, i);
        return BeaconVerdict.Valid;
    }

    /// <summary>At the start of an epoch, before its committees: makes the scheduled cuts and forgets who was ready for the others.</summary>
    public static void Cut(BeaconStep step, ulong epoch)
    {
        foreach ((ShardId key, OpenChange change) in step.State.Changes)
        {
            BeaconState state = step.State;
            TopologyProposal proposal = change.Proposal;
            bool isOpen = state.Layout.IsLive(key) && !Parts(proposal).Any(state.IsFrozen) && change.Since + (ulong)step.Options.Topology.ExpiryEpochs >= epoch;
            if (isOpen && change.IsScheduled) step.State = Make(state, proposal, epoch);
            step.State = step.State with
            {
                Changes = isOpen && !change.IsScheduled ? step.State.Changes.SetItem(key, new OpenChange(proposal, change.Since)) : step.State.Changes.Remove(key),
            };
        }
    }

    private static bool CanOpen(BeaconStep step, TopologyProposal proposal)
    {
        BeaconState state = step.State;
        TopologyRules rules = step.Options.Topology;
        if (rules.Trigger is null || state.Changes.Count >= Math.Max(1, state.Layout.Shards.Count / rules.ShardsPerChange)) return false;
        bool split = !proposal.Action.IsMerge;
        if (!proposal.Action.IsPossible(state.Layout)) return false;
        int shards = ShardsToFill(state) + 1;
        if (split && (shards > rules.MaxShards || !RegistryEpoch.Fills(state.NextValidators.Members, step.Options.Committees, shards) || !RegistryEpoch.Fills(state.LastSet.Members, step.Options.Committees, shards))) return false;
        foreach (ShardId shard in Parts(proposal))
        {
            ShardStanding standing = state.Standing(shard);
            if (standing.FrozenEpoch is not null || state.Changes.Values.Any(change => Parts(change.Proposal).Contains(shard))) return false;
            if (standing.ReshapedEpoch is { } made && made + (ulong)rules.CooldownEpochs > state.Epoch) return false;
        }
        return step.Verifier is null || rules.Trigger(state, proposal);
    }

    /// <summary>The shards that there will be at most once all open changes are made: each set that is fixed must fill their seats.</summary>
    public static int ShardsToFill(BeaconState state) => state.Layout.Shards.Count + state.Changes.Values.Count(change => !change.Proposal.Action.IsMerge);

    private static bool TryCount(BeaconStep step, Readiness readiness)
    {
        BeaconState state = step.State;
        if (step.Slot >= step.Options.BlocksPerEpoch - step.Options.Topology.DrainBlocks) return false;
        OpenChange? change = state.Changes.Values.FirstOrDefault(change => change.Proposal.Id == readiness.Proposal);
        if (change is null || change.Ready.Contains(readiness.Member)) return false;
        Committee target = state.TargetOf(change.Proposal.Action);
        if (readiness.Member >= target.Members.Count) return false;
        CommitteeMember member = target.Members[readiness.Member];
        if (state.Registry.TryGet(member.PublicKey, out ValidatorRecord? record) && record.IsConvicted) return false;
        Statement statement = change.Proposal.Ready(state.Epoch);
        if (step.Verifier is { } verifier && !verifier.Verify(member.PublicKey.Span, statement.Message(step.Options.ChainId).Span, readiness.Signature.Span)) return false;
        int seats = change.ReadySeats + member.Seats;
        change = change with { Ready = change.Ready.Add(readiness.Member), ReadySeats = seats, IsScheduled = seats >= target.Quorum };
        step.State = state with { Changes = state.Changes.SetItem(change.Proposal.Action.Shard, change) };
        return true;
    }

    private static BeaconState Make(BeaconState state, TopologyProposal proposal, ulong epoch)
    {
        ReshapeAction action = proposal.Action;
        ShardStanding left = state.Standing(action.Shard);
        ShardLayout layout = action.ApplyTo(state.Layout, epoch);
        // A half goes on from its parent's tip, a whole from both halves'.
        ulong height = left.TipHeight;
        Digest hash = left.TipHash;
        if (action.Sibling is { } sibling)
        {
            ShardStanding right = state.Standing(sibling);
            height = Math.Max(height, right.TipHeight);
            hash = new Digest(Domains.Merge.Hash(left.TipHash.Bytes, right.TipHash.Bytes));
        }
        layout.TryGetInfo(action.Shard, out ShardInfo? past);
        var made = new ShardStanding(height, hash, state.Height, epoch, epoch);
        return state with
        {
            Layout = layout,
            Shards = state.Shards.RemoveRange(Parts(proposal)).AddRange(past!.Children.Select(child => KeyValuePair.Create(child, made))),
            NextCommittees = state.NextCommittees.Reshaped(state.Layout, layout),
        };
    }

    private static ShardId[] Parts(TopologyProposal proposal) => proposal.Action.Sibling is { } sibling ? [proposal.Action.Shard, sibling] : [proposal.Action.Shard];
}
