namespace Prozchain.Sharding.Execution;

/// <summary>Bounds of one micro-block's execution. They are rules of the chain: the same on every node of a shard.</summary>
public sealed record ExecutionLimits
{
    /// <summary>The longest value of a cell, 4,096 bytes.</summary>
    public const int MaxValueBytes = 4096;

    /// <summary>The most cells that one transaction touches, 64.</summary>
    public const int MaxCellsPerTransaction = 64;

    /// <summary>The most receipts that one transaction sends, 64.</summary>
    public const int MaxReceiptsPerTransaction = 64;

    /// <summary>The longest payload of a receipt, 1,024 bytes.</summary>
    public const int MaxReceiptBytes = 1024;

    /// <summary>Sum of the gas limits of a block's transactions, at most. Default 100 million: 100,000 transfers.</summary>
    public ulong BlockGas { get; init; } = 100_000_000;
}
