using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// New classes (<see cref="NewClass"/>), splits and merges. The latter two: proposed with a claim that every node recomputes, ready once a quorum of the target committee said
/// so, cut at the end of that epoch if the shards' terminal blocks are anchored by then: what they finalized is in the new ones. The target committee is the one that serves after the cut: whoever must hold the
/// state then has it before.
/// </summary>
internal static partial class TopologyStep
{
    /// <summary>Epochs from the one in which a class is proposed to its first: all reveals of its first draw come after the proposal.</summary>
    public const ulong NewClass = 2;

    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<TopologyProposal> proposals, IReadOnlyList<Readiness> ready)
    {
        for (int i = 0; i < proposals.Count; i++)
        {
            if (!CanOpen(step, proposals[i])) return new BeaconVerdict(BeaconResult.BadProposal, i);
            step.State = step.State with { Changes = step.State.Changes.Add(KeyOf(proposals[i]), new OpenChange(proposals[i], step.State.Epoch)) };
        }
        for (int i = 0; i < ready.Count; i++)
            if (!TryCount(step, ready[i])) return new BeaconVerdict(BeaconResult.BadReadiness, i);
        Decide(step);
        return BeaconVerdict.Valid;
    }

    /// <summary>At the start of an epoch, before its committees: makes the scheduled cuts and forgets who was ready for the others.</summary>
    public static void Cut(BeaconStep step, ulong epoch)
    {
        foreach ((ShardId key, OpenChange change) in step.State.Changes)
        {
            BeaconState state = step.State;
            TopologyProposal proposal = change.Proposal;
            if (proposal.NewClass is { } rules)
            {
                // A decision names the version that it makes.
                if (change.Since + NewClass > epoch || state.Decided is not null) continue;
                if (state.Layout.CanAddClass(rules)) step.State = Begin(state, rules, change.Since, epoch);
                step.State = step.State with { Changes = step.State.Changes.Remove(key) };
                continue;
            }
            if (change.IsDecided(state)) continue;
            bool isOpen = proposal.Action.IsPossible(state.Layout) && !Parts(proposal).Any(state.IsFrozen) && change.Since + (ulong)step.Options.Topology.ExpiryEpochs >= epoch;
            bool isMade = isOpen && !step.Options.Topology.IsMadeWithinEpoch && change.IsScheduled && Parts(proposal).All(shard => state.Standing(shard).EndedEpoch == state.Epoch);
            if (isMade) step.State = Make(state, proposal, epoch);
            step.State = step.State with
            {
                Changes = isOpen && !isMade ? step.State.Changes.SetItem(key, new OpenChange(proposal, change.Since)) : step.State.Changes.Remove(key),
            };
        }
        ulong remembered = (ulong)step.Options.Topology.RememberEpochs;
        if (epoch > remembered) step.State = step.State with { Layout = step.State.Layout.Forget(epoch - remembered) };
    }

    private static bool CanOpen(BeaconStep step, TopologyProposal proposal)
    {
        BeaconState state = step.State;
        TopologyRules rules = step.Options.Topology;
        if (rules.Trigger is null || state.Changes.Count >= Math.Max(1, state.Layout.Shards.Count / rules.ShardsPerChange)) return false;
        if (state.Changes.ContainsKey(KeyOf(proposal))) return false;
        // A new class makes a version that the shards' own layouts would not know of.
        if (proposal.NewClass is { } added ? rules.IsMadeWithinEpoch || !state.Layout.CanAddClass(added) || !CommitteeDraw.Has(step.Options, added) : !proposal.Action.IsPossible(state.Layout)) return false;
        if (!proposal.Action.IsMerge)
        {
            List<LayoutClassRules> shards = [.. ShardsToFill(state), RulesOf(state, proposal)];
            Func<IReadOnlyList<Validator>, bool> fills = CommitteeDraw.Filler(step.Options, shards);
            if (shards.Count > rules.MaxShards || !fills(state.NextValidators.Members) || !fills(state.LastSet.Members)) return false;
        }
        foreach (ShardId shard in Parts(proposal))
        {
            ShardStanding standing = state.Standing(shard);
            if (standing.FrozenEpoch is not null || state.Changes.Values.Any(change => Parts(change.Proposal).Contains(shard))) return false;
            if (standing.ReshapedEpoch is { } made && made + (ulong)rules.CooldownEpochs > state.Epoch) return false;
        }
        return step.Verifier is null || rules.Trigger(state, proposal);
    }

    /// <summary>The classes of the shards that there will be at most once all open changes are made: each set that is fixed must fill their seats.</summary>
    public static List<LayoutClassRules> ShardsToFill(BeaconState state)
    {
        Dictionary<LayoutClass, LayoutClassRules> rules = state.Layout.Classes.ToDictionary(entry => entry.Class);
        return [.. state.Layout.Shards.Select(shard => rules[shard.Class]), .. state.Changes.Values.Where(change => !change.Proposal.Action.IsMerge).Select(change => RulesOf(state, change.Proposal))];
    }

    private static bool TryCount(BeaconStep step, Readiness readiness)
    {
        BeaconState state = step.State;
        if (step.Slot >= step.Options.BlocksPerEpoch - step.Options.Topology.DrainBlocks) return false;
        OpenChange? change = state.Changes.Values.FirstOrDefault(change => change.Proposal.Id == readiness.Proposal);
        if (change is null || change.Proposal.NewClass is not null || change.Ready.Contains(readiness.Member)) return false;
        Committee target = state.TargetOf(change.Proposal.Action, step.Options.Topology.IsMadeWithinEpoch);
        if (readiness.Member >= target.Members.Count) return false;
        CommitteeMember member = target.Members[readiness.Member];
        if (state.Registry.TryGet(member.PublicKey, out ValidatorRecord? record) && record.IsConvicted) return false;
        Statement statement = change.Proposal.Ready(state.Epoch);
        if (step.Verifier is { } verifier && !verifier.Verify(member.PublicKey.Span, statement.Message(step.Options.ChainId).Span, readiness.Signature.Span)) return false;
        step.State = state with { Changes = state.Changes.SetItem(change.Proposal.Action.Shard, change.With(readiness.Member, target)) };
        return true;
    }

    private static BeaconState Make(BeaconState state, TopologyProposal proposal, ulong epoch)
    {
        ReshapeAction action = proposal.Action;
        ShardStanding left = state.Standing(action.Shard);
        ShardLayout layout = action.ApplyTo(state.Layout, epoch);
        // A half goes on from its parent's tip, a whole from both halves'.
        OrderingAnchor tip = left.Tip;
        if (action.Sibling is { } sibling)
        {
            ShardStanding right = state.Standing(sibling);
            tip = new OrderingAnchor(new Digest(Domains.Merge.Hash(tip.Hash.Bytes, right.Tip.Hash.Bytes)), Math.Max(tip.Height, right.Tip.Height), Math.Max(tip.TimeMs, right.Tip.TimeMs));
        }
        layout.TryGetInfo(action.Shard, out ShardInfo? past);
        var made = new ShardStanding(tip, state.Height, epoch, epoch) { Start = tip };
        return state with
        {
            Layout = layout,
            Shards = state.Shards.RemoveRange(Parts(proposal)).AddRange(past!.Children.Select(child => KeyValuePair.Create(child, made))),
            Next = state.Next.Reshaped(state.Layout, layout),
            NextStart = state.NextStart?.Reshaped(state.Layout, layout),
        };
    }

    // Like a shard that stalled when the class was proposed: without committees, which it gets at once from the seed of reveals
    // that came since. There is no state to take over, so nobody has to be ready.
    private static BeaconState Begin(BeaconState state, in LayoutClassRules rules, ulong since, ulong epoch)
    {
        var first = new ShardId(state.Layout.NextId);
        return state with
        {
            Layout = state.Layout.AddClass(rules, epoch),
            Shards = state.Shards.Add(first, new ShardStanding(new OrderingAnchor(default, 0, state.TimeMs), state.Height, epoch, epoch) { FrozenEpoch = since }),
        };
    }

    // Above every shard: classes are made after all cuts, whose committees come from parents.
    public static ShardId KeyOf(TopologyProposal proposal) => proposal.NewClass is null ? proposal.Action.Shard : new ShardId(ulong.MaxValue);

    private static LayoutClassRules RulesOf(BeaconState state, TopologyProposal proposal)
    {
        if (proposal.NewClass is { } added) return added;
        state.Layout.TryGetInfo(proposal.Action.Shard, out ShardInfo? shard);
        state.Layout.TryGetRules(shard!.Class, out LayoutClassRules rules);
        return rules;
    }

    private static ShardId[] Parts(TopologyProposal proposal) => proposal.NewClass is not null ? [] : proposal.Action.Sibling is { } sibling ? [proposal.Action.Shard, sibling] : [proposal.Action.Shard];
}
