using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;

namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="BankWorld"/> is like.</summary>
public sealed record BankOptions
{
    /// <summary>Makes the keys of validators and accounts by number; by default such as anybody can forge. Real ones work as well.</summary>
    public Func<int, ISigner> Signer { get; init; } = SimulationKeys.Signer;

    /// <summary>Makes what checks their signatures; one for each node.</summary>
    public Func<ISignatureVerifier> Verifier { get; init; } = SimulationKeys.Verifier;

    /// <summary>Number of shards.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Validators of each shard, with a seat each.</summary>
    public int Validators { get; init; } = 4;

    /// <summary>Stateless validators that attest each shard, with a seat each; 0 for none, and then nothing is attested.</summary>
    public int Attesters { get; init; }

    /// <summary>What stands in for a node, for example a <see cref="ByzantineNode"/> around it; null to leave all as they are. Called again after each crash.</summary>
    public Func<NodeId, IProtocolNode, IProtocolNode>? Wrap { get; init; }

    /// <summary>Accounts over all shards.</summary>
    public int Accounts { get; init; } = 64;

    /// <summary>What each account holds at first.</summary>
    public ulong Balance { get; init; } = 1_000_000_000;

    /// <summary>Transfers a second over all shards; an account has one under way at a time.</summary>
    public int TransfersPerSecond { get; init; } = 100;

    /// <summary>Atomic swaps a second between accounts of two shards.</summary>
    public int SwapsPerSecond { get; init; } = 2;

    /// <summary>Swaps a second that declare no cells and run with locks.</summary>
    public int LockSwapsPerSecond { get; init; }

    /// <summary>Exponent of the Zipf law by which accounts are drawn; 0 draws all alike.</summary>
    public double Skew { get; init; } = 0.8;

    /// <summary>What the law adds to an account's rank (Mandelbrot's shift).</summary>
    public double SkewShift { get; init; }

    /// <summary>True: every shard sends as much as the others, and the law holds among the accounts of each; false: it holds over all.</summary>
    public bool EvenShards { get; init; }

    /// <summary>When the load ends, milliseconds.</summary>
    public long LoadMs { get; init; } = 5_000;

    /// <summary>Time between micro-blocks, milliseconds.</summary>
    public int IntervalMs { get; init; } = 100;

    /// <summary>One-way delay that nodes reckon with at first, milliseconds.</summary>
    public int DelayMs { get; init; } = 50;

    /// <summary>Validity of a swap, milliseconds.</summary>
    public long SwapValidityMs { get; init; } = 5_000;

    /// <summary>Bounds of the channels.</summary>
    public ChannelOptions Channels { get; init; } = new();

    /// <summary>Final blocks are executed once more in another order of work; see <see cref="ShardWorldOptions{TTransition}.ChecksTransition"/>.</summary>
    public bool ChecksTransition { get; init; }

    /// <summary>Network, costs and faults.</summary>
    public WorldOptions World { get; init; } = new();
}
