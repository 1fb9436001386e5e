using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <content>The end of the shard, and how an heir begins.</content>
internal sealed partial class ShardSeat<TTransition>
{
    private const int MostHeld = 4096;
    private const long MostHeldBytes = 1 << 22;

    private readonly List<(NodeId From, byte[] Message)> _held = [];
    private ReplicatedShard<TTransition>? _ended;
    private long _heldBytes;
    private ulong? _overSince;

    /// <summary>The replica after the shard's last block, its terminal one; null before that.</summary>
    public ReplicatedShard<TTransition>? Ended => _ended ?? (Current is { } run && run.Node.Ordering.Ending is not null && run.Node.Replica is { HasEnded: true, IsFaulted: false } replica ? replica : null);

    /// <summary>True once the heirs have what the ended shard had: its cells are no more.</summary>
    public bool HasHeirs { get; set; }

    /// <summary>True if this node has the shard's state and follows its run: from the run's end on it can go on with the heirs.</summary>
    public bool IsFollowing => State.Shards.TryGetValue(Shard.Id, out ShardStanding? standing) && standing.FrozenEpoch is null && IsIn(standing);

    /// <summary>True for an heir that this validator is to order: also one whose first epoch is over, as nobody else can take over then.</summary>
    public bool MayBegin => State.Shards.TryGetValue(Shard.Id, out ShardStanding? standing) && (committees.Find(Shard.Id, standing.AuthorityFrom, 0) is { } first && IndexIn(first) >= 0 || IsWanted(Due(standing)));

    /// <summary>The last run's cells, for those who fetch them.</summary>
    public State.HeapTrieStore? Cells => HasHeirs ? null : Current?.Node.Replica.Cells as State.HeapTrieStore;

    /// <summary>True for a shard that is over and whose word all have heard, or nobody can ask for any more.</summary>
    public bool IsDone
    {
        get
        {
            if (State.Layout.IsLive(Shard.Id)) return false;
            _overSince ??= State.Epoch;
            ulong kept = (ulong)options.Beacon.Beacon.Registry.UnbondingEpochs;
            return _overSince + kept < State.Epoch;
        }
    }

    /// <summary>An heir begins where its parents ended. False if the beacon says that it goes on from elsewhere; the birth stays the caller's then.</summary>
    public bool TryBegin(in ShardBirth<TTransition> birth, IEnumerable<ShardSeat<TTransition>> parents, List<Run> opened)
    {
        if (!State.Shards.TryGetValue(Shard.Id, out ShardStanding? standing) || standing.Start != birth.Anchor) return false;
        ulong epoch = standing.AuthorityFrom;
        ShardBirth<TTransition> born = birth;
        if (Open(new RunKey(epoch, 0), birth.Anchor, () => new ReplicatedShard<TTransition>(born.Slice.Machine, new ReplicaOptions
        {
            Anchor = born.Anchor, Epoch = epoch, Cells = born.Slice.Cells, State = born.Slice.State, Verifier = options.Beacon.Verifier, Committees = committees, Topology = topology.At(epoch),
        }) { Observer = options.Observer }) is not { } run) return false;
        foreach (ShardSeat<TTransition> parent in parents)
            if (parent.Current is { } ended) run.Node.TakeOver(ended.Node);
        Sync = null;
        options.Born?.Invoke(birth);
        opened.Add(run);
        return true;
    }

    /// <summary>A client's message for keys of an ended shard whose heirs have not begun here. Bounded; clients say it again.</summary>
    public void Hold(NodeId from, ReadOnlySpan<byte> message)
    {
        if (_held.Count >= MostHeld || _heldBytes + message.Length > MostHeldBytes) return;
        _held.Add((from, message.ToArray()));
        _heldBytes += message.Length;
    }

    /// <summary>What was held, which is let go of.</summary>
    public (NodeId From, byte[] Message)[] TakeHeld()
    {
        (NodeId, byte[])[] held = [.. _held];
        _held.Clear();
        _heldBytes = 0;
        return held;
    }

    private bool Keep(ReplicatedShard<TTransition> ended)
    {
        if (Ended is not null) Drop(ended);
        else _ended = ended;
        return true;
    }
}
