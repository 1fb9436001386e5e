using System.Buffers;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>What derivation and sequencing must know of a rollup's transactions, besides their columns.</summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
/// <remarks>
/// An implementer owes: answers that depend on the transaction alone, where they get no state; no exception whatever its fields hold, unless it says so; no allocation.
/// The hash names what its sender wants and binds all of it, but not the signature, which others may replace by another valid
/// one. As an item a transaction is written with its signatures, in the one way that reads back; the rules take the default
/// transaction for malformed, since that is what other bytes stand for. Need not be thread-safe.
/// </remarks>
public interface ITransactionAccess<TTransaction>
{
    /// <summary>Whose nonce the transaction counts on.</summary>
    AccountAddress SenderOf(in TTransaction transaction);

    /// <summary>Its nonce.</summary>
    ulong NonceOf(in TTransaction transaction);

    /// <summary>What it offers for being included; one that takes another's place must offer a tenth more.</summary>
    UInt128 FeeOf(in TTransaction transaction);

    /// <summary>No batch grows by more bytes when it gets this transaction, and its item is no longer; nor is it shorter by more than 1,024.</summary>
    int MaxSizeOf(in TTransaction transaction);

    /// <summary>The same of a batch that is bare, without its item.</summary>
    int MaxRowOf(in TTransaction transaction) => MaxSizeOf(transaction);

    /// <summary>Puts into a transaction what a bare batch says of it besides, by the state that it is going to be applied to; it may turn out invalid.</summary>
    void Note(ref TTransaction transaction, IStateView state)
    {
    }

    /// <summary>Puts into transactions of a bare batch what it leaves out and their hashes need, by the state that the first of them is going to be applied to. Exact if all of them are valid.</summary>
    void Resolve(Span<TTransaction> transactions, IStateView state)
    {
    }

    /// <summary>Hashes transactions; as many digests.</summary>
    void Hash(ReadOnlySpan<TTransaction> transactions, Span<Digest32> digests);

    /// <summary>Writes a transaction alone: as one is forced, listed and noted.</summary>
    /// <exception cref="ArgumentException">It has no such form: then it cannot be in a batch.</exception>
    void WriteItem(in TTransaction transaction, IBufferWriter<byte> output);

    /// <summary>Reads untrusted bytes: false, with the default transaction, unless they are what <see cref="WriteItem"/> writes. May be views of the bytes.</summary>
    bool TryReadItem(ReadOnlyMemory<byte> bytes, out TTransaction transaction);
}
