namespace Prozchain.Rollups.Sequencing;

/// <summary>What a pool did with a transaction.</summary>
public enum PoolResult
{
    /// <summary>It is in the pool.</summary>
    Accepted,

    /// <summary>It took the place of another one of the same sender and nonce, which offered less.</summary>
    Replaced,

    /// <summary>Not in: one of the same sender and nonce is there, and it does not offer a tenth more.</summary>
    Underpriced,

    /// <summary>Not in: its signatures are not valid.</summary>
    BadSignature,

    /// <summary>Not in: its sender holds as many as it may now.</summary>
    SenderLimit,

    /// <summary>Not in: the pool is full.</summary>
    PoolFull,

    /// <summary>Not in: larger than a batch.</summary>
    TooLarge,

    /// <summary>Not in: only what was committed to before is taken (<see cref="CommitReveal{TTransaction}"/>).</summary>
    Sealed,
}

/// <summary>What becomes of a transaction that a pool hands out.</summary>
public enum PoolFate
{
    /// <summary>It leaves the pool: it is in the batch, or of no use.</summary>
    Gone,

    /// <summary>It stays, unless a later one of its sender goes: its turn has not come.</summary>
    Passed,

    /// <summary>It stays, with all others: there is no room left.</summary>
    Full,
}
