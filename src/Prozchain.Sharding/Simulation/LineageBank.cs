using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// A bank over shards that split and merge while the load goes on: validators that order and execute, and go on with the
/// heirs of their shards; customers that pay across shards and swap atomically; a beacon's stand-in that decides by a
/// script or by load; and an auditor that checks after each step that no shard forks, that value is conserved at every
/// consistent cut with receipts under way counted, over all lineages, and that no atomic transaction has two outcomes.
/// </summary>
/// <remarks>Nodes are numbered shard by shard: validator v of the i-th shard of the first layout is node i × validators + v.</remarks>
public sealed class LineageBank : IDisposable
{
    /// <summary>The bank's chain.</summary>
    public const ulong ChainId = 7;

    /// <summary>Number of the program of swaps, <see cref="MultiTransfer"/>.</summary>
    public const ushort SwapProgram = 1;

    private const ulong Epoch = 1;
    private const long CellBytes = 1 << 26, DeskMs = 20;

    private readonly LineageOptions _options;
    private readonly LineageAuditor _auditor;
    private readonly LineageLoad _load;
    private readonly LineageDesk _desk;
    private readonly ShardLayout _first;
    private readonly SimulationRandom _random;
    private readonly ISigner[] _validators, _accounts;
    private readonly Dictionary<ShardId, OrderingInstance> _runs = [];
    private readonly Seat[] _seats;
    private readonly MachineOptions _rules;

    /// <summary>Makes the bank of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">What it is like.</param>
    public LineageBank(ulong seed, LineageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        World = new SimulatedWorld(seed, options.World);
        _random = World.RandomStream(1);
        _first = options.MakeLayout();
        int shards = _first.Shards.Count, validators = shards * options.Validators;
        _validators = [.. Enumerable.Range(0, validators).Select(options.Signer)];
        _accounts = [.. Enumerable.Range(validators, options.Accounts).Select(options.Signer)];
        for (int shard = 0; shard < shards; shard++) AddRun(shard);
        _seats = [.. Enumerable.Range(0, validators).Select(number => new Seat(_first, options.Verifier()))];
        for (int number = 0; number < validators; number++)
            foreach (ShardInfo shard in _first.Shards) AddCommittee(number, shard.Id);
        _rules = new MachineOptions
        {
            Channels = options.Channels, Limits = new ExecutionLimits { BlockGas = options.BlockGas },
            Atomic = SimulatedGenesis.Atomic(ChainId, new Dictionary<ushort, IAtomicProgram> { [SwapProgram] = new MultiTransfer() }, options.IntervalMs, options.SwapValidityMs),
        };
        _auditor = new LineageAuditor(_first, _accounts.Select(account => KeyValuePair.Create(CellOf(account), options.Balance)), options.ClassOf);
        _desk = new LineageDesk(options, _first, _auditor);
        // Shards keep no common beat.
        for (int shard = 0; shard < shards; shard++)
        {
            var node = new NodeOptions { StartAfterMs = _random.Next(options.IntervalMs) };
            for (int i = 0; i < options.Validators; i++) World.Add(Make, node);
        }
        _load = new LineageLoad(options, _first, _accounts, _auditor, World.RandomStream(2));
        World.AddInvariant(Check);
        _load.Schedule(World);
        World.At(DeskMs, Ask);
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Which shard holds which key, by the beacon's last decision.</summary>
    public ShardLayout Layout => _desk.Layout;

    /// <summary>What it did so far.</summary>
    public LineageReport Report() => new(
        _auditor.Applied, _load.Done, _load.Waiting, _auditor.Commits, _auditor.Receipts, _auditor.UnderWay, _auditor.Cuts, [.. _auditor.Births],
        _auditor.LowestHeight, _auditor.IsQuiet, [.. _auditor.AppliedPerSlice], [.. _auditor.Bundles]) { LockCommits = _auditor.LockCommits };

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();

    /// <summary>A node acts on a change that no beacon certified, as a liar would: for tests of those it tells.</summary>
    internal void Deceive(int node, TopologyChange change) => _seats[node].Topology.Add(change);

    private static Digest CellOf(ISigner signer) => Address.FromPublicKey(signer.PublicKey.Span).Digest;

    private void AddRun(int shard)
    {
        var seed = new byte[Digest.Size];
        _random.Fill(seed);
        CommitteeMember[] members = [.. _validators.Skip(shard * _options.Validators).Take(_options.Validators).Select(signer => new CommitteeMember(signer.PublicKey, 1))];
        ShardId id = _first.Shards[shard].Id;
        _runs.Add(id, new OrderingInstance(ChainId, new Committee(id, Epoch, members), seed));
    }

    private void AddCommittee(int node, ShardId shard)
    {
        OrderingInstance run = _runs[shard];
        Seat seat = _seats[node];
        bool isMember = run.Committee.Members.Any(member => member.PublicKey.Span.SequenceEqual(_validators[node].PublicKey.Span));
        seat.Committees.Add(new ShardCommittee(run, new SignatureListScheme(run.Committee, seat.Verifier, isMember ? _validators[node] : null), [.. run.Committee.Members.Select(member =>
            ShardHost<TransferTransition>.AddressOf(shard, Array.FindIndex(_validators, signer => signer.PublicKey.Span.SequenceEqual(member.PublicKey.Span)), _validators.Length))]));
    }

    // The stand-in for the beacon; each node hears of a change when it does, whether it runs or not.
    private void Ask(SimulatedWorld world)
    {
        if (_desk.Decide(world.ElapsedMs, world.NowMs) is { } change)
        {
            _desk.Layout.TryGetInfo(change.Action.Shard, out ShardInfo? past);
            foreach (ShardId child in past!.Children)
            {
                _desk.Layout.TryGetInfo(child, out ShardInfo? heir);
                _runs.Add(child, HeirCommittee.Of(heir!, Epoch, [.. heir!.Parents.Select(parent => _runs[parent])]));
            }
            ShardId[] heirs = [.. past.Children];
            for (int number = 0; number < _seats.Length; number++)
            {
                int node = number;
                // Changes come in order.
                long at = Math.Max(_seats[node].HeardMs, world.ElapsedMs + _random.Next(2 * _options.LeadMs + 1));
                _seats[node].HeardMs = at;
                world.At(at, _ =>
                {
                    foreach (ShardId heir in heirs) AddCommittee(node, heir);
                    _seats[node].Topology.Add(change);
                });
            }
        }
        world.At(world.ElapsedMs + DeskMs, Ask);
    }

    private ShardHost<TransferTransition> Make(NodeId id)
    {
        ShardInfo own = _first.Shards[id.Value / _options.Validators];
        List<ShardNode<TransferTransition>> nodes = [Make(id.Value, Genesis(own))!];
        if (_options.FollowSiblings && _first.TryGetSibling(own.Id, out ShardInfo? sibling)) nodes.Add(Make(id.Value, Genesis(sibling))!);
        return new ShardHost<TransferTransition>(_validators.Length, nodes, birth => Bear(id.Value, birth));
    }

    private ShardBirth<TransferTransition> Genesis(ShardInfo info)
    {
        HeapTrieStore cells = SimulatedGenesis.Cells(info, CellBytes, [.. _accounts.Where(account => info.Contains(_options.ClassOf(CellOf(account)), CellOf(account))).Select(account => new StateWrite(CellOf(account), new Account(0, _options.Balance).ToBytes()))]);
        var machine = new ShardMachine<TransferTransition>(default, _first, info.Id, _rules);
        var anchor = new OrderingAnchor(new Digest(Domains.Genesis.Hash(_runs[info.Id].Id.Span)), 0, _options.World.StartMs);
        return new ShardBirth<TransferTransition>(new ShardSlice<TransferTransition>(machine, cells, machine.Genesis), anchor);
    }

    private ShardNode<TransferTransition>? Bear(int node, in ShardBirth<TransferTransition> birth)
    {
        if (Make(node, birth) is not { } heir) return null;
        _auditor.OnBirth(birth.Slice.Machine.Shard, birth.Anchor, birth.Slice.Cells);
        return heir;
    }

    private ShardNode<TransferTransition>? Make(int node, in ShardBirth<TransferTransition> birth)
    {
        Seat seat = _seats[node];
        ShardSlice<TransferTransition> slice = birth.Slice;
        ShardId shard = slice.Machine.Shard.Id;
        if (seat.Committees.Find(shard, Epoch) is not { } own) return null;
        int member = -1;
        for (int i = 0; i < own.Peers.Count; i++)
            if (own.Peers[i] == ShardHost<TransferTransition>.AddressOf(shard, node, _validators.Length)) member = i;
        var replica = new ReplicatedShard<TransferTransition>(
            slice.Machine, new ReplicaOptions { Anchor = birth.Anchor, Epoch = Epoch, Cells = slice.Cells, State = slice.State, Verifier = seat.Verifier, Committees = seat.Committees, Topology = seat.Topology });
        SimulatedWorld world = World;
        replica.Observer = (block, step) => _auditor.OnFinal(block, step, world.ElapsedMs);
        return new ShardNode<TransferTransition>(
            new OrderingOptions
            {
                Instance = own.Instance, Anchor = birth.Anchor, Scheme = own.Scheme, Application = replica, Peers = own.Peers, Member = member,
                IntervalMs = _options.IntervalMs, DelayMs = _options.DelayMs, MaxTimeoutMs = 2_000,
            }, replica, seat.Committees, topology: seat.Topology);
    }

    private string? Check(SimulatedWorld world)
    {
        if (_auditor.Fault is { } fault) return fault;
        int at = world.LastEvent.To.Value;
        if (at < 0 || at >= world.Nodes.Count || !world.Nodes[at].IsHonest || world.Nodes[at].As<ShardHost<TransferTransition>>() is not { } host) return null;
        foreach (ShardNode<TransferTransition> node in host.Shards)
        {
            if (node.Ordering.IsForked) return $"Expected no contradicting finalization at node {at}, got one in shard {node.Replica.Machine.Shard.Id}.";
            if (node.Replica.IsFaulted) return $"Expected final blocks that node {at} can take over, got one of shard {node.Replica.Machine.Shard.Id} that it finds invalid.";
        }
        return null;
    }

    // What a validator's machine knows of the beacon; it outlives the node's crashes.
    private sealed class Seat(ShardLayout layout, ISignatureVerifier verifier)
    {
        public ISignatureVerifier Verifier { get; } = verifier;

        public CommitteeDirectory Committees { get; } = new();

        public TopologyDirectory Topology { get; } = new(layout);

        public long HeardMs { get; set; }
    }
}
