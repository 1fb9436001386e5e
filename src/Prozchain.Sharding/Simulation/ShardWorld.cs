using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Observability;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Replicated shards of any transition in a simulated world. After each step it is checked that no shard forks, that all
/// nodes have the same results, that each bundle of receipts is taken in exactly once and in order, that no atomic
/// transaction has two outcomes, and that the transition is deterministic and touches what it may. Add your own
/// <see cref="IShardLoad{TTransition}"/> and <see cref="IShardAuditor"/>; see <see cref="ShardTest{TTransition}"/> for many seeds.
/// </summary>
/// <remarks>
/// Shards of several classes (<see cref="ShardWorldOptions{TTransition}.Classes"/>) live side by side, each class with its
/// own keys and transition, and send receipts to one another. Nodes are numbered shard by shard: validator v of the i-th shard of the layout is node i × validators + v; after all of them attesters in the same way.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean.</typeparam>
public sealed partial class ShardWorld<TTransition> : IDisposable where TTransition : IShardTransition
{
    private const ulong Epoch = 1;
    private const long TickMs = 10;
    private const uint FirstLoadStream = 16;
    private const int Stranger = 1 << 24;

    private readonly ShardWorldOptions<TTransition> _options;
    private readonly ShardAudit _audit;
    private readonly TransitionChecker<TTransition>? _checker;
    private readonly PendingTransactions _pending = new();
    private readonly SimulationRandom _random;
    private readonly ISigner[] _validators;
    private readonly OrderingInstance[] _instances;
    private uint _loads;

    /// <summary>Makes the world of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">What it is like.</param>
    public ShardWorld(ulong seed, ShardWorldOptions<TTransition> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        World = new SimulatedWorld(seed, options.World);
        _random = World.RandomStream(3);
        SimulationRandom random = World.RandomStream(1);
        Layout = options.MakeLayout();
        int shards = Layout.Shards.Count;
        _validators = [.. Enumerable.Range(0, shards * options.Validators).Select(options.Signer)];
        _instances = [.. Enumerable.Range(0, shards).Select(shard => InstanceOf(shard, random))];
        Rules = new MachineOptions
        {
            Limits = options.Limits, Channels = options.Channels,
            Atomic = SimulatedGenesis.Atomic(options.ChainId, options.Programs, options.IntervalMs, options.AtomicValidityMs),
        };
        _attesters = [.. Enumerable.Range(FirstAttesterKey, shards * options.Attesters).Select(options.Signer)];
        _attesting = [.. Enumerable.Range(0, options.Attesters == 0 ? 0 : shards).Select(AttestingOf)];
        _caps = new CapAuditor(options.Channels.MaxUnattested);
        _audit = new ShardAudit(Layout, options.GenesisOf, options.Suspect);
        if (options.ChecksTransition) World.Companion = _checker = new TransitionChecker<TTransition>(shard => options.TransitionOf(shard.Class), Layout, Rules, CellsOf);
        // Shards keep no common beat.
        for (int shard = 0; shard < shards; shard++)
        {
            var node = new NodeOptions { StartAfterMs = random.Next(options.IntervalMs) };
            for (int i = 0; i < options.Validators; i++) World.Add(id => Wrapped(id, Make(id)), node);
        }
        AddAttesters();
        if (options.Attesters > 0 || options.Channels.MaxUnattested < ulong.MaxValue) _audit.Add(_caps);
        World.AddInvariant(Check);
        World.At(TickMs, HandInAgain);
    }

    /// <summary>The world: time, nodes, faults, event hash.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Which shard holds which key.</summary>
    public ShardLayout Layout { get; }

    /// <summary>The chain.</summary>
    public ulong ChainId => _options.ChainId;

    /// <summary>All shards after the blocks that are final at some node.</summary>
    public ShardCut State => _audit.Cut;

    /// <summary>Sees each final block once, after the auditors; must change nothing in the world.</summary>
    public Action<FinalBlock>? Observer { get; set; }

    /// <summary>Adds what must hold.</summary>
    /// <param name="auditor">The auditor.</param>
    public void Add(IShardAuditor auditor)
    {
        ArgumentNullException.ThrowIfNull(auditor);
        _audit.Add(auditor);
    }

    /// <summary>Adds what users do, from the next 10 ms on.</summary>
    /// <param name="load">The load.</param>
    /// <param name="untilMs">When it ends, milliseconds since the world began.</param>
    public void Add(IShardLoad<TTransition> load, long untilMs)
    {
        ArgumentNullException.ThrowIfNull(load);
        SimulationRandom random = World.RandomStream(FirstLoadStream + _loads++);
        World.At(World.ElapsedMs + TickMs, Tick);

        void Tick(SimulatedWorld world)
        {
            if (world.ElapsedMs > untilMs) return;
            load.Tick(this, random);
            world.At(world.ElapsedMs + TickMs, Tick);
        }
    }

    /// <summary>
    /// Hands a transaction in to more nodes of a shard than can be faulty, and again every 2 s until it is in a final
    /// block, whatever became of it there, or 10 s have passed: one that fails and leaves nothing is put in no block.
    /// </summary>
    /// <param name="cell">A general cell of the shard: that of the sender.</param>
    /// <param name="transaction">The transaction's bytes.</param>
    public void Submit(in Digest cell, ReadOnlySpan<byte> transaction) => Submit(LayoutClass.General, cell, transaction);

    /// <summary>As above, to a shard of any class.</summary>
    /// <param name="layoutClass">The class that the cell is of.</param>
    /// <param name="cell">A cell of the shard: that of the sender.</param>
    /// <param name="transaction">The transaction's bytes.</param>
    public void Submit(LayoutClass layoutClass, in Digest cell, ReadOnlySpan<byte> transaction)
    {
        ShardId shard = Layout.ShardOf(layoutClass, cell);
        _pending.Add(TransactionPool.IdOf(transaction), shard, transaction.ToArray(), World.ElapsedMs);
        Telemetry.Submitted(shard, transaction, World.NowMs);
        Send(shard, ShardMessages.Submission(transaction));
    }

    /// <summary>Hands an atomic transaction in, once, to more nodes of one of its shards than can be faulty.</summary>
    /// <param name="cell">A general cell of the shard.</param>
    /// <param name="transaction">The transaction.</param>
    public void Submit(in Digest cell, AtomicTransaction transaction)
    {
        ShardId shard = Layout.ShardOf(cell);
        Telemetry.Submitted(shard, transaction, World.NowMs);
        Send(shard, ShardMessages.Submission(transaction));
    }

    /// <summary>Brings a message to more nodes of a shard than can be faulty, now and past the network.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="message">The bytes, of <see cref="ShardMessages"/> or hostile.</param>
    public void Send(ShardId shard, ReadOnlySpan<byte> message)
    {
        int index = 0;
        while (Layout.Shards[index].Id != shard) index++;
        int first = _random.Next(_options.Validators), enough = (_options.Validators - 1) / 3 + 1;
        for (int i = 0; i < enough; i++) World.Inject(new NodeId(Stranger), new NodeId(index * _options.Validators + (first + i) % _options.Validators), message);
    }

    /// <summary>Reads a general cell after the most final blocks that a running node has.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">What it holds; until the next step.</param>
    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value) => TryGet(LayoutClass.General, key, out value);

    /// <summary>Reads a cell of any class after the most final blocks that a running node has.</summary>
    /// <param name="layoutClass">The class that the key is of.</param>
    /// <param name="key">Its key.</param>
    /// <param name="value">What it holds; until the next step.</param>
    public bool TryGet(LayoutClass layoutClass, in Digest key, out ReadOnlySpan<byte> value)
    {
        ShardId shard = Layout.ShardOf(layoutClass, key);
        ReplicatedShard<TTransition>? best = null;
        for (int i = 0; i < World.Nodes.Count; i++)
        {
            if (World.Nodes[i].As<ShardNode<TTransition>>()?.Replica is { } replica && replica.Machine.Shard.Id == shard && !(best?.Height >= replica.Height)) best = replica;
        }
        value = default;
        return best is not null && best.Cells.TryGet(key, out value);
    }

    /// <summary>Transactions with locks that a decision shard decided to commit.</summary>
    internal int LockCommits => _audit.LockCommits;

    /// <summary>What it did so far.</summary>
    public ShardReport Report() => new(
        _audit.Applied, _audit.Failed, _pending.Count, _pending.GivenUp, _audit.Receipts, _audit.Commits, _audit.Cuts, Layout.Shards.Min(shard => _audit.HeightOf(shard.Id)), _audit.IsQuiet)
    {
        Attested = _caps.Attested, AtCap = _caps.AtCap,
    };

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();

    internal ShardTelemetry Telemetry { get; } = new();

    internal MachineOptions Rules { get; }

    /// <summary>Final blocks of a shard.</summary>
    internal ulong HeightOf(ShardId shard) => _audit.HeightOf(shard);

    private StateWrite[] CellsOf(ShardInfo shard) => [.. _options.GenesisOf(shard.Class).Where(write => shard.Contains(write.Key))];

    private void HandInAgain(SimulatedWorld world)
    {
        foreach ((ShardId shard, byte[] transaction) in _pending.TakeDue(world.ElapsedMs))
        {
            // Proposers leave out what fails and leaves nothing, so that no block tells why.
            if (_checker?.StatusOf(shard, transaction, world.NowMs) is { } status && _options.Suspect.Contains(status))
                _audit.Fail($"Expected no transaction of status {status}, got {Convert.ToHexStringLower(transaction)} at shard {shard}.");
            Send(shard, ShardMessages.Submission(transaction));
        }
        world.At(world.ElapsedMs + TickMs, HandInAgain);
    }

    private OrderingInstance InstanceOf(int shard, SimulationRandom random)
    {
        var seed = new byte[Digest.Size];
        random.Fill(seed);
        CommitteeMember[] members = [.. _validators.Skip(shard * _options.Validators).Take(_options.Validators).Select(signer => new CommitteeMember(signer.PublicKey, 1))];
        return new OrderingInstance(_options.ChainId, new Committee(Layout.Shards[shard].Id, Epoch, members), seed);
    }

    private CommitteeDirectory Directory(ISignatureVerifier verifier, NodeId self)
    {
        var committees = new CommitteeDirectory();
        for (int i = 0; i < _instances.Length; i++)
        {
            int first = i * _options.Validators, member = self.Value - first;
            committees.Add(new ShardCommittee(
                _instances[i], new SignatureListScheme(_instances[i].Committee, verifier, (uint)member < (uint)_options.Validators ? _validators[self.Value] : null), PeersFrom(first, _options.Validators)));
            if (_options.Attesters > 0) committees.Add(new AttestingCommittee(_attesting[i], PeersFrom(FirstAttester(i), _options.Attesters)));
        }
        return committees;
    }

    private static NodeId[] PeersFrom(int first, int count) => [.. Enumerable.Range(first, count).Select(peer => new NodeId(peer))];

    private HeapTrieStore GenesisOf(ShardInfo info) => SimulatedGenesis.Cells(info, _options.CellBytes, CellsOf(info));

    private OrderingAnchor AnchorOf(int shard) => new(new Digest(Domains.Genesis.Hash(_instances[shard].Id.Span)), 0, _options.World.StartMs);

    private ShardNode<TTransition> Make(NodeId id)
    {
        int shard = id.Value / _options.Validators, member = id.Value % _options.Validators;
        ShardInfo info = Layout.Shards[shard];
        ISignatureVerifier verifier = _options.Verifier();
        CommitteeDirectory committees = Directory(verifier, id);
        HeapTrieStore cells = GenesisOf(info);
        ShardCommittee own = committees.Find(info.Id, Epoch)!;
        OrderingAnchor anchor = AnchorOf(shard);
        var replica = new ReplicatedShard<TTransition>(
            new ShardMachine<TTransition>(_options.TransitionOf(info.Class), Layout, info.Id, Rules),
            new ReplicaOptions { Anchor = anchor, Epoch = Epoch, Cells = cells, Verifier = verifier, Committees = committees });
        replica.Observer = (block, step) => OnFinal(replica, block, step);
        return new ShardNode<TTransition>(
            new OrderingOptions
            {
                Instance = own.Instance, Anchor = anchor, Scheme = own.Scheme, Application = replica, Peers = own.Peers, Member = member,
                IntervalMs = _options.IntervalMs, DelayMs = _options.DelayMs, MaxTimeoutMs = 2_000,
            }, replica, committees);
    }

    private void OnFinal(ReplicatedShard<TTransition> replica, MicroBlock block, ShardStep step)
    {
        if (_audit.OnFinal(block, step, World.NowMs) is not { } final) return;
        for (int i = 0; i < final.TransactionCount; i++) _pending.Remove(TransactionPool.IdOf(final.Transaction(i)));
        if (_checker?.Check(final) is { } words) _audit.Fail(words);
        Telemetry.Final(block, step, World.NowMs);
        if (ShardingInstruments.IsListening) ShardTelemetry.Waiting(final.Shard, replica.Pool.Count, replica.Inbound.Count, _audit.Cut.BundlesFrom(final.Shard));
        Observer?.Invoke(final);
    }

    private string? Check(SimulatedWorld world)
    {
        if (_audit.Fault is { } fault) return fault;
        int at = world.LastEvent.To.Value;
        if (at < 0 || at >= world.Nodes.Count || !world.Nodes[at].IsHonest || world.Nodes[at].As<ShardNode<TTransition>>() is not { } node) return null;
        if (node.Ordering.IsForked) return $"Expected no contradicting finalization at node {at}, got one.";
        return node.Replica.IsFaulted ? $"Expected final blocks that node {at} can take over, got one that it finds invalid." : null;
    }
}
