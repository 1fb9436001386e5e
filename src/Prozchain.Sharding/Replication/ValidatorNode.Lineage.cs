using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <content>
/// Splits and merges: the validator proposes them, says when it is ready, and goes on with the heirs where their parents ended
/// once the beacon has anchored these ends.
/// </content>
public sealed partial class ValidatorNode<TTransition>
{
    private readonly BeaconTopology _topology;
    private readonly HashSet<(Digest, ulong)> _ready = [];
    private readonly HashSet<ShardId> _toldEnds = [];
    private readonly List<ShardSeat<TTransition>> _divided = [];

    /// <summary>Acts on a change that no beacon decided, as a liar would: for tests of those it tells.</summary>
    internal void Deceive(TopologyChange change) => _topology.Add(change);

    // The committees of shards that a change made, and those that were before it.
    private void Know(BeaconState state)
    {
        foreach (ShardInfo shard in state.Layout.Shards)
        {
            Committees.Find(shard.Id, state.Epoch);
            if (shard.BornVersion > 0 && state.Epoch > 0) Committees.Find(shard.Id, state.Epoch - 1);
        }
    }

    // Heirs begin where this node has the ends of their parents.
    private void Bear()
    {
        foreach (ShardSeat<TTransition> seat in _seats.Values.ToArray())
        {
            if (seat.HasHeirs || seat.Ended is not { } ended || !Committees.State.Layout.TryGetInfo(seat.Shard.Id, out ShardInfo? past) || past.IsLive) continue;
            if (past.Children.Count == 2) Split(seat, ended, past);
            else if (Committees.State.Layout.TryGetInfo(past.Children[0], out ShardInfo? whole) && whole.Parents[0] == seat.Shard.Id) Merge(seat, ended, whole);
        }
        foreach (ShardSeat<TTransition> seat in _seats.Values.Where(seat => seat.IsDone).ToArray())
        {
            _seats.Remove(seat.Shard.Id);
            seat.Dispose();
        }
    }

    private void Split(ShardSeat<TTransition> seat, ReplicatedShard<TTransition> ended, ShardInfo past)
    {
        ShardSeat<TTransition>?[] heirs = [.. past.Children.Select(MayBegin)];
        if (heirs.All(heir => heir is null)) return;
        (ShardBirth<TTransition> left, ShardBirth<TTransition> right) = ShardBirth<TTransition>.Split(ended);
        Begin(heirs[0], left, seat);
        Begin(heirs[1], right, seat);
    }

    private void Merge(ShardSeat<TTransition> left, ReplicatedShard<TTransition> ended, ShardInfo whole)
    {
        if (MayBegin(whole.Id) is not { } heir || !_seats.TryGetValue(whole.Parents[1], out ShardSeat<TTransition>? right) || right.Ended is not { } other) return;
        // Too full for one: the heir goes on without this node, and where a quorum has too little room, not at all.
        if (ShardBirth<TTransition>.Merge(ended, other) is { } birth) Begin(heir, birth, left, right);
    }

    private ShardSeat<TTransition>? MayBegin(ShardId shard) => SeatOf(shard) is { Current: null } seat && seat.MayBegin ? seat : null;

    private void Begin(ShardSeat<TTransition>? heir, in ShardBirth<TTransition> birth, params ShardSeat<TTransition>[] parents)
    {
        foreach (ShardSeat<TTransition> parent in parents)
        {
            parent.HasHeirs = true;
            if (!_divided.Contains(parent)) _divided.Add(parent);
        }
        if (heir is null || !heir.TryBegin(birth, parents, _opened)) birth.Drop();
    }

    // What clients said between a shard's end and its heirs' beginning.
    private void Reroute(long nowMs, NodeActions actions)
    {
        foreach (ShardSeat<TTransition> parent in _divided)
            foreach ((NodeId from, byte[] message) in parent.TakeHeld())
                if (NetworkMessage.TryRead(message, out NetworkMessage read)) Route(nowMs, from, read, actions);
        _divided.Clear();
    }

    // What is for the keys of an ended shard is for its heirs; what is for one that is not here, for those it came from.
    private void Route(long nowMs, NodeId from, in NetworkMessage message, NodeActions actions)
    {
        bool isForKeys = message.Payload[1] is (byte)ReplicaMessage.Delivery or (byte)ReplicaMessage.Transaction or (byte)ReplicaMessage.AtomicTransaction or (byte)ReplicaMessage.LockRequest;
        ShardSeat<TTransition>? seat = _seats.GetValueOrDefault(message.Shard);
        if (isForKeys && seat is { HasHeirs: false, Ended: not null })
        {
            if (message.Payload[1] != (byte)ReplicaMessage.Delivery) seat.Hold(from, NetworkMessage.Write(message.Kind, message.Payload, message.Shard, message.Epoch, message.Source));
            return;
        }
        if (seat is not null && !(isForKeys && seat.HasHeirs))
        {
            Deliver(nowMs, from, message, seat, actions);
            return;
        }
        if (!isForKeys) return;
        ShardLayout layout = Committees.State.Layout;
        foreach (ShardSeat<TTransition> other in _seats.Values)
            if (!other.HasHeirs && layout.IsAncestor(message.Shard, other.Shard.Id)) Deliver(nowMs, from, message, other, actions);
    }

    // The beacon is told at once, so that the heirs begin soon.
    private bool HasNewEnd()
    {
        bool isNew = false;
        foreach (ShardSeat<TTransition> seat in _seats.Values)
            if (seat.Ended is not null) isNew |= _toldEnds.Add(seat.Shard.Id);
        return isNew && _isLive;
    }

    // What this validator would have changed, and what it is ready for.
    private void Reshape(bool isNews)
    {
        BeaconState state = Committees.State;
        if (isNews && _options.Propose?.Invoke(state) is { } proposal && !state.Changes.ContainsKey(proposal.Action.Shard))
            Beacon.Submit(new BeaconBody { Proposals = [proposal] }, _submissions);
        foreach (OpenChange change in state.Changes.Values)
        {
            if (change.IsScheduled || change.Proposal.NewClass is not null) continue;
            Committee target = state.TargetOf(change.Proposal.Action, _options.Beacon.Beacon.Topology.IsMadeWithinEpoch);
            int member = BeaconState.IndexIn(target, _options.Beacon.Signer.PublicKey.Span);
            if (member < 0 || change.Ready.Contains(member) || !IsFollowing(change.Proposal.Action.Shard) || change.Proposal.Action.Sibling is { } sibling && !IsFollowing(sibling)) continue;
            if (!_ready.Add((change.Proposal.Id, state.Epoch)) && !isNews) continue;
            var signature = new byte[SignatureSchemes.Ed25519SignatureSize];
            _options.Beacon.Signer.Sign(change.Proposal.Ready(state.Epoch).Message(_options.Beacon.Beacon.ChainId).Span, signature);
            Beacon.Submit(new BeaconBody { Ready = [new Readiness(change.Proposal.Id, member, signature)] }, _submissions);
        }
        if (state.Changes.IsEmpty) _ready.Clear();
    }

    private bool IsFollowing(ShardId shard) => _seats.TryGetValue(shard, out ShardSeat<TTransition>? seat) && seat.IsFollowing;
}
