namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The tables of a segment's proof, by their places in its key.</summary>
internal enum SegmentTable
{
    /// <summary>Early: accounts as the segment finds and leaves them.</summary>
    AccountTokens,

    /// <summary>Early: the same of hashed keys.</summary>
    CellTokens,
    Sponge,
    SpongeLanes,
    Keccak,
    Parser,
    FullRows,
    AmountFault,
    Payments,
    WideAmounts,
    Tails,
    Powers,
    Transactions,
    Messages,
    Signatures,

    /// <summary>One-time keys of most signatures, twice as high as the rest where both are in use.</summary>
    OneTimeKeys,

    /// <summary>Those of the rest.</summary>
    OneTimeKeysRest,
    Ledger,
    Accounts,
    Cells,
    Directory,
    Compressions,
    Ranges,
}
