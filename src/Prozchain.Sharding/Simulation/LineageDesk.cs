using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Stands for the beacon: it decides changes of the layout by a script, and by the policy on the facts of sealed blocks,
/// one after the other, and hands them out. It checks each claim as a replicated beacon does.
/// </summary>
internal sealed class LineageDesk(LineageOptions options, ShardLayout layout, LineageAuditor auditor)
{
    private readonly List<LineageDecision> _waiting = [.. options.Decisions.OrderBy(decision => decision.AtMs)];
    private ulong _asked;

    public ShardLayout Layout { get; private set; } = layout;

    public List<TopologyChange> Changes { get; } = [];

    /// <summary>The next change, if one is due.</summary>
    public TopologyChange? Decide(long elapsedMs, long nowMs)
    {
        ulong epoch = 1 + (ulong)(elapsedMs / options.EpochMs);
        auditor.Epoch = epoch;
        // The heirs of the last change run before the next one is made.
        if (Changes.Count > 0 && !Layout.Shards.Where(shard => shard.BornVersion > 0).All(shard => auditor.HasBegun(shard.Id))) return null;
        IReshapePolicy policy = options.Policy ?? NoPolicy.Instance;
        ReshapeTrigger? trigger = Scripted(elapsedMs, epoch);
        ReshapeAction[] decisions = trigger is null ? [] : [trigger.Action];
        if (trigger is null && epoch > _asked)
        {
            trigger = ReshapeTrigger.Due(Layout, epoch, policy, auditor.Loads) is [var first, ..] ? first : null;
            // Asked again within the epoch until something is due.
            if (trigger is not null) _asked = epoch;
        }
        if (trigger is null) return null;
        TriggerResult result = trigger.Verify(Layout, epoch, policy, auditor.Loads, decisions);
        if (result != TriggerResult.Valid) throw new InvalidOperationException($"Expected a claim that holds, got {result} for {trigger.Action}.");
        var change = new TopologyChange(Layout.Version + 1, trigger.Action, epoch, nowMs + options.LeadMs);
        Layout = change.ApplyTo(Layout);
        Changes.Add(change);
        return change;
    }

    private ReshapeTrigger? Scripted(long elapsedMs, ulong epoch)
    {
        if (_waiting.Count == 0 || _waiting[0].AtMs > elapsedMs) return null;
        LineageDecision decision = _waiting[0];
        ShardInfo shard = Layout.Shards[Layout.IndexOf(Layout.ShardOf(decision.Class, decision.Key))];
        ReshapeAction action;
        if (!decision.IsMerge) action = ReshapeAction.Split(shard.Id);
        else if (!Layout.TryGetSibling(shard.Id, out ShardInfo? sibling)) return null;
        else action = shard.IsLeftSiblingOf(sibling) ? ReshapeAction.Merge(shard.Id, sibling.Id) : ReshapeAction.Merge(sibling.Id, shard.Id);
        _waiting.RemoveAt(0);
        return ReshapeTrigger.Decided(Layout, epoch, action);
    }
}
