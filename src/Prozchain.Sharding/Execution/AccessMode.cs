namespace Prozchain.Sharding.Execution;

/// <summary>How a <see cref="CellView"/> finds cells.</summary>
internal enum AccessMode : byte
{
    /// <summary>Among the declared ones.</summary>
    Declared,

    /// <summary>By key, as they come, straight in the table.</summary>
    Undeclared,

    /// <summary>By key, beside the table: reads are recorded, writes are kept back.</summary>
    Speculative,

    /// <summary>By key, for receipts.</summary>
    Credit,
}
