using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding;

/// <content>Splits and merges, while the load goes on.</content>
public sealed partial class InProcessEngine<TTransition>
{
    private readonly Queue<ReshapeAction> _actions = new();
    private readonly SortedDictionary<ShardId, (TrieStore Set, long EndedMs)> _settled = [];
    private TopologyChange? _change;
    private IReadOnlyList<ReshapeAction> _refused = [];

    /// <summary>Changes of the layout that were asked for and that no round has taken in yet.</summary>
    public IReadOnlyCollection<ReshapeAction> QueuedChanges => _actions;

    /// <summary>
    /// Asks for a split or a merge. All shards take it in with the last micro-block of a round, and the next round begins
    /// with the heirs: what waits for an ended shard waits for them, and what it had open they have. A round takes in one
    /// change at most, and where there is a beacon only the last round of an epoch does, so that the beacon's layout is the
    /// shards'; none does whose last micro-block follows too closely (<see cref="AtomicOptions.MinBlockIntervalMs"/>).
    /// Until a round has taken it in, a change is in memory only.
    /// </summary>
    /// <remarks>
    /// A change is refused (<see cref="EngineRound.RefusedChanges"/>), and with it all that were asked for after it, if the cells of two shards
    /// do not fit into one, or the validators' stake does not fill the seats of one more shard.
    /// </remarks>
    /// <param name="action">What to change, in the layout that there is once all changes asked for before are made.</param>
    /// <exception cref="ArgumentException">That layout does not take it.</exception>
    public void Reshard(ReshapeAction action)
    {
        ShardLayout layout = Layout;
        foreach (ReshapeAction earlier in _actions) layout = earlier.ApplyTo(layout, ulong.MaxValue);
        if (!action.IsPossible(layout)) throw new ArgumentException($"Expected a live shard that can be split, or two live siblings, left and right, got {action}.", nameof(action));
        _actions.Enqueue(action);
    }

    // The change that the last micro-block of a round takes in.
    private TopologyChange? NextChange(long nowMs)
    {
        if (_actions.Count == 0 || _beacon is { IsLastOfEpoch: false }) return null;
        long beforeMs = _options.MicroBlocks > 1 ? Math.Max(TimeMs, nowMs - _options.MicroBlockMs) : TimeMs;
        if (nowMs - beforeMs < _options.Rules.Atomic.MinBlockIntervalMs) return null;
        ReshapeAction action = _actions.Peek();
        bool hasRoom = action.Sibling is not { } sibling || ShardAt(action.Shard).HasRoomFor(ShardAt(sibling));
        if (hasRoom && (_beacon is not { } beacon || beacon.TryPropose(action, nowMs))) return new TopologyChange(Layout.Version + 1, _actions.Dequeue(), (_beacon?.State.Epoch + 1) ?? 0, nowMs);
        _refused = [.. _actions];
        _actions.Clear();
        return null;
    }

    // After the last block of a round: the change that it took in, the same in all shards.
    private TopologyChange? Adopted()
    {
        ShardLayout layout = _shards[0].State.Layout;
        foreach (HostedShard<TTransition> shard in _shards)
            if (shard.State.Layout.Version != layout.Version || (layout.Version != Layout.Version && shard.State.Layout.Hash() != layout.Hash()))
                throw new InvalidDataException($"Expected all shards to take in one change in round {Height + 1}, got another of shard {shard.Info.Id}.");
        if (layout.Version == Layout.Version) return null;
        return _shards[0].Adopted is { } change && change.Fits(Layout) ? change : throw new InvalidDataException($"Expected one change with the last blocks of round {Height + 1}, got more or an earlier one.");
    }

    // The round is acknowledged: heirs take the places of the shards that ended with it.
    private void Reshape(TopologyChange change)
    {
        HostedShard<TTransition>[] before = _shards;
        ShardLayout layout = change.ApplyTo(Layout);
        int bodyBytes = EngineIdentity.BodyBytes(layout.Shards.Count, _options.MicroBlocks);
        List<HostedShard<TTransition>> after = [.. before.Where(shard => !shard.HasEnded)];
        foreach (HostedShard<TTransition> ended in before)
            if (ended.HasEnded) _settled[ended.Info.Id] = (ended.Settled!, TimeMs);
        HostedShard<TTransition> left = ShardAt(change.Action.Shard);
        if (change.Action.Sibling is not { } sibling) after.AddRange(left.Split(_options, bodyBytes));
        else after.Add(HostedShard<TTransition>.Merge(left, ShardAt(sibling), _options, bodyBytes) ?? throw new InsufficientMemoryException($"Expected the cells of shards {left.Info.Id} and {sibling} within {_options.StateBytes} bytes, got more."));
        after.Sort((a, b) => layout.IndexOf(a.Info.Id).CompareTo(layout.IndexOf(b.Info.Id)));
        (_shards, Layout) = ([.. after], layout);
        _indexes = [];
        for (int i = 0; i < _shards.Length; i++)
        {
            _indexes.Add(_shards[i].Info.Id, i);
            (_shards[i].BodyBytes, _shards[i].Recording) = (bodyBytes, null);
        }
        _journal?.AbandonCheckpoint();
        Dispatch(before);
    }

    // What ended shards said, to those that have transactions open which hang on it.
    private void Answer()
    {
        if (_settled.Count == 0) return;
        foreach (HostedShard<TTransition> shard in _shards)
        {
            var answers = new List<Settlement>();
            foreach (SettlementName name in shard.Wanted())
            {
                if (!_settled.TryGetValue(name.Shard, out (TrieStore Set, long EndedMs) ended)) continue;
                Digest key = ShardEnding.KeyOf(name.Transaction, name.Attempt);
                answers.Add(new Settlement(name, ended.Set.TryGet(key, out ReadOnlySpan<byte> value) ? value.ToArray() : default, ended.Set.Prove(key)));
            }
            shard.Answers = answers;
        }
    }

    // As long as a transaction may be open that was when they ended, and until nobody asks.
    private void ForgetSettled()
    {
        if (_settled.Count == 0) return;
        AtomicOptions rules = _options.Rules.Atomic;
        ShardId[] old = [.. _settled.Where(entry => TimeMs - entry.Value.EndedMs > rules.MaxValidityMs + rules.RetentionMs).Select(entry => entry.Key)];
        if (old.Length == 0) return;
        HashSet<ShardId> wanted = [.. _shards.SelectMany(shard => shard.Wanted()).Select(name => name.Shard)];
        foreach (ShardId shard in old)
            if (!wanted.Contains(shard)) _settled.Remove(shard);
    }
}
