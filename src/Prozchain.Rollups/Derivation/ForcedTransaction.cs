using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Derivation;

/// <summary>
/// A transaction in the forced queue: a batch of it alone, with its signature, whose head is all zeros, and which names
/// accounts by their addresses, since nobody knows the state that it will meet. Not thread-safe.
/// </summary>
/// <param name="codec">Makes the columns over a state.</param>
public sealed class ForcedTransaction<TTransaction>(Func<IStateView, ITransactionCodec<TTransaction>> codec)
{
    /// <summary>The Inbox takes no longer items.</summary>
    public const int MaxBytes = 8192;

    private static readonly BatchHead s_head = new(0, default, 0, 0, 0, ColumnLayout.Packed, SignatureMode.PerTransaction, 1);

    private readonly BatchCodec<TTransaction> _codec = new(codec(new StateStore<KeccakTree>(1)), new BatchLimits(1, MaxBytes));

    /// <summary>Writes the transaction.</summary>
    /// <exception cref="ArgumentException">Longer than 8,192 bytes.</exception>
    public ReadOnlyMemory<byte> Encode(in TTransaction transaction)
    {
        var output = new ArrayBufferWriter<byte>();
        _codec.Write(s_head, new ReadOnlySpan<TTransaction>(in transaction), [], output);
        return output.WrittenMemory;
    }

    /// <summary>Reads untrusted bytes: false unless they are what <see cref="Encode"/> writes. The transaction is valid until the next reading.</summary>
    public bool TryDecode(ReadOnlyMemory<byte> data, out TTransaction? transaction)
    {
        bool isOk = _codec.TryRead(data, out BatchContent<TTransaction> content) == BatchFault.None && content.Head == s_head;
        transaction = isOk ? content.Transactions.Span[0] : default;
        return isOk;
    }
}
