namespace Prozchain.Sharding.AtomicCommit;

/// <summary>Bounds of atomic transactions; all shards of a network use the same.</summary>
public sealed record AtomicOptions
{
    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The programs, by number.</summary>
    public required IReadOnlyDictionary<ushort, IAtomicProgram> Programs { get; init; }

    /// <summary>The longest time from begin to deadline, in milliseconds.</summary>
    public long MaxValidityMs { get; init; } = 60_000;

    /// <summary>How long after its deadline a shard still tells how a transaction ended, in milliseconds.</summary>
    public long RetentionMs { get; init; } = 60_000;

    /// <summary>The least time between two blocks, by their headers, in milliseconds.</summary>
    public long MinBlockIntervalMs { get; init; } = 50;

    /// <summary>Transactions and attempts that one block may begin; with the times it bounds what is remembered.</summary>
    public int MaxPerBlock { get; init; } = 1000;

    /// <summary>Transactions and attempts that may be open at once, and decisions that may be.</summary>
    public int MaxOpen { get; init; } = 4096;

    /// <summary>Blocks of the decision shard, from the first vote, after which a missing vote means abort.</summary>
    public ulong DecideWithinBlocks { get; init; } = 100;

    /// <summary>Blocks after which a shard that is not prepared lets locks go.</summary>
    public ulong LockBlocks { get; init; } = 200;

    /// <summary>The most transactions remembered: (validity + retention) / interval blocks of <see cref="MaxPerBlock"/>, and the block at each end.</summary>
    public long MaxRemembered => ((MaxValidityMs + RetentionMs) / MinBlockIntervalMs + 2) * MaxPerBlock;

    /// <summary>For tests alone: a rule to leave out.</summary>
    internal SafetyRule Without { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxValidityMs, 1, nameof(MaxValidityMs));
        ArgumentOutOfRangeException.ThrowIfNegative(RetentionMs, nameof(RetentionMs));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinBlockIntervalMs, 1, nameof(MinBlockIntervalMs));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPerBlock, 1, nameof(MaxPerBlock));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOpen, 1, nameof(MaxOpen));
    }
}
