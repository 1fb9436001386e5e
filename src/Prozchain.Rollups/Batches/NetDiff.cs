namespace Prozchain.Rollups.Batches;

/// <summary>
/// What a batch changed in the state, all in all: what validity mode may post in place of the transactions, as a proof
/// says that they were right. Who sends to whom and back costs nothing.
/// </summary>
public readonly record struct NetDiff
{
    /// <summary>Position of the batch in the chain of batches.</summary>
    public ulong Batch { get; init; }

    /// <summary>What the columns are made for.</summary>
    public ColumnLayout Layout { get; init; }

    /// <summary>Accounts credited for the first time; they take the numbers after the last one, in this order.</summary>
    public ReadOnlyMemory<AccountAddress> NewAccounts { get; init; }

    /// <summary>Balances that differ, ascending by token and then account, each pair once.</summary>
    public ReadOnlyMemory<BalanceChange> Balances { get; init; }

    /// <summary>Nonces that differ, ascending by account, each once.</summary>
    public ReadOnlyMemory<NonceChange> Nonces { get; init; }

    /// <summary>Anything else, ascending by key, each once.</summary>
    public ReadOnlyMemory<StateWrite> Others { get; init; }
}
