namespace Prozchain.Sharding.Execution;

/// <summary>What a reader of a micro-block's body accepts at most.</summary>
public static class MicroBlockLimits
{
    /// <summary>Bytes of a body, 16 MiB.</summary>
    public const int MaxBytes = 1 << 24;

    /// <summary>Inbound bundles, 65,536.</summary>
    public const int MaxBundles = 1 << 16;

    /// <summary>Bytes of a bundle's head, 64 KiB.</summary>
    public const int MaxBundleHeadBytes = 1 << 16;

    /// <summary>Records, 4,096.</summary>
    public const int MaxRecords = 1 << 12;

    /// <summary>Bytes of a record, 1 MiB.</summary>
    public const int MaxRecordBytes = 1 << 20;

    /// <summary>Transactions, 65,536.</summary>
    public const int MaxTransactions = 1 << 16;

    /// <summary>Bytes of a transaction, 64 KiB.</summary>
    public const int MaxTransactionBytes = 1 << 16;
}
