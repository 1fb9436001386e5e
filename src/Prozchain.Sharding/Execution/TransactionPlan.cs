namespace Prozchain.Sharding.Execution;

/// <summary>What is known of a transaction of the block: before execution its access and gas, after it what became of it.</summary>
internal struct TransactionPlan
{
    public ulong GasLimit, GasUsed;

    /// <summary>Declared keys in the lane that read it; later declared cells in the executor's list.</summary>
    public int CellsAt, CellCount;

    /// <summary>Where its receipts lie, in which lane.</summary>
    public int ReceiptsAt, ReceiptsLength;

    public int Lane;
    public TransactionFault Fault;
    public byte Status;
    public bool IsUndeclared;

    /// <summary>It failed and nothing of it stayed: the block would do the same without it.</summary>
    public bool LeftNothing;

    // Of a speculative execution: what it touched and would write, in its lane's log.
    public int TouchesAt, TouchCount, WritesAt, WriteCount;
}
