namespace Prozchain.Rollups.Batches;

/// <summary>
/// How the transactions of a rollup become columns and come back. Batches, derivation and sequencer are generic over it and
/// never know what a transaction is.
/// </summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
/// <remarks>
/// An implementer owes: one encoding for each sequence of transactions, and refusal of every other; reading that gives what
/// was written, but for signatures that the mode leaves out, and for what a bare form does; memory in proportion to the bytes and the count; no exception
/// whatever the bytes. It may look things up in the state before the batch, the same on both sides.
/// </remarks>
public interface ITransactionCodec<TTransaction>
{
    /// <summary>Version of the columns, a byte of every batch.</summary>
    byte Version { get; }

    /// <summary>Whether transactions are in the batch as bare as can be: no signatures, no layouts, and a head of version 2, which names the state root before the batch.</summary>
    bool IsBare => false;

    /// <summary>Writes the columns.</summary>
    /// <param name="transactions">In the order of the batch.</param>
    /// <param name="signatures">Signatures are written if it is <see cref="SignatureMode.PerTransaction"/>.</param>
    /// <param name="columns">Where to.</param>
    void Write(ReadOnlySpan<TTransaction> transactions, SignatureMode signatures, ColumnWriter columns);

    /// <summary>Reads the columns of as many transactions as there is room for; false with a fault on the reader.</summary>
    /// <param name="columns">Where from. What is read may be views of its source or of memory that the next read overwrites.</param>
    /// <param name="signatures">The mode that they were written with.</param>
    /// <param name="transactions">Where to.</param>
    bool TryRead(ColumnReader columns, SignatureMode signatures, Span<TTransaction> transactions);
}
