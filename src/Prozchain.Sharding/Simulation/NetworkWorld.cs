using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Observability;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// The whole network in a simulated world: a pool of validators that order the beacon, committees drawn from it that order
/// the shards of a bank and change with every epoch, and customers. Checked after each step: all that a
/// <see cref="BankWorld"/> checks, one beacon block at a height, stake balanced.
/// </summary>
/// <remarks>Validator v is node v.</remarks>
public sealed partial class NetworkWorld : IDisposable
{
    private const long CellBytes = 1 << 22, TickMs = 10;
    private const int Stranger = 1 << 24;

    private readonly NetworkWorldOptions _options;
    private readonly BankOptions _bank;
    private readonly LineageAuditor _auditor;
    private readonly BankLoad _load;
    private readonly ISigner[] _validators, _accounts;
    private readonly Dictionary<Digest, NodeId> _hosts;
    private readonly BeaconOptions _beacon;
    private readonly MachineOptions _machine;
    private readonly NetworkAuditor _network = new();
    private readonly SimulationRandom _random;

    /// <summary>Makes the network of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">What it is like.</param>
    public NetworkWorld(ulong seed, NetworkWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _bank) = (options, options.Bank);
        World = new SimulatedWorld(seed, _bank.World);
        SimulationRandom random = World.RandomStream(1);
        Layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), _bank.Shards), .. options.Classes]);
        _validators = [.. Enumerable.Range(0, options.Pool).Select(_bank.Signer)];
        _accounts = [.. Enumerable.Range(options.Pool, _bank.Accounts).Select(_bank.Signer)];
        _hosts = Enumerable.Range(0, options.Pool).ToDictionary(i => NameOf(_validators[i].PublicKey), i => new NodeId(i));
        _machine = new MachineOptions
        {
            Channels = _bank.Channels,
            Atomic = SimulatedGenesis.Atomic(BankWorld.ChainId, new Dictionary<ushort, IAtomicProgram> { [BankWorld.SwapProgram] = new MultiTransfer() }, _bank.IntervalMs, _bank.SwapValidityMs),
        };
        var drawn = new byte[Digest.Size];
        random.Fill(drawn);
        _beacon = new BeaconOptions
        {
            ChainId = BankWorld.ChainId, Layout = Layout, Genesis = [.. Layout.Shards.Select(GenesisOf)],
            Validators = [.. _validators.Select((signer, i) => new Validator(signer.PublicKey, options.Stake) { RandomnessKey = options.VrfKey(i) })],
            UnsafeDevelopment = new CommitteeParameters(_bank.Validators), BlocksPerEpoch = options.BlocksPerEpoch, RotationBlocks = options.RotationBlocks, StallBlocks = options.StallBlocks,
            Randomness = new SeededRandomness(drawn), Reveals = new RevealRules(new VrfReveals(options.Vrf), options.RevealSlots, Grace: 2), Verifier = _bank.Verifier(), Topology = Topology,
        };
        _beacon.Check();
        _auditor = new LineageAuditor(Layout, _accounts.Select(account => KeyValuePair.Create(CellOf(account), _bank.Balance)), _ => LayoutClass.General);
        _random = World.RandomStream(2);
        for (int i = 0; i < options.Pool; i++) World.Add(Make, new NodeOptions { StartAfterMs = random.Next(_bank.IntervalMs) });
        _load = new BankLoad(_bank, Layout, _accounts, (cell, amount, nowMs) => _auditor.Submitted(cell, amount, nowMs - _bank.World.StartMs), cell => _auditor.ValueOf(cell), new ShardTelemetry(), Send);
        World.AddInvariant(Check);
        World.At(TickMs, Tick);
        World.Tag = this;
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Which shard holds which key at first.</summary>
    public ShardLayout Layout { get; }

    /// <summary>The beacon's state as the node that is furthest has it; null while none runs.</summary>
    public BeaconState? State
    {
        get
        {
            BeaconState? best = null;
            for (int i = 0; i < World.Nodes.Count; i++)
                if (NodeOf(i) is { } node && !(best?.Height >= node.Beacon.Beacon.State.Height)) best = node.Beacon.Beacon.State;
            return best;
        }
    }

    /// <summary>What is seen of the beacon and of runs.</summary>
    internal NetworkAuditor Auditor => _network;

    /// <summary>The running validator at a node; null without power.</summary>
    /// <param name="node">Number of the node.</param>
    public ValidatorNode<TransferTransition>? NodeOf(int node) => World.Nodes[node].As<ValidatorNode<TransferTransition>>();

    /// <summary>The validators that order a shard in the beacon's epoch, and moment.</summary>
    /// <param name="shard">The shard.</param>
    public IReadOnlyList<NodeId> CommitteeOf(ShardId shard) => [.. OrderersOf(shard).Select(member => _hosts[NameOf(member.PublicKey)])];

    private IEnumerable<CommitteeMember> OrderersOf(ShardId shard)
    {
        BeaconState? state = State;
        return state?.OrderingOf(_beacon, shard, state.Epoch)?.Committee.Members ?? state?.Committees.Of(shard).Members ?? [];
    }

    /// <summary>Takes the power of as many members of a shard's committee, for good.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="members">How many: f + 1 to 2f stop it.</param>
    public void Halt(ShardId shard, int members)
    {
        foreach (NodeId member in CommitteeOf(shard).Take(members)) World.Crash(member);
    }

    /// <summary>Height of a shard's last final block.</summary>
    /// <param name="shard">The shard.</param>
    public ulong HeightOf(ShardId shard) => _auditor.HeightOf(shard);

    /// <summary>What it did so far.</summary>
    public NetworkReport Report()
    {
        List<long> sorted = [.. _auditor.Latencies.Order()];
        var bank = new BankReport(_auditor.Applied, _load.Done, _load.Waiting, _auditor.Commits, sorted.Count, BankReport.At(sorted, 500), BankReport.At(sorted, 990), _auditor.Cuts, _auditor.LowestHeight, _auditor.IsQuiet) { LockCommits = _auditor.LockCommits };
        return new NetworkReport(bank, _network.Height, State?.Epoch ?? 0, _network.Freezes, _network.Takeovers, _network.SlowestTakeoverMs, _network.Convictions, _network.Withheld)
        {
            Births = [.. _auditor.Births], AppliedPerSlice = [.. _auditor.AppliedPerSlice],
        };
    }

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();

    private static Digest CellOf(ISigner signer) => Address.FromPublicKey(signer.PublicKey.Span).Digest;

    private static Digest NameOf(ReadOnlyMemory<byte> publicKey) => Address.FromPublicKey(publicKey.Span).Digest;

    private AnchorEntry GenesisOf(ShardInfo shard)
    {
        using var machine = new ShardMachine<TransferTransition>(default, Layout, shard.Id, _machine);
        using HeapTrieStore cells = CellsOf(shard);
        Digest root = machine.Genesis.StateRoot(cells.Root);
        return AnchorEntry.Genesis(shard.Id, new OrderingAnchor(new Digest(Domains.Genesis.Hash(root.Span)), 0, _bank.World.StartMs), root);
    }

    private StateWrite AccountOf(ISigner account) => new(CellOf(account), new Account(0, _bank.Balance).ToBytes());

    private HeapTrieStore CellsOf(ShardInfo shard) =>
        SimulatedGenesis.Cells(shard, CellBytes, [.. _accounts.Where(account => shard.Contains(LayoutClass.General, CellOf(account))).Select(AccountOf)]);

    private ValidatorNode<TransferTransition> Make(NodeId id)
    {
        SimulatedWorld world = World;
        ISignatureVerifier verifier = _bank.Verifier();
        return new ValidatorNode<TransferTransition>(new ValidatorOptions<TransferTransition>
        {
            Beacon = new BeaconNodeOptions
            {
                Beacon = id.Value == _options.Liar ? _beacon with { Topology = _beacon.Topology with { Trigger = (_, _) => true } } : _beacon, StartMs = _bank.World.StartMs, Signer = _validators[id.Value], Verifier = verifier, AddressOf = key => _hosts[NameOf(key)],
                Reveal = message => _options.Prove(id.Value, message), Reporter = Address.FromPublicKey(_validators[id.Value].PublicKey.Span),
                IntervalMs = _options.BeaconIntervalMs, DelayMs = _bank.DelayMs, MaxTimeoutMs = 2_000,
            },
            Transition = default, Machine = _machine, Genesis = CellsOf, MaxCellBytes = CellBytes, IntervalMs = _bank.IntervalMs, DelayMs = _bank.DelayMs, MaxTimeoutMs = 2_000,
            Propose = id.Value == _options.Liar ? state => ProposalOf(state, ReshapeAction.Split(state.Layout.Shards[0].Id)) : Propose, Born = birth => _auditor.OnBirth(birth.Slice.Machine.Shard, birth.Anchor, birth.Slice.Cells),
            Observer = (block, step) =>
            {
                _auditor.OnFinal(block, step, world.ElapsedMs);
                _network.OnFinal(block.Header, world.ElapsedMs);
            },
        });
    }

    private void Tick(SimulatedWorld world)
    {
        _load.Tick(world, _random);
        world.At(world.ElapsedMs + TickMs, Tick);
    }

    // To as many as can be faulty, and one more.
    private void Send(Digest cell, byte[] message)
    {
        ShardId shard = (State?.Layout ?? Layout).ShardOf(cell);
        IReadOnlyList<NodeId> committee = CommitteeOf(shard);
        int draw = _random.Next(1 << 20);
        byte[] addressed = ValidatorNode<TransferTransition>.Address(shard, message);
        for (int i = 0; committee.Count > 0 && i <= (committee.Count - 1) / 3; i++) World.Inject(new NodeId(Stranger), committee[(draw % committee.Count + i) % committee.Count], addressed);
    }

    private string? Check(SimulatedWorld world)
    {
        if (_auditor.Fault is { } fault) return fault;
        int at = world.LastEvent.To.Value;
        if (at < 0 || at >= world.Nodes.Count || !world.Nodes[at].IsHonest || NodeOf(at) is not { } node) return null;
        if (node.Beacon.Ordering.IsForked || node.Beacon.Beacon.IsFaulted) return $"Expected one beacon, got a contradicting final block at node {at}.";
        foreach (ShardNode<TransferTransition> shard in node.Shards)
        {
            if (shard.Ordering.IsForked) return $"Expected no contradicting finalization at node {at}, got one.";
            if (shard.Replica.IsFaulted) return $"Expected final blocks that node {at} can take over, got one that it finds invalid.";
        }
        return _network.OnState(node.Beacon.Beacon.State, world.ElapsedMs);
    }
}
