using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// A validator: its part in the beacon, and in every shard for whose committees it is drawn. It learns from final beacon
/// blocks what it is to order next, fetches the state before it is needed, starts each run where the one before ended,
/// tells the beacon how far the shards are, and takes over a shard whose committee the beacon froze. A pure state machine.
/// </summary>
/// <remarks>Messages: docs/formats/sharding-network.md.</remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed partial class ValidatorNode<TTransition> : IProtocolNode, IDisposable where TTransition : IShardTransition
{
    private readonly ValidatorOptions<TTransition> _options;
    private readonly HostedNode _beaconHost;
    private readonly NodeActions _submissions = new();
    private readonly SortedDictionary<ShardId, ShardSeat<TTransition>> _seats = [];
    private readonly List<ShardSeat<TTransition>.Run> _opened = [];
    private readonly Queue<BeaconState> _final = new();
    private long _syncDueMs = long.MaxValue;
    private bool _isLive;

    /// <summary>Makes a validator at the genesis.</summary>
    /// <param name="options">Rules, genesis, key and host.</param>
    public ValidatorNode(ValidatorOptions<TTransition> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        BeaconNodeOptions beacon = options.Beacon;
        NodeId NodeOf(ShardId shard, ReadOnlyMemory<byte> key) => shard == BeaconRun.Shard ? beacon.AddressOf(key) : PeerName.Of(shard, beacon.AddressOf(key));
        Committees = new BeaconDirectory(beacon.Beacon, BeaconFold.Genesis(beacon.Beacon), NodeOf, committee => new SignatureListScheme(committee, beacon.Verifier, beacon.Signer));
        Beacon = new BeaconNode(beacon, beacon.Beacon with { Auditor = new VoteAuditor(Committees, beacon.Beacon.Auditor) }) { Observer = _final.Enqueue };
        _beaconHost = new HostedNode(Beacon, static id => id);
        _topology = new BeaconTopology(beacon.Beacon.Layout);
        Settle();
    }

    /// <summary>The beacon as this validator sees it.</summary>
    public BeaconNode Beacon { get; }

    /// <summary>Which committees the beacon drew.</summary>
    public BeaconDirectory Committees { get; }

    /// <summary>The shards that this validator follows: the node of the last run of each.</summary>
    public IEnumerable<ShardNode<TTransition>> Shards => _seats.Values.Where(seat => seat.Current is not null).Select(seat => seat.Current!.Node);

    /// <summary>Shards whose state is being fetched.</summary>
    public int Fetching => _seats.Values.Count(seat => seat.Sync is not null);

    /// <summary>The node of the last run of a shard; null if this validator follows none.</summary>
    /// <param name="shard">The shard.</param>
    public ShardNode<TTransition>? NodeOf(ShardId shard) => _seats.GetValueOrDefault(shard)?.Current?.Node;

    /// <summary>Wraps a client's message (<see cref="ShardMessages"/>) for the nodes of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="message">The message.</param>
    public static byte[] Address(ShardId shard, ReadOnlySpan<byte> message) => NetworkMessage.Write(NetworkMessageKind.Shard, message, shard);

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> record)
    {
        if (!NetworkMessage.TryRead(record, out NetworkMessage read)) return;
        if (read.Kind == NetworkMessageKind.Beacon) Beacon.Restore(record);
        else if (read.Kind == NetworkMessageKind.Run) SeatOf(read.Shard)?.Restore(new RunKey(read.Epoch, read.Moment), read.Payload);
        else if (read.Kind == NetworkMessageKind.Base && FetchedState.TryRead(read.Payload) is { } fetched) SeatOf(read.Shard)?.TryTakeOver(fetched, _opened);
        Settle();
    }

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _isLive = true;
        _opened.Clear();
        _beaconHost.Start(nowMs, Plain, actions);
        foreach (ShardSeat<TTransition> seat in _seats.Values)
            foreach (ShardSeat<TTransition>.Run run in seat.Runs) run.Host.Start(nowMs, run.Wrap, actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _beaconHost.TickIfDue(nowMs, Plain, actions);
        foreach (ShardSeat<TTransition> seat in _seats.Values)
            foreach (ShardSeat<TTransition>.Run run in seat.Runs) run.Host.TickIfDue(nowMs, run.Wrap, actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (!NetworkMessage.TryRead(message, out NetworkMessage read)) return;
        switch (read.Kind)
        {
            case NetworkMessageKind.Beacon or NetworkMessageKind.Submission:
                _beaconHost.Receive(nowMs, from, message, Plain, actions);
                break;
            case NetworkMessageKind.Run when _seats.GetValueOrDefault(read.Shard)?.RunOf(new RunKey(read.Epoch, read.Moment)) is { } run && PeerName.TryOf(read.Shard, from, out NodeId member):
                run.Host.Receive(nowMs, member, read.Payload, run.Wrap, actions);
                break;
            case NetworkMessageKind.Shard when read.Payload.Length >= 2:
                Route(nowMs, from, read, actions);
                break;
            case NetworkMessageKind.State when _seats.GetValueOrDefault(read.Shard) is { } seat && read.Payload.Length > 0:
                OnState(nowMs, from, read, seat, actions);
                break;
            default:
                return;
        }
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ShardSeat<TTransition> seat in _seats.Values) seat.Dispose();
    }

    private static byte[] Plain(NodeAction action) => action.Bytes.ToArray();

    private ShardSeat<TTransition>? SeatOf(ShardId shard)
    {
        if (_seats.TryGetValue(shard, out ShardSeat<TTransition>? seat)) return seat;
        if (!Committees.State.Layout.TryGetInfo(shard, out ShardInfo? info) || !info.IsLive) return null;
        return _seats[shard] = new ShardSeat<TTransition>(info, _options, Committees, _topology);
    }

    // What is of earlier runs goes to their nodes too; the rest to the last run's.
    private static void Deliver(long nowMs, NodeId from, in NetworkMessage message, ShardSeat<TTransition> seat, NodeActions actions)
    {
        if (message.Payload[1] < (byte)ReplicaMessage.Delivery) return;
        NodeId sender = message.Source.Value > 0 && PeerName.TryOf(message.Source, from, out NodeId name) ? name : from;
        bool toAll = message.Payload[1] is (byte)ReplicaMessage.Acknowledgement or (byte)ReplicaMessage.WantHeader;
        foreach (ShardSeat<TTransition>.Run run in seat.Runs)
            if (toAll || run == seat.Current) run.Host.Receive(nowMs, sender, message.Payload, run.Wrap, actions);
    }

    private static void OnState(long nowMs, NodeId from, in NetworkMessage message, ShardSeat<TTransition> seat, NodeActions actions)
    {
        ShardId shard = message.Shard;
        if ((StateMessage)message.Payload[0] is StateMessage.State or StateMessage.Blocks or StateMessage.Cells)
        {
            seat.Sync?.Receive(nowMs, from, message.Payload, (to, bytes) => actions.Send(to, NetworkMessage.Write(NetworkMessageKind.State, bytes, shard)));
            return;
        }
        if (seat.Current is not { } run) return;
        byte[]? answer = seat.Server.Answer(nowMs, message.Payload, run.Node.Replica.History, seat.Cells, hash => Find(seat, hash));
        if (answer is not null) actions.Send(from, NetworkMessage.Write(NetworkMessageKind.State, answer, shard));
    }

    private static MicroBlock? Find(ShardSeat<TTransition> seat, in Digest hash)
    {
        foreach (ShardSeat<TTransition>.Run run in seat.Runs)
            if (run.Node.Find(hash) is { } block) return block;
        return null;
    }

    private void Advance(long nowMs, NodeActions actions)
    {
        bool isNews = _final.Count > 0;
        do
        {
            Settle();
            _syncDueMs = long.MaxValue;
            foreach (ShardSeat<TTransition> seat in _seats.Values) Fetch(nowMs, seat, actions);
            foreach (ShardSeat<TTransition>.Run run in _opened) run.Host.Start(nowMs, run.Wrap, actions);
        }
        while (_opened.Count > 0);
        Reroute(nowMs, actions);
        if (isNews | HasNewEnd()) Report();
        Reshape(isNews);
        ReportFaults();
        if (_submissions.Count > 0)
        {
            for (int i = 0; i < _submissions.Count; i++) actions.Send(_submissions[i].To, _submissions[i].Bytes.Span);
            _submissions.Clear();
        }
        long wake = Math.Min(_beaconHost.WakeMs, _syncDueMs);
        foreach (ShardSeat<TTransition> seat in _seats.Values)
            foreach (ShardSeat<TTransition>.Run run in seat.Runs) wake = Math.Min(wake, run.Host.WakeMs);
        actions.WakeAt(wake);
    }

    // What follows from final beacon blocks and from the ends of runs.
    private void Settle()
    {
        _opened.Clear();
        while (_final.TryDequeue(out BeaconState? state))
        {
            bool isNewEpoch = state.Epoch != Committees.State.Epoch, isNewLayout = state.Layout.Version != Committees.State.Layout.Version;
            Committees.Update(state);
            _topology.Update(state);
            if (isNewLayout) Know(state);
            foreach (FreezeRecord freeze in state.Outputs.Freezes)
                foreach (ShardNode<TTransition> node in Shards) node.Replica.Freeze(freeze.Shard, freeze.Epoch, freeze.Height);
            if (!isNewEpoch && !isNewLayout) continue;
            foreach (ShardSeat<TTransition>.Run run in _seats.Values.SelectMany(seat => seat.Runs)) run.Node.SpeakAgain();
        }
        foreach (ShardInfo shard in Committees.State.Layout.Shards) SeatOf(shard.Id);
        foreach (ShardSeat<TTransition> seat in _seats.Values) seat.Reconcile(_opened, _isLive);
        Bear();
    }

    private void Fetch(long nowMs, ShardSeat<TTransition> seat, NodeActions actions)
    {
        if (seat.Sync is not { } sync) return;
        if (sync.Result is { } fetched)
        {
            if (seat.TryTakeOver(fetched, _opened)) actions.Persist(NetworkMessage.Write(NetworkMessageKind.Base, fetched.Encode(), seat.Shard.Id));
            return;
        }
        ShardId shard = seat.Shard.Id;
        long due = sync.Advance(nowMs, (to, bytes) => actions.Send(to, NetworkMessage.Write(NetworkMessageKind.State, bytes, shard)));
        _syncDueMs = Math.Min(_syncDueMs, due);
    }

    // To the beacon: how far the shards of this validator are, and what it holds of others that nobody may live to tell.
    private void Report()
    {
        BeaconState state = Committees.State;
        var anchors = new SortedDictionary<ShardId, FinalityProof>();
        foreach (ShardSeat<TTransition> seat in _seats.Values)
        {
            foreach (ShardSeat<TTransition>.Run run in seat.Runs)
            {
                if (run.Node.IsHalted || !state.Shards.TryGetValue(seat.Shard.Id, out ShardStanding? standing)) continue;
                ulong seal = run.Node.Ordering.FinalHeight / (ulong)_options.SealEvery * (ulong)_options.SealEvery;
                if (run.Node.Ordering.FinalHeight > standing.Tip.Height && run.Node.Ordering.ProofThrough(seal) is { } proof && Adds(anchors, proof)) anchors[seat.Shard.Id] = proof;
                foreach (FinalityProof remote in run.Node.Replica.Remote.Last)
                {
                    if (state.Shards.TryGetValue(remote.Header.Shard, out ShardStanding? other) && remote.Header.Height > other.Tip.Height && state.Height - other.AnchoredAt > 2)
                        anchors.TryAdd(remote.Header.Shard, remote);
                }
            }
        }
        if (anchors.Count > 0) Beacon.Submit(new BeaconBody { Anchors = [.. anchors.Values] }, _submissions);
    }

    // The end of an epoch before the next one; within an epoch the latest.
    private static bool Adds(SortedDictionary<ShardId, FinalityProof> anchors, FinalityProof proof) =>
        !anchors.TryGetValue(proof.Header.Shard, out FinalityProof? earlier) || earlier.Header.Epoch == proof.Header.Epoch;

    private void ReportFaults()
    {
        foreach (ShardSeat<TTransition> seat in _seats.Values)
        {
            foreach (ShardSeat<TTransition>.Run run in seat.Runs)
            {
                for (; run.Reported < run.Node.Replica.Evidence.Count; run.Reported++)
                {
                    FaultEvidence evidence = VoteAuditor.Accuse(seat.Shard.Id, run.Committee, run.Node.Replica.Evidence[run.Reported], _options.Beacon.Reporter);
                    Beacon.Submit(new BeaconBody { Evidence = [evidence] }, _submissions);
                }
            }
        }
    }
}
