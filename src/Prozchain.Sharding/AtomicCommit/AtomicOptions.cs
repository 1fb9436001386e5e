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

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxValidityMs, 1, nameof(MaxValidityMs));
        ArgumentOutOfRangeException.ThrowIfNegative(RetentionMs, nameof(RetentionMs));
        ArgumentOutOfRangeException.ThrowIfLessThan(MinBlockIntervalMs, 1, nameof(MinBlockIntervalMs));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPerBlock, 1, nameof(MaxPerBlock));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOpen, 1, nameof(MaxOpen));
    }
}

/// <summary>What a shard made of a transaction, a record or a request.</summary>
public enum AtomicResult
{
    /// <summary>Taken in; its effect, if any, is in the state and the emitted records.</summary>
    Accepted,

    /// <summary>Known already, or of a transaction that ended here.</summary>
    Duplicate,

    /// <summary>Of a transaction that this shard has not ordered: order that first, then hand it in again.</summary>
    NotOrdered,

    /// <summary>Of another chain.</summary>
    WrongChain,

    /// <summary>The program number is unknown, or the transaction is of the other kind: with declared cells, or with locks.</summary>
    WrongKind,

    /// <summary>The shard holds none of the cells, or not all where it must, or is not named.</summary>
    NotParticipant,

    /// <summary>Before its begin, at or after its deadline, or valid for too long.</summary>
    OutsideWindow,

    /// <summary>The block began as many as it may.</summary>
    BlockFull,

    /// <summary>As many are open as may be.</summary>
    Full,

    /// <summary>The record names another shard than the header that it stands under.</summary>
    WrongOrigin,

    /// <summary>The shard that says it has ended: its settled set tells.</summary>
    EndedShard,

    /// <summary>Of another attempt or epoch than the one that is open: an old one, replayed or late.</summary>
    WrongAttempt,

    /// <summary>It contradicts what this shard computed or was told: evidence against its shard.</summary>
    Contradiction,

    /// <summary>The proof does not lead to the settled root, or no ending of that shard is known.</summary>
    BadProof,
}
