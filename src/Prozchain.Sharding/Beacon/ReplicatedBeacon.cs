using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The beacon as the application under an <see cref="OrderingNode"/>: a block's body is a <see cref="BeaconBody"/>, what
/// executing it gives is a <see cref="BeaconHeader"/>, whose hash the header of the next block states as its receipts
/// root. So the finality of that block certifies the beacon's header.
/// </summary>
public sealed class ReplicatedBeacon : IOrderedApplication
{
    private readonly BeaconOptions _options;
    private readonly Address _reporter;
    private readonly Dictionary<Digest, Node> _nodes = [];
    private readonly Queue<FaultEvidence> _evidence = new();
    private readonly Dictionary<Digest, Committee> _runs = [];
    private Node _tip;

    /// <summary>Starts before the first block.</summary>
    /// <param name="options">Rules and genesis.</param>
    /// <param name="startMs">The time of the start, Unix milliseconds: no block is older.</param>
    /// <param name="reporter">Named in evidence that this node finds.</param>
    public ReplicatedBeacon(BeaconOptions options, long startMs, in Address reporter)
    {
        _reporter = reporter;
        BeaconState genesis = BeaconFold.Genesis(options);
        _options = options;
        Pool = new BeaconPool(options);
        ReadOnlySpan<byte> set = genesis.Validators.Digest.Span;
        Anchor = new OrderingAnchor(new Digest(Domains.Genesis.Hash(set)), 0, startMs);
        _tip = new Node(Anchor.Hash, genesis, genesis.Root(), null);
        _nodes.Add(Anchor.Hash, _tip);
        Remember(genesis);
    }

    /// <summary>What the first run starts from.</summary>
    public OrderingAnchor Anchor { get; }

    /// <summary>The state after the last final block.</summary>
    public BeaconState State => _tip.State;

    /// <summary>What the last final block led to; null before the first.</summary>
    public BeaconHeader? Header => _tip.State.Header;

    /// <summary>What waits for a block.</summary>
    public BeaconPool Pool { get; }

    /// <summary>Proof that validators contradicted themselves in the beacon's own run, for a block of the beacon.</summary>
    internal Queue<FaultEvidence> Evidence => _evidence;

    /// <summary>True if a quorum finalized what this node finds invalid. It then says nothing more.</summary>
    public bool IsFaulted { get; private set; }

    /// <summary>Sees each state as it becomes final; must not call the beacon.</summary>
    public Action<BeaconState>? Observer { get; set; }

    /// <inheritdoc/>
    public bool Build(in Digest parent, ulong height, long timeMs, int maxBytes, IBufferWriter<byte> body)
    {
        if (IsFaulted || !_nodes.TryGetValue(parent, out Node? node)) return false;
        if (maxBytes > 0) Pool.Build(node.State, timeMs, maxBytes, body);
        return IsLast(height);
    }

    /// <inheritdoc/>
    public BlockCheck Check(MicroBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (IsFaulted) return BlockCheck.NotYet;
        if (_nodes.ContainsKey(block.Hash)) return BlockCheck.Valid;
        if (!_nodes.TryGetValue(block.Header.Parent, out Node? parent)) return BlockCheck.NotYet;
        return Execute(block, parent) is null ? BlockCheck.Invalid : BlockCheck.Valid;
    }

    /// <inheritdoc/>
    public bool TryGetResult(in Digest block, bool sealing, out ExecutedBlock result)
    {
        result = default;
        if (IsFaulted || !_nodes.TryGetValue(block, out Node? node)) return false;
        result = new ExecutedBlock(node.State.Tip, node.Root, sealing ? node.Root : default);
        return true;
    }

    /// <inheritdoc/>
    public void Finalized(MicroBlock block, OrderingCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (IsFaulted) return;
        Node? node = _nodes.GetValueOrDefault(block.Hash) ?? (block.Header.Parent == _tip.Hash ? Execute(block, _tip) : null);
        if (node is null || node.Parent != _tip.Hash)
        {
            IsFaulted = true;
            return;
        }
        ulong epoch = _tip.State.Epoch;
        _tip = node;
        foreach (Node other in _nodes.Values.OrderBy(other => other.State.Height).ToArray())
            if (other != node && (other.State.Height <= node.State.Height || !_nodes.ContainsKey(other.Parent!.Value))) _nodes.Remove(other.Hash);
        if (node.State.Epoch != epoch) Remember(node.State);
        Pool.Advance(node.State);
        Observer?.Invoke(node.State);
    }

    /// <inheritdoc/>
    public void Accuse(VoteEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        // The accused run need not be the last one.
        if (_runs.TryGetValue(evidence.Instance, out Committee? committee)) _evidence.Enqueue(VoteAuditor.Accuse(default, committee, evidence, _reporter));
    }

    // The pool of an epoch, for as long as its stake answers for what it signs.
    private void Remember(BeaconState state)
    {
        OrderingInstance run = BeaconRun.InstanceOf(_options.ChainId, state.Epoch, state.Validators);
        _runs[run.Id] = run.Committee;
        foreach (Digest old in _runs.Where(entry => entry.Value.Epoch + (ulong)_options.Registry.UnbondingEpochs < state.Epoch).Select(entry => entry.Key).ToArray()) _runs.Remove(old);
    }

    private bool IsLast(ulong height) => height % (ulong)_options.BlocksPerEpoch == 0;

    private Node? Execute(MicroBlock block, Node parent)
    {
        MicroHeader header = block.Header;
        if (header.Kind != (IsLast(header.Height) ? MicroBlockKind.Terminal : MicroBlockKind.Ordinary)) return null;
        var body = new BeaconBody();
        if (block.Body.Length > 0)
        {
            var reader = new WireReader(block.Body.Span);
            if (BeaconBody.Read(ref reader, out body) != ReadResult.Ok || !reader.IsAtEnd) return null;
        }
        if (!BeaconFold.Fold(_options, parent.State, header.TimeMs, body, out BeaconState after).IsValid) return null;
        return _nodes[block.Hash] = new Node(block.Hash, after, after.Root(), parent.Hash);
    }

    private sealed record Node(Digest Hash, BeaconState State, Digest Root, Digest? Parent);
}
