namespace Prozchain.Sharding.AtomicCommit;

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
