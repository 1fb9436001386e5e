namespace Prozchain.Rollups.Batches;

/// <summary>
/// The accounts that a batch may name by their number: those of the state before the batch, the same for who writes it and
/// who reads it. Asked for many at once.
/// </summary>
public interface IAccountNames
{
    /// <summary>What is said of an account that has no number.</summary>
    const ulong NoIndex = ulong.MaxValue;

    /// <summary>The addresses of accounts' numbers; the default one where no account has the number.</summary>
    /// <param name="indices">Numbers, whatever they are.</param>
    /// <param name="addresses">As many.</param>
    void FindAddresses(ReadOnlySpan<ulong> indices, Span<AccountAddress> addresses);

    /// <summary>The numbers of accounts, below 2^63; <see cref="NoIndex"/> of one that has none yet, and of the default address.</summary>
    /// <param name="accounts">Their addresses.</param>
    /// <param name="indices">As many.</param>
    void FindIndices(ReadOnlySpan<AccountAddress> accounts, Span<ulong> indices);

    /// <summary>The nonces that the accounts' next transactions are expected to have: nonces are written as what they are above it. 0 for a rollup that keeps none.</summary>
    /// <param name="accounts">Their addresses.</param>
    /// <param name="nonces">As many.</param>
    void GetNonces(ReadOnlySpan<AccountAddress> accounts, Span<ulong> nonces);
}
