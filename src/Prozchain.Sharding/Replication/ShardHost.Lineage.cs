using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <content>Ends and births.</content>
public sealed partial class ShardHost<TTransition>
{
    // After each event: runs that are over have heirs, and heirs whose committee is known begin.
    private void Finish(long nowMs, NodeActions actions)
    {
        for (int before = -1; before != _nodes.Count;)
        {
            before = _nodes.Count;
            foreach (ShardNode<TTransition> node in _nodes.Values.ToArray()) Follow(node);
            foreach (ShardId shard in _nodes.Keys.Where(shard => !_wakes.ContainsKey(shard)).ToArray()) Begin(shard, nowMs, actions);
        }
        Retire(nowMs);
        long next = _births.Count > 0 ? nowMs + RetryMs : long.MaxValue;
        foreach (long wake in _wakes.Values) next = Math.Min(next, wake);
        actions.WakeAt(next);
    }

    // An ended shard that has been heard is let go of in the end; nobody catches up from so far behind without a newer state.
    private void Retire(long nowMs)
    {
        foreach (ShardId shard in _over)
            if (_nodes.ContainsKey(shard)) _retireMs.TryAdd(shard, nowMs + RetainMs);
        if (_retireMs.Count == 0) return;
        foreach (ShardId shard in _retireMs.Where(entry => entry.Value <= nowMs && _nodes[entry.Key].Undelivered == 0).Select(entry => entry.Key).ToArray())
        {
            _retireMs.Remove(shard);
            _wakes.Remove(shard);
            if (_nodes.Remove(shard, out ShardNode<TTransition>? node)) node.Dispose();
        }
    }

    private void Begin(ShardId shard, long nowMs, NodeActions actions)
    {
        _wakes[shard] = long.MaxValue;
        _nodes[shard].Start(nowMs, _inner);
        Pass(shard, actions);
    }

    private void Follow(ShardNode<TTransition> node)
    {
        ShardId shard = node.Replica.Machine.Shard.Id;
        if (node.Ordering.Ending is not null && node.Replica.HasEnded && !_over.Contains(shard)) End(node, shard);
        for (int i = _births.Count - 1; i >= 0; i--)
        {
            if (_make(_births[i]) is not { } heir) continue;
            _births.RemoveAt(i);
            AddHeir(heir);
        }
    }

    private void End(ShardNode<TTransition> node, ShardId shard)
    {
        ShardLayout layout = node.Replica.State.Layout;
        layout.TryGetInfo(shard, out ShardInfo? past);
        if (past!.Children.Count == 2)
        {
            _over.Add(shard);
            (ShardBirth<TTransition> left, ShardBirth<TTransition> right) = ShardBirth<TTransition>.Split(node.Replica);
            _births.AddRange(left, right);
            return;
        }
        layout.TryGetInfo(past.Children[0], out ShardInfo? whole);
        // Its sibling's run may still go on.
        if (!_nodes.TryGetValue(whole!.Parents[0], out ShardNode<TTransition>? one) || !_nodes.TryGetValue(whole.Parents[1], out ShardNode<TTransition>? other)
            || one.Ordering.Ending is null || other.Ordering.Ending is null || !one.Replica.HasEnded || !other.Replica.HasEnded) return;
        // Too full for one: both have ended, and neither goes on here; a quorum of such nodes halts the shard.
        if (ShardBirth<TTransition>.Merge(one.Replica, other.Replica) is not { } merged) return;
        _over.UnionWith(whole.Parents);
        _births.Add(merged);
    }

    private void AddHeir(ShardNode<TTransition> heir)
    {
        ShardInfo info = heir.Replica.Machine.Shard;
        _nodes.Add(info.Id, heir);
        foreach (ShardId parent in info.Parents)
            if (_nodes.TryGetValue(parent, out ShardNode<TTransition>? ended)) heir.TakeOver(ended);
        if (_early.Remove(info.Id, out List<byte[]>? records))
            foreach (byte[] record in records) heir.Restore(record);
    }
}
