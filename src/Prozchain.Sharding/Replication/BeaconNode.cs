using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// One validator's part in the beacon: it orders and folds the beacon's blocks with the whole pool, run after run, makes its
/// reveals in time and passes on what is to stand in a block. A pure state machine.
/// </summary>
/// <remarks>
/// Each epoch is a run of its own, of that epoch's validators (<see cref="BeaconRun"/>); its last block is terminal, and the next
/// run starts on it. Messages: docs/formats/sharding-network.md.
/// </remarks>
public sealed class BeaconNode : IProtocolNode
{
    private const int SubmissionsPerWindow = 64, KeptHeaders = 256;

    private readonly BeaconNodeOptions _options;
    private readonly SortedDictionary<ulong, Run> _runs = [];
    private readonly SortedDictionary<ulong, BeaconHeader> _headers = [];
    private readonly Dictionary<NodeId, int> _submissions = [];
    private readonly HashSet<(ulong, int)> _revealed = [];
    private long _windowMs;
    private bool _isLive;

    /// <summary>Makes a node at the genesis.</summary>
    /// <param name="options">Rules, genesis, key and host.</param>
    public BeaconNode(BeaconNodeOptions options) : this(options, (options ?? throw new ArgumentNullException(nameof(options))).Beacon)
    {
    }

    /// <param name="options">Rules, genesis, key and host.</param>
    /// <param name="rules">The rules with this node's own auditor.</param>
    internal BeaconNode(BeaconNodeOptions options, BeaconOptions rules)
    {
        _options = options;
        Beacon = new ReplicatedBeacon(rules, options.StartMs, options.Reporter) { Observer = OnFinal };
        Open(Beacon.Anchor);
    }

    /// <summary>The replicated state.</summary>
    public ReplicatedBeacon Beacon { get; }

    /// <summary>The run of the epoch that this node is in.</summary>
    public OrderingNode Ordering => Current.Ordering;

    /// <summary>Sees each state as it becomes final; must not call the node.</summary>
    public Action<BeaconState>? Observer { get; set; }

    private Run Current => _runs.Last().Value;

    /// <summary>The run of an epoch, as it is or was; null if it is not kept.</summary>
    /// <param name="epoch">The epoch.</param>
    public OrderingInstance? InstanceOf(ulong epoch) => _runs.GetValueOrDefault(epoch)?.Instance;

    /// <summary>What a light client needs of a beacon block: its header, and the proof that a quorum stated it.</summary>
    /// <param name="height">The block's height.</param>
    /// <returns>Null if the block after it is not final yet, or no longer kept.</returns>
    public (BeaconHeader Header, FinalityProof Proof)? Prove(ulong height)
    {
        if (!_headers.TryGetValue(height, out BeaconHeader? header)) return null;
        foreach (Run run in _runs.Values)
            if (run.Ordering.ProofOf(height + 1) is { } proof && proof.Header.Kind != MicroBlockKind.Closing) return (header, proof);
        return null;
    }

    /// <summary>Hands in what is to stand in a block, and passes it on to those who lead next.</summary>
    /// <param name="body">Entries of any kind.</param>
    /// <param name="actions">Receives what the host is to do.</param>
    public void Submit(BeaconBody body, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(actions);
        if (Beacon.Pool.Submit(Beacon.State, body) == 0) return;
        byte[] message = NetworkMessage.Write(NetworkMessageKind.Submission, BeaconWire.Encode(body.Write));
        foreach (NodeId leader in Leaders()) actions.Send(leader, message);
    }

    /// <inheritdoc/>
    public void Restore(ReadOnlySpan<byte> record)
    {
        if (!NetworkMessage.TryRead(record, out NetworkMessage read) || read.Kind != NetworkMessageKind.Beacon || !_runs.TryGetValue(read.Epoch, out Run? run)) return;
        run.Ordering.Restore(read.Payload);
        Roll();
    }

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _isLive = true;
        foreach (Run run in _runs.Values) run.Host.Start(nowMs, run.Wrap, actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        foreach (Run run in _runs.Values) run.Host.TickIfDue(nowMs, run.Wrap, actions);
        Advance(nowMs, actions);
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        if (!NetworkMessage.TryRead(message, out NetworkMessage read)) return;
        if (read.Kind == NetworkMessageKind.Beacon)
        {
            if (_runs.TryGetValue(read.Epoch, out Run? run)) run.Host.Receive(nowMs, from, read.Payload, run.Wrap, actions);
        }
        else if (read.Kind == NetworkMessageKind.Submission && MayTake(nowMs, from))
        {
            var reader = new WireReader(read.Payload);
            if (BeaconBody.Read(ref reader, out BeaconBody body) == ReadResult.Ok && reader.IsAtEnd) Beacon.Pool.Submit(Beacon.State, body);
        }
        Advance(nowMs, actions);
    }

    private bool MayTake(long nowMs, NodeId from)
    {
        if (nowMs - _windowMs >= _options.IntervalMs)
        {
            _submissions.Clear();
            _windowMs = nowMs;
        }
        // One count for each validator, and one for all strangers together.
        NodeId counted = Current.Peers.Contains(from) ? from : new NodeId(-1);
        return (_submissions[counted] = _submissions.GetValueOrDefault(counted) + 1) <= SubmissionsPerWindow;
    }

    private void Advance(long nowMs, NodeActions actions)
    {
        foreach (Run opened in Roll())
            if (_isLive) opened.Host.Start(nowMs, opened.Wrap, actions);
        MakeReveal(actions);
        while (Beacon.Evidence.TryDequeue(out FaultEvidence? evidence)) Submit(new BeaconBody { Evidence = [evidence] }, actions);
        actions.WakeAt(_runs.Values.Min(run => run.Host.WakeMs));
    }

    private void MakeReveal(NodeActions actions)
    {
        BeaconState state = Beacon.State;
        if (_options.Reveal is not { } reveal || _options.Beacon.Reveals is not { } rules) return;
        int open = (int)(state.Height % (ulong)_options.Beacon.BlocksPerEpoch);
        for (int slot = Math.Max(0, open - rules.Grace); slot <= open && slot < rules.Slots; slot++)
        {
            if (state.Revealer(slot) is not { } revealer || !revealer.PublicKey.Span.SequenceEqual(_options.Signer.PublicKey.Span) || !_revealed.Add((state.Epoch, slot))) continue;
            Submit(new BeaconBody { Reveals = [new Reveal(slot, reveal(RevealRules.Message(_options.Beacon.ChainId, state.Epoch, slot)))] }, actions);
        }
        if (_revealed.Count > 4 * BeaconLimits.MaxReveals) _revealed.RemoveWhere(entry => entry.Item1 < state.Epoch);
    }

    // Who leads now and in the next terms, this node left out.
    private SortedSet<NodeId> Leaders()
    {
        const ulong Terms = 3;
        OrderingInstance instance = Current.Instance;
        ulong term = instance.TermOf(Ordering.View);
        var leaders = new SortedSet<NodeId>();
        for (ulong i = 0; i < Terms; i++) leaders.Add(_options.AddressOf(instance.Committee.Members[instance.LeaderOf(instance.FirstViewOf(term + i))].PublicKey));
        leaders.Remove(_options.AddressOf(_options.Signer.PublicKey));
        return leaders;
    }

    private List<Run> Roll()
    {
        var opened = new List<Run>();
        while (Current.Ordering.Ending is { } ending) opened.Add(Open(ending));
        while (_runs.Count > _options.KeepRuns + 1) _runs.Remove(_runs.First().Key);
        return opened;
    }

    private Run Open(in OrderingAnchor anchor)
    {
        BeaconState state = Beacon.State;
        OrderingInstance instance = BeaconRun.InstanceOf(_options.Beacon.ChainId, state.Epoch, state.Validators);
        int member = -1;
        for (int i = 0; i < instance.Committee.Members.Count; i++)
            if (instance.Committee.Members[i].PublicKey.Span.SequenceEqual(_options.Signer.PublicKey.Span)) member = i;
        var ordering = new OrderingNode(new OrderingOptions
        {
            Instance = instance, Anchor = anchor, Application = Beacon, Member = member, AppliedHeight = anchor.Height,
            Scheme = new SignatureListScheme(instance.Committee, _options.Verifier, member < 0 ? null : _options.Signer),
            Peers = [.. instance.Committee.Members.Select(other => _options.AddressOf(other.PublicKey))],
            IntervalMs = _options.IntervalMs, DelayMs = _options.DelayMs, MaxTimeoutMs = _options.MaxTimeoutMs, MaxBodyBytes = _options.MaxBodyBytes,
        });
        return _runs[state.Epoch] = new Run(instance, ordering, state.Epoch, [.. instance.Committee.Members.Select(other => _options.AddressOf(other.PublicKey))]);
    }

    private void OnFinal(BeaconState state)
    {
        _headers[state.Height] = Beacon.Header!;
        if (_headers.Count > KeptHeaders) _headers.Remove(_headers.First().Key);
        Observer?.Invoke(state);
    }

    private sealed class Run(OrderingInstance instance, OrderingNode ordering, ulong epoch, HashSet<NodeId> peers)
    {
        public OrderingInstance Instance { get; } = instance;

        public OrderingNode Ordering { get; } = ordering;

        public HashSet<NodeId> Peers { get; } = peers;

        public HostedNode Host { get; } = new(ordering, static id => id);

        public byte[] Wrap(NodeAction action) => NetworkMessage.Write(NetworkMessageKind.Beacon, action.Bytes.Span, epoch: epoch);
    }
}
