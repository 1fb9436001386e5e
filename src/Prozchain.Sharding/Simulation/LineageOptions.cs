using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Reshaping;

namespace Prozchain.Sharding.Simulation;

/// <summary>A decision of the beacon in a <see cref="LineageBank"/>: the shard that holds a key is split, or merged with its sibling.</summary>
/// <param name="AtMs">When, milliseconds since the world began. A decision that is not possible then is taken as soon as it is.</param>
/// <param name="Key">The key.</param>
/// <param name="IsMerge">True for a merge.</param>
public readonly record struct LineageDecision(long AtMs, Digest Key, bool IsMerge)
{
    /// <summary>The class that the key is of; the general one by default.</summary>
    public LayoutClass Class { get; init; }
}

/// <summary>What a <see cref="LineageBank"/> is like.</summary>
public sealed record LineageOptions
{
    /// <summary>Makes the keys of validators and accounts by number. For simulations a cheap scheme will do; real ones work as well.</summary>
    public required Func<int, ISigner> Signer { get; init; }

    /// <summary>Makes what checks their signatures; one for each node.</summary>
    public required Func<ISignatureVerifier> Verifier { get; init; }

    /// <summary>Shards at first, of the general class.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Shards at first of a second class, <see cref="LayoutClass.AI"/>; about every other account is of it then, transfers stay within a class, and swaps go between any two accounts.</summary>
    public int OtherShards { get; init; }

    /// <summary>Validators of each of them, with a seat each; they order its heirs too.</summary>
    public int Validators { get; init; } = 4;

    /// <summary>True if each of them also follows the sibling of its first shard, without a seat: two that are merged then have both states at hand.</summary>
    public bool FollowSiblings { get; init; }

    /// <summary>Accounts over all shards.</summary>
    public int Accounts { get; init; } = 64;

    /// <summary>What each account holds at first.</summary>
    public ulong Balance { get; init; } = 1_000_000_000;

    /// <summary>Transfers a second over all shards; an account has one under way at a time.</summary>
    public int TransfersPerSecond { get; init; } = 100;

    /// <summary>Atomic swaps a second between accounts of two shards.</summary>
    public int SwapsPerSecond { get; init; } = 4;

    /// <summary>Swaps a second that declare no cells and run with locks.</summary>
    public int LockSwapsPerSecond { get; init; }

    /// <summary>Percent of the transfers whose sender is of the hot shard, the first of the first layout; the others are drawn from all accounts.</summary>
    public int HotPercent { get; init; } = 50;

    /// <summary>When the hot shard is no longer hot, milliseconds.</summary>
    public long HotMs { get; init; } = long.MaxValue;

    /// <summary>When the load ends, milliseconds.</summary>
    public long LoadMs { get; init; } = 5_000;

    /// <summary>Time between micro-blocks, milliseconds.</summary>
    public int IntervalMs { get; init; } = 100;

    /// <summary>One-way delay that nodes reckon with at first, milliseconds.</summary>
    public int DelayMs { get; init; } = 50;

    /// <summary>Validity of a swap, milliseconds.</summary>
    public long SwapValidityMs { get; init; } = 4_000;

    /// <summary>Gas of a micro-block, which bounds its transfers.</summary>
    public ulong BlockGas { get; init; } = 100_000_000;

    /// <summary>Bounds of the channels.</summary>
    public ChannelOptions Channels { get; init; } = new();

    /// <summary>What the beacon decides, by time.</summary>
    public IReadOnlyList<LineageDecision> Decisions { get; init; } = [];

    /// <summary>What it decides by the shards' load; null for nothing. Asked once an epoch.</summary>
    public IReshapePolicy? Policy { get; init; }

    /// <summary>The beacon's epoch, milliseconds.</summary>
    public long EpochMs { get; init; } = 30_000;

    /// <summary>From a decision to the time from which blocks take it in, milliseconds. Each node hears of it at some time up to twice this.</summary>
    public long LeadMs { get; init; } = 300;

    /// <summary>Network, costs and faults.</summary>
    public WorldOptions World { get; init; } = new();

    internal ShardLayout MakeLayout() => OtherShards == 0 ? ShardLayout.Create(Shards)
        : ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), Shards), (new LayoutClassRules(LayoutClass.AI, 0), OtherShards)]);

    internal LayoutClass ClassOf(Digest cell) => OtherShards > 0 && (cell.Span[^1] & 1) == 1 ? LayoutClass.AI : LayoutClass.General;
}

/// <summary>A shard that began as the heir of another, or of two.</summary>
/// <param name="Shard">The heir.</param>
/// <param name="IsMerge">True if it was merged.</param>
/// <param name="EndedMs">When a node first had the parent's last block with transactions final, simulated milliseconds since the world began.</param>
/// <param name="FirstBlockMs">When one first had a block of the heir final; 0 while none has.</param>
public sealed record LineageBirth(ShardId Shard, bool IsMerge, long EndedMs, long FirstBlockMs);

/// <summary>What a <see cref="LineageBank"/> did so far.</summary>
/// <param name="Applied">Transactions executed with success in final blocks, each once.</param>
/// <param name="Transfers">Transfers that their customers saw executed.</param>
/// <param name="Waiting">Transfers handed in and not executed.</param>
/// <param name="Commits">Atomic swaps that some shard certified to commit.</param>
/// <param name="Receipts">Receipts that reached another shard's cell.</param>
/// <param name="UnderWay">Receipts that have not.</param>
/// <param name="Cuts">Consistent cuts at which value was counted.</param>
/// <param name="Births">Heirs, in the order in which they began.</param>
/// <param name="LowestHeight">Final blocks of the live shard that has the fewest.</param>
/// <param name="IsQuiet">True if no receipt is under way and no atomic transaction open.</param>
/// <param name="AppliedPerSlice">Transactions executed with success in each slice of 100 ms.</param>
/// <param name="Bundles">Bundles of which receipts are under way.</param>
public sealed record LineageReport(
    int Applied, int Transfers, int Waiting, int Commits, int Receipts, int UnderWay, int Cuts, IReadOnlyList<LineageBirth> Births, ulong LowestHeight, bool IsQuiet, IReadOnlyList<int> AppliedPerSlice, IReadOnlyList<(ChannelId Channel, ulong Sequence)> Bundles)
{
    /// <summary>Swaps with locks that their decision shard decided to commit; also among <see cref="Commits"/>.</summary>
    public int LockCommits { get; init; }

    /// <summary>The figures in words.</summary>
    public override string ToString() =>
        $"{Applied} applied, {Transfers} transfers, {Waiting} waiting, {Commits} swaps, {LockCommits} of them with locks, {Receipts} receipts, {UnderWay} under way ({string.Join(", ", Bundles.Select(bundle => $"{bundle.Channel.Source} to {bundle.Channel.Destination} {bundle.Sequence}"))}), {Cuts} cuts, births {string.Join(", ", Births.Select(birth => $"{birth.Shard} after {birth.FirstBlockMs - birth.EndedMs} ms"))}, lowest height {LowestHeight}, quiet {IsQuiet}";
}
