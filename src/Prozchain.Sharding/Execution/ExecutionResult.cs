namespace Prozchain.Sharding.Execution;

/// <summary>Why a body can be no micro-block's.</summary>
public enum ExecutionFault : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>A transaction can be in no block: <see cref="ExecutionResult.Reason"/> says why.</summary>
    BadTransaction,

    /// <summary>The gas limits of the transactions are together over <see cref="ExecutionLimits.BlockGas"/>.</summary>
    OverGasLimit,

    /// <summary>What stands before the transactions, or what they send, breaks a rule of the shard.</summary>
    Inadmissible,
}

/// <summary>What executing a body found. With a fault nothing came out; the first faulty transaction is named.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Transaction">Index of the transaction at which it is, or -1.</param>
/// <param name="Reason">What is wrong with that transaction.</param>
public readonly record struct ExecutionResult(ExecutionFault Fault, int Transaction, TransactionFault Reason)
{
    /// <summary>No fault.</summary>
    public static ExecutionResult Ok { get; } = new(ExecutionFault.None, -1, TransactionFault.None);

    /// <summary>True without a fault.</summary>
    public bool IsOk => Fault == ExecutionFault.None;
}
