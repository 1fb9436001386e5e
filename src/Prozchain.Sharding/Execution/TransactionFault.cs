namespace Prozchain.Sharding.Execution;

/// <summary>Why a transaction can be in no block, whatever the state. A block that holds one is invalid.</summary>
public enum TransactionFault : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>The bytes are no transaction of this transition.</summary>
    Malformed,

    /// <summary>A version or a scheme byte that the transition does not read.</summary>
    Unknown,

    /// <summary>It names another chain.</summary>
    WrongChain,

    /// <summary>The sender's cell lives on another shard.</summary>
    WrongShard,

    /// <summary>The block's time is outside its validity window.</summary>
    OutsideWindow,

    /// <summary>It declares a cell twice, more than <see cref="ExecutionLimits.MaxCellsPerTransaction"/>, or both declares and does not.</summary>
    BadDeclaration,

    /// <summary>It declares cells of other shards: it belongs among the atomic commits.</summary>
    ForeignCells,

    /// <summary>A signature is not that of its key over this transaction.</summary>
    BadSignature,
}
