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
/// A bank over shards in a simulated world: validators that order and execute, customers that pay across shards and
/// swap atomically, and an auditor that checks after each step that no shard forks, that value is conserved at every
/// consistent cut with receipts under way counted, that each bundle is applied exactly once and in order, and that no
/// atomic transaction has two outcomes.
/// </summary>
/// <remarks>Nodes are numbered shard by shard: validator v of the i-th shard of the layout is node i × validators + v.</remarks>
public sealed class BankWorld : IDisposable
{
    /// <summary>The bank's chain.</summary>
    public const ulong ChainId = 7;

    /// <summary>Number of the program of swaps, <see cref="MultiTransfer"/>.</summary>
    public const ushort SwapProgram = 1;

    private const ulong Epoch = 1;
    private const long CellBytes = 1 << 26;

    private readonly BankOptions _options;
    private readonly BankAuditor _auditor;
    private readonly BankLoad _load;
    private readonly ISigner[] _validators, _accounts;
    private readonly OrderingInstance[] _instances;
    private readonly MachineOptions _rules;

    /// <summary>Makes the bank of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="options">What it is like.</param>
    public BankWorld(ulong seed, BankOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        World = new SimulatedWorld(seed, options.World);
        SimulationRandom random = World.RandomStream(1);
        Layout = ShardLayout.Create(options.Shards);
        int validators = options.Shards * options.Validators;
        _validators = [.. Enumerable.Range(0, validators).Select(options.Signer)];
        _accounts = [.. Enumerable.Range(validators, options.Accounts).Select(options.Signer)];
        _instances = [.. Enumerable.Range(0, options.Shards).Select(shard => InstanceOf(shard, random))];
        _rules = new MachineOptions
        {
            Channels = options.Channels,
            Atomic = new AtomicOptions
            {
                ChainId = ChainId, Programs = new Dictionary<ushort, IAtomicProgram> { [SwapProgram] = new MultiTransfer() }, MaxPerBlock = 64,
                MinBlockIntervalMs = Math.Max(1, options.IntervalMs / 2), MaxValidityMs = options.SwapValidityMs, RetentionMs = 2 * options.SwapValidityMs,
            },
        };
        _auditor = new BankAuditor(Layout, _accounts.Select(account => KeyValuePair.Create(CellOf(account), options.Balance)));
        // Shards keep no common beat.
        for (int shard = 0; shard < options.Shards; shard++)
        {
            var node = new NodeOptions { StartAfterMs = random.Next(options.IntervalMs) };
            for (int i = 0; i < options.Validators; i++) World.Add(Make, node);
        }
        _load = new BankLoad(options, Layout, _accounts, _auditor, World.RandomStream(2), Look, MembersOf, (_, message) => message);
        World.AddInvariant(Check);
        _load.Schedule(World);
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Which shard holds which key.</summary>
    public ShardLayout Layout { get; }

    /// <summary>What it did so far.</summary>
    public BankReport Report()
    {
        List<long> sorted = [.. _auditor.Latencies.Order()];
        return new BankReport(_auditor.Applied, _load.Done, _load.Waiting, _auditor.Commits, sorted.Count, At(500), At(990), _auditor.Cuts,
            Layout.Shards.Min(shard => _auditor.HeightOf(shard.Id)), _auditor.IsQuiet);

        long At(int permille) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, sorted.Count * permille / 1000)];
    }

    /// <inheritdoc/>
    public void Dispose() => World.Dispose();

    // As many as can be faulty, and one more.
    private IReadOnlyList<NodeId> MembersOf(ShardId shard, int draw)
    {
        int index = 0;
        while (Layout.Shards[index].Id != shard) index++;
        return [.. Enumerable.Range(0, (_options.Validators - 1) / 3 + 1).Select(i => new NodeId(index * _options.Validators + (draw % _options.Validators + i) % _options.Validators))];
    }

    private static Digest CellOf(ISigner signer) => Address.FromPublicKey(signer.PublicKey.Span).Digest;

    private OrderingInstance InstanceOf(int shard, SimulationRandom random)
    {
        var seed = new byte[Digest.Size];
        random.Fill(seed);
        CommitteeMember[] members = [.. _validators.Skip(shard * _options.Validators).Take(_options.Validators).Select(signer => new CommitteeMember(signer.PublicKey, 1))];
        return new OrderingInstance(ChainId, new Committee(Layout.Shards[shard].Id, Epoch, members), seed);
    }

    private ShardNode<TransferTransition> Make(NodeId id)
    {
        int shard = id.Value / _options.Validators, member = id.Value % _options.Validators;
        ShardInfo info = Layout.Shards[shard];
        ISignatureVerifier verifier = _options.Verifier();
        var committees = new CommitteeDirectory();
        for (int i = 0; i < _instances.Length; i++)
        {
            int first = i * _options.Validators;
            committees.Add(new ShardCommittee(
                _instances[i], new SignatureListScheme(_instances[i].Committee, verifier, i == shard ? _validators[id.Value] : null), [.. Enumerable.Range(first, _options.Validators).Select(peer => new NodeId(peer))]));
        }
        var cells = new HeapTrieStore(CellBytes, info.Prefix, info.Depth);
        cells.Stage([.. _accounts.Where(account => info.Contains(CellOf(account))).Select(account => new StateWrite(CellOf(account), new Account(0, _options.Balance).ToBytes()))]);
        cells.Commit();
        ShardCommittee own = committees.Find(info.Id, Epoch)!;
        var anchor = new OrderingAnchor(new Digest(Domains.Genesis.Hash(_instances[shard].Id.Span)), 0, _options.World.StartMs);
        var replica = new ReplicatedShard<TransferTransition>(
            new ShardMachine<TransferTransition>(default, Layout, info.Id, _rules),
            new ReplicaOptions { Anchor = anchor, Epoch = Epoch, Cells = cells, Verifier = verifier, Committees = committees });
        SimulatedWorld world = World;
        replica.Observer = (block, step) => _auditor.OnFinal(block, step, world.NowMs);
        return new ShardNode<TransferTransition>(
            new OrderingOptions
            {
                Instance = own.Instance, Anchor = anchor, Scheme = own.Scheme, Application = replica, Peers = own.Peers, Member = member,
                IntervalMs = _options.IntervalMs, DelayMs = _options.DelayMs, MaxTimeoutMs = 2_000,
            }, replica, committees);
    }

    // The account after the most final blocks that a running node has.
    private Account Look(ShardId shard, Digest cell)
    {
        ReplicatedShard<TransferTransition>? best = null;
        for (int i = 0; i < World.Nodes.Count; i++)
        {
            if (World.Nodes[i].As<ShardNode<TransferTransition>>()?.Replica is { } replica && replica.Machine.Shard.Id == shard && !(best?.Height >= replica.Height)) best = replica;
        }
        return best is not null && best.Cells.TryGet(cell, out ReadOnlySpan<byte> value) ? Account.Read(value) : default;
    }

    private string? Check(SimulatedWorld world)
    {
        if (_auditor.Fault is { } fault) return fault;
        int at = world.LastEvent.To.Value;
        if (at < 0 || at >= world.Nodes.Count || !world.Nodes[at].IsHonest || world.Nodes[at].As<ShardNode<TransferTransition>>() is not { } node) return null;
        if (node.Ordering.IsForked) return $"Expected no contradicting finalization at node {at}, got one.";
        return node.Replica.IsFaulted ? $"Expected final blocks that node {at} can take over, got one that it finds invalid." : null;
    }
}
