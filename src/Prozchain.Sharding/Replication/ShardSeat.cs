using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>A validator's part in one shard: the run that it is in, those before it that still answer, and what it fetches to come in.</summary>
internal sealed partial class ShardSeat<TTransition>(ShardInfo shard, ValidatorOptions<TTransition> options, BeaconDirectory committees, BeaconTopology topology) : IDisposable where TTransition : IShardTransition
{
    private readonly SortedDictionary<RunKey, Run> _runs = [];
    private readonly Dictionary<RunKey, List<byte[]>> _orphans = [];
    private readonly List<IDisposable> _dropped = [];
    private readonly ShardLayout _layout = committees.State.Layout;
    private readonly Dictionary<RunKey, bool> _wanted = [];
    private (RunKey, ulong)? _wantedAt;

    public ShardInfo Shard { get; } = shard;

    public StateServer Server { get; } = new(options.DelayMs);

    /// <summary>Fetches the state; null while nothing is fetched.</summary>
    public StateSync? Sync { get; private set; }

    /// <summary>The last run; null before the first.</summary>
    public Run? Current => _runs.Count == 0 ? null : _runs.Last().Value;

    public IEnumerable<Run> Runs => _runs.Values;

    private BeaconState State => committees.State;

    // The run that the beacon is at: those before it may end.
    private RunKey Now => new(State.Epoch, State.MomentOf(Shard.Id));

    public Run? RunOf(RunKey key) => _runs.GetValueOrDefault(key);

    /// <summary>A record of a run's log: the run's, or kept until it is there.</summary>
    public void Restore(RunKey key, ReadOnlySpan<byte> record)
    {
        if (_runs.TryGetValue(key, out Run? run)) run.Node.Restore(record);
        else if (_orphans.TryGetValue(key, out List<byte[]>? kept)) kept.Add(record.ToArray());
        else _orphans.Add(key, [record.ToArray()]);
    }

    /// <summary>Does what follows from the beacon's state and the run's end.</summary>
    /// <param name="opened">Receives runs that were opened.</param>
    /// <param name="isLive">True if state may be fetched.</param>
    public void Reconcile(List<Run> opened, bool isLive)
    {
        if (!State.Shards.TryGetValue(Shard.Id, out ShardStanding? standing))
        {
            Sync = null;
            return;
        }
        if (standing.FrozenEpoch is not null)
        {
            Sync = null;
            if (Current is { } halted && !halted.Node.IsHalted) halted.Node.Halt(standing.Tip.Height);
            return;
        }
        if (Current is { } run)
        {
            run.Node.Replica.MayEnd = Now.CompareTo(run.Key) > 0 && !State.Ends(Shard.Id, run.Epoch);
            if (run.Epoch < standing.AuthorityFrom && !run.Node.IsHalted) run.Node.Halt(standing.Tip.Height);
        }
        while (Follow(standing) is { } next) opened.Add(next);
        bool isWanted = IsWanted(Due(standing));
        if (isLive && Sync is null && isWanted && !IsIn(standing)) Sync = MakeSync(standing);
        if (Sync is not null && (IsIn(standing) || !isWanted)) Sync = null;
        else if (Sync is not null && Sync.IsStale(standing.Tip.Height)) Sync = MakeSync(standing);
        // What other shards have not heard yet is told for as long as the stake that answers for it is locked.
        ulong kept = (ulong)options.Beacon.Beacon.Registry.UnbondingEpochs;
        foreach (Run old in _runs.Values.SkipLast(options.KeepRuns + 1).Where(old => old.Node.Undelivered == 0 || old.Epoch + kept < State.Epoch).ToArray()) _runs.Remove(old.Key);
    }

    /// <summary>The state was fetched, now or in an earlier life: goes on from it.</summary>
    public bool TryTakeOver(FetchedState fetched, List<Run> opened)
    {
        Sync = null;
        if (!State.Shards.TryGetValue(Shard.Id, out ShardStanding? standing) || Materialise(fetched) is not { } replica) return false;
        if (replica.HasEnded) return Keep(replica);
        RunKey key = fetched.Run.Epoch < standing.AuthorityFrom ? new RunKey(standing.AuthorityFrom, 0) : fetched.HasEnded ? After(fetched.Run) : fetched.Run;
        if (Open(key, replica.Tip, () => key == fetched.Run ? replica : replica.Next(key.Epoch)) is not { } run)
        {
            Drop(replica);
            return false;
        }
        opened.Add(run);
        return true;
    }

    public void Dispose()
    {
        Server.Dispose();
        foreach (Run run in _runs.Values) run.Node.Dispose();
        _ended?.Dispose();
        foreach (IDisposable dropped in _dropped) dropped.Dispose();
    }

    // The next run on what this node has: the genesis, the end of the run before, or the block that the beacon named when it froze that run's committee.
    private Run? Follow(ShardStanding standing)
    {
        if (Current is not { } run)
        {
            bool isGenesis = Shard.BornVersion == 0 && State.Epoch == 0 && standing.AuthorityFrom == 0 && committees.Find(Shard.Id, 0, 0) is { } first && IndexIn(first) >= 0;
            return isGenesis ? Open(default, Genesis, () => Materialise(null)!) : null;
        }
        if (run.Node.IsHalted)
        {
            ulong from = standing.AuthorityFrom;
            return run.Epoch < from && IsWanted(new RunKey(from, 0)) && run.Node.Replica.Tip.Hash == standing.Tip.Hash ? Open(new RunKey(from, 0), standing.Tip, () => run.Node.Replica.Next(from)) : null;
        }
        if (run.Node.Ordering.Ending is not { } ending || Now.CompareTo(run.Key) <= 0 || run.Node.Replica.HasEnded) return null;
        RunKey after = After(run.Key);
        return !IsWanted(after) ? null : Open(after, ending, () => run.Node.Replica.Next(after.Epoch));
    }

    private OrderingAnchor Genesis => options.Beacon.Beacon.Genesis.First(entry => entry.Shard == Shard.Id).Tip;

    private bool IsIn(ShardStanding standing) => Ended is not null || Current is { } run && run.Epoch >= standing.AuthorityFrom && !run.Node.IsHalted && !run.Node.Replica.IsFaulted && run.Epoch + 2 > State.Epoch
        && IsNear(run.Key, standing);

    // So few runs behind what the beacon anchored that those who were in them still answer.
    private bool IsNear(RunKey key, ShardStanding standing)
    {
        if (standing.Anchored is not { } entry) return true;
        var last = new RunKey(entry.Epoch, standing.Moment);
        for (int i = 0; i < options.KeepRuns; i++) key = After(key);
        return key.CompareTo(last) >= 0;
    }

    private RunKey After(RunKey key) => key.Moment < committees.LastOf(Shard.Id, key.Epoch) ? key with { Moment = key.Moment + 1 } : new RunKey(key.Epoch + 1, 0);

    // The first run whose members need the state: what the beacon anchored of this epoch may be behind its moment.
    private RunKey Due(ShardStanding standing) =>
        standing.Anchored is { } entry && entry.Epoch == State.Epoch && entry.Epoch >= standing.AuthorityFrom ? new RunKey(entry.Epoch, Math.Min(standing.Moment, Now.Moment)) : new RunKey(State.Epoch, 0);

    // In a committee from a run on, up to those of the next epoch, whose state it then has an epoch ahead. Those who leave serve
    // until the shard is there, which may be behind the beacon. All that have a seat in some moment have it in the first or the last.
    private bool IsWanted(RunKey from)
    {
        if (State.IsTarget(Shard.Id, options.Beacon.Signer.PublicKey.Span)) return true;
        if (_wantedAt != (Now, State.Layout.Version))
        {
            _wantedAt = (Now, State.Layout.Version);
            _wanted.Clear();
        }
        if (_wanted.TryGetValue(from, out bool known)) return known;
        bool isWanted = IsSeated(committees.Next, 0);
        for (RunKey key = from; !isWanted && key.Epoch <= State.Epoch; key = new RunKey(key.Epoch + 1, 0))
            isWanted = committees.RunsOf(key.Epoch) is { } runs && IsSeated(runs, key.Moment);
        return _wanted[from] = isWanted;
    }

    private bool IsSeated(OrderingRuns runs, int from) => Sits(runs, from) || Sits(runs, runs.LastOf(Shard.Id));

    private bool Sits(OrderingRuns runs, int moment) => runs.Has(Shard.Id)
        && runs.At(Shard.Id, moment).Members.Any(member => member.PublicKey.Span.SequenceEqual(options.Beacon.Signer.PublicKey.Span));

    private int IndexIn(ShardCommittee committee)
    {
        for (int i = 0; i < committee.Instance.Committee.Members.Count; i++)
            if (committee.Instance.Committee.Members[i].PublicKey.Span.SequenceEqual(options.Beacon.Signer.PublicKey.Span)) return i;
        return -1;
    }

    private StateSync? MakeSync(ShardStanding standing)
    {
        if (standing.Anchored is not { } entry) return null;
        // Those who were in the last run first, then those who may have fetched it since.
        var hosts = new List<NodeId>();
        var last = new RunKey(entry.Epoch, standing.Moment);
        foreach (RunKey key in (ReadOnlySpan<RunKey>)[last, Now])
            foreach (NodeId host in committees.Find(Shard.Id, key.Epoch, key.Moment)?.Peers ?? [])
                if (PeerName.HostOf(host) is var name && !hosts.Contains(name) && name != options.Beacon.AddressOf(options.Beacon.Signer.PublicKey)) hosts.Add(name);
        return new StateSync(Shard, standing.Tip, last, standing.HasEnded, hosts, (ulong)options.SealEvery, options.DelayMs, options.MaxCellBytes);
    }

    private ReplicatedShard<TTransition>? Materialise(FetchedState? fetched)
    {
        TTransition transition = options.TransitionOf is { } transitionOf ? transitionOf(Shard.Class) : options.Transition;
        var machine = new ShardMachine<TTransition>(transition, _layout, Shard.Id, options.Machine);
        bool isGenesis = fetched is null || fetched.Height == 0;
        HeapTrieStore cells = isGenesis ? options.Genesis(Shard) : new HeapTrieStore(options.MaxCellBytes, Shard.Prefix, Shard.Depth);
        bool fits = true;
        foreach (StateWrite[] batch in isGenesis ? [] : fetched!.Cells.Chunk(4096))
        {
            if (!(fits = cells.TryStage(batch, out _) == StageResult.Ok)) break;
            cells.Commit();
        }
        MicroHeader? first = fetched is { Blocks.Count: > 0 } ? fetched.Blocks[0].Header : null;
        var replica = new ReplicatedShard<TTransition>(machine, new ReplicaOptions
        {
            Anchor = isGenesis || first is null ? Genesis : new OrderingAnchor(first.Parent, first.Height - 1, first.TimeMs), Epoch = fetched?.Run.Epoch ?? 0, Cells = cells,
            State = fetched?.State, ReceiptsRoot = isGenesis ? default : first!.ReceiptsRoot, WriteDigest = isGenesis ? null : first!.WriteDigest,
            Verifier = options.Beacon.Verifier, Committees = committees, Topology = topology.At(fetched?.Run.Epoch ?? 0),
        }) { Observer = options.Observer };
        if (fits && (fetched is null || fetched.Blocks.All(replica.TryApply))) return replica;
        replica.Dispose();
        return null;
    }

    private Run? Open(RunKey key, in OrderingAnchor anchor, Func<ReplicatedShard<TTransition>> take)
    {
        if (_runs.ContainsKey(key) && _runs[key].Node.Replica is { IsFaulted: false } || committees.Find(Shard.Id, key.Epoch, key.Moment) is not { } committee) return null;
        ReplicatedShard<TTransition> replica = take();
        var ordering = new OrderingOptions
        {
            Instance = committee.Instance, Anchor = anchor, Scheme = committee.Scheme, Application = replica, Peers = committee.Peers, Member = IndexIn(committee), AppliedHeight = anchor.Height,
            IntervalMs = options.IntervalMs, DelayMs = options.DelayMs, MaxTimeoutMs = options.MaxTimeoutMs, SealEvery = options.SealEvery,
            SealsFirst = State.Shards.TryGetValue(Shard.Id, out ShardStanding? standing) && standing.Start == anchor,
        };
        var run = new Run(Shard.Id, key, committee.Instance.Committee, new ShardNode<TTransition>(ordering, replica, committees, topology: topology));
        if (_runs.Remove(key, out Run? faulted)) _dropped.Add(faulted.Node);
        _runs.Add(key, run);
        if (_orphans.Remove(key, out List<byte[]>? records))
            foreach (byte[] record in records) run.Node.Restore(record);
        return run;
    }

    private void Drop(ReplicatedShard<TTransition> replica) => _dropped.Add(replica);

    /// <summary>A node of the shard in one run, hosted by the validator.</summary>
    public sealed class Run(ShardId shard, RunKey key, Committee committee, ShardNode<TTransition> node)
    {
        public RunKey Key { get; } = key;

        public ulong Epoch => Key.Epoch;

        public Committee Committee { get; } = committee;

        public ShardNode<TTransition> Node { get; } = node;

        public HostedNode Host { get; } = new(node, PeerName.HostOf);

        public int Reported { get; set; }

        public byte[] Wrap(NodeAction action)
        {
            bool isOrdering = action.Kind == NodeActionKind.Persist || action.Bytes.Span[1] < (byte)ReplicaMessage.Delivery;
            return isOrdering ? NetworkMessage.Write(NetworkMessageKind.Run, action.Bytes.Span, shard, Epoch, shard, Key.Moment)
                : NetworkMessage.Write(NetworkMessageKind.Shard, action.Bytes.Span, PeerName.ShardOf(action.To), 0, shard);
        }
    }
}
