namespace Prozchain.Rollups.Sequencing;

/// <summary>What a sequencer must know of a rollup's transactions, besides their columns.</summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
/// <remarks>
/// An implementer owes: answers that depend on the transaction alone; no exception whatever its fields hold; no allocation.
/// The hash names what its sender wants and binds all of it, but not the signature, which others may replace by another valid
/// one. Need not be thread-safe.
/// </remarks>
public interface ITransactionAccess<TTransaction>
{
    /// <summary>Whose nonce the transaction counts on.</summary>
    AccountAddress SenderOf(in TTransaction transaction);

    /// <summary>Its nonce.</summary>
    ulong NonceOf(in TTransaction transaction);

    /// <summary>What it offers for being included; one that takes another's place must offer a tenth more.</summary>
    UInt128 FeeOf(in TTransaction transaction);

    /// <summary>No batch grows by more bytes when it gets this transaction.</summary>
    int MaxSizeOf(in TTransaction transaction);

    /// <summary>Hashes transactions; as many digests.</summary>
    void Hash(ReadOnlySpan<TTransaction> transactions, Span<Digest32> digests);
}
