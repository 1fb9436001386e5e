namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The tables of the proof of a batch's tree, by their places in its key.</summary>
internal enum TreeTable
{
    /// <summary>Early: accounts as the batch finds and leaves them.</summary>
    AccountTokens,

    /// <summary>Early: the same of hashed keys.</summary>
    CellTokens,
    Close,
    Nodes,
    Growths,
    Accounts,
    Cells,
    Places,
    Compressions,
    Ranges,
}
