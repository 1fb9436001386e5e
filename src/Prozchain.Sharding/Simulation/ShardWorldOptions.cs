using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="ShardWorld{TTransition}"/> is like.</summary>
/// <typeparam name="TTransition">What transactions mean.</typeparam>
public sealed record ShardWorldOptions<TTransition> where TTransition : IShardTransition
{
    /// <summary>What transactions mean in shards of the general class. Every node gets this value: one that is a class is shared by all, and must not change.</summary>
    public required TTransition Transition { get; init; }

    /// <summary>The chain.</summary>
    public ulong ChainId { get; init; } = 7;

    /// <summary>The cells at the beginning, of all general shards.</summary>
    public IReadOnlyList<StateWrite> Genesis { get; init; } = [];

    /// <summary>Number of general shards.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Shards of other classes, each with a transition of its own, under the one layout.</summary>
    public IReadOnlyList<ShardClass<TTransition>> Classes { get; init; } = [];

    /// <summary>Validators of each shard, with a seat each: one of 4 may be faulty, two of 7.</summary>
    public int Validators { get; init; } = 4;

    /// <summary>Stateless validators that attest each shard, with a seat each; 0 for none, and then nothing is attested.</summary>
    public int Attesters { get; init; }

    /// <summary>Makes the keys of validators and attesters by number, from 0; by default such as anybody can forge.</summary>
    public Func<int, ISigner> Signer { get; init; } = SimulationKeys.Signer;

    /// <summary>Makes what checks signatures, one for each node; by default for <see cref="SimulationKeys"/>.</summary>
    public Func<ISignatureVerifier> Verifier { get; init; } = SimulationKeys.Verifier;

    /// <summary>What stands in for a node, for example a <see cref="ByzantineNode"/> around it; null to leave all as they are. Called again after each crash.</summary>
    public Func<NodeId, IProtocolNode, IProtocolNode>? Wrap { get; init; }

    /// <summary>Programs of atomic transactions, by number.</summary>
    public IReadOnlyDictionary<ushort, IAtomicProgram> Programs { get; init; } = new Dictionary<ushort, IAtomicProgram>();

    /// <summary>The longest validity of an atomic transaction, milliseconds.</summary>
    public long AtomicValidityMs { get; init; } = 5_000;

    /// <summary>Time between micro-blocks, milliseconds.</summary>
    public int IntervalMs { get; init; } = 100;

    /// <summary>One-way delay that nodes reckon with at first, milliseconds.</summary>
    public int DelayMs { get; init; } = 50;

    /// <summary>Bounds of a block's execution.</summary>
    public ExecutionLimits Limits { get; init; } = new();

    /// <summary>Bounds of the channels.</summary>
    public ChannelOptions Channels { get; init; } = new();

    /// <summary>Room for the cells of each node, bytes.</summary>
    public long CellBytes { get; init; } = 1 << 26;

    /// <summary>
    /// Final blocks are executed once more, in parallel and in another order, and must give the same; a receipt that is
    /// credited must touch its own shard's cells only.
    /// </summary>
    public bool ChecksTransition { get; init; } = true;

    /// <summary>
    /// Statuses that only a fault of the transition explains, and that no transaction of <see cref="ShardWorld{TTransition}.Submit(in Digest, ReadOnlySpan{byte})"/>
    /// may end with. By default a cell that was not declared, and a status that is not the transition's to give.
    /// </summary>
    public IReadOnlyList<byte> Suspect { get; init; } = [TransactionStatus.ForbiddenCell, TransactionStatus.InvalidStatus];

    /// <summary>Network, costs and faults.</summary>
    public WorldOptions World { get; init; } = new();

    internal int AllShards => Shards + Classes.Sum(entry => entry.Shards);

    internal TTransition TransitionOf(LayoutClass layoutClass) => layoutClass == LayoutClass.General ? Transition : ClassOf(layoutClass).Transition;

    internal IReadOnlyList<StateWrite> GenesisOf(LayoutClass layoutClass) => layoutClass == LayoutClass.General ? Genesis : ClassOf(layoutClass).Genesis;

    /// <summary>The layout of all classes; refuses committees below a class's floor.</summary>
    internal ShardLayout MakeLayout()
    {
        foreach (LayoutClassRules rules in Classes.Select(entry => entry.Rules))
        {
            if (rules.OrderingFloor > Validators) throw new ArgumentException($"Expected at least the {rules.OrderingFloor} validators that class {rules.Class} asks for, got {Validators}.", nameof(Validators));
            if (Attesters > 0 && rules.AttestationFloor > Attesters) throw new ArgumentException($"Expected at least the {rules.AttestationFloor} attesters that class {rules.Class} asks for, got {Attesters}.", nameof(Attesters));
        }
        return ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), Shards), .. Classes.Select(entry => (entry.Rules, entry.Shards))]);
    }

    private ShardClass<TTransition> ClassOf(LayoutClass layoutClass) => Classes.First(entry => entry.Rules.Class == layoutClass);
}
