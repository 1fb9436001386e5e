using System.Buffers;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Simulation;

/// <content>Splits and merges: what the beacon decides, and how everybody recomputes it.</content>
public sealed partial class NetworkWorld
{
    private TopologyRules Topology => _options.Decisions.Count == 0 ? new TopologyRules() : new TopologyRules
    {
        IsMadeWithinEpoch = true, CooldownEpochs = 0, DrainBlocks = _options.DrainBlocks, MaxShards = _bank.Shards + _options.Decisions.Count, Trigger = IsDue,
    };

    // Any validator may say so; all see for themselves.
    private bool IsDue(BeaconState state, TopologyProposal proposal) =>
        ReshapeTrigger.TryRead(proposal.Claim.Span, out ReshapeTrigger? trigger) == ReadResult.Ok && trigger!.Action == proposal.Action
        && trigger.Verify(state.Layout, state.Epoch, NoPolicy.Instance, s_noLoads, Decided(state) is { } decided ? [decided] : []) == TriggerResult.Valid;

    private TopologyProposal? Propose(BeaconState state) => state.Decided is null && Decided(state) is { } action ? ProposalOf(state, action) : null;

    internal static TopologyProposal ProposalOf(BeaconState state, ReshapeAction action)
    {
        var claim = new ArrayBufferWriter<byte>();
        ReshapeTrigger.Decided(state.Layout, state.Epoch, action).Write(claim);
        return new TopologyProposal(action, claim.WrittenMemory);
    }

    // One decision makes one version of the layout.
    private ReshapeAction? Decided(BeaconState state)
    {
        if (state.Layout.Version >= (ulong)_options.Decisions.Count) return null;
        LineageDecision decision = _options.Decisions[(int)state.Layout.Version];
        if (state.TimeMs - _bank.World.StartMs < decision.AtMs) return null;
        ShardInfo shard = state.Layout.Shards[state.Layout.IndexOf(decision.Key)];
        if (!decision.IsMerge) return ReshapeAction.Split(shard.Id);
        if (!state.Layout.TryGetSibling(shard.Id, out ShardInfo? sibling)) return null;
        return shard.IsLeftSiblingOf(sibling) ? ReshapeAction.Merge(shard.Id, sibling.Id) : ReshapeAction.Merge(sibling.Id, shard.Id);
    }

    private static readonly Dictionary<ShardId, LoadHistory> s_noLoads = [];
}
