using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Sequencing;
using Prozchain.Shared;

namespace Prozchain.Rollups.KeyValue;

/// <summary>
/// Transactions of the rollup of small contracts as derivation and sequencing see them. The hash is the Keccak-256 of what
/// the sender signs. Not thread-safe.
/// </summary>
/// <param name="chainId">The rollup's number.</param>
public sealed class ContractAccess(ulong chainId) : ITransactionAccess<ContractTransaction>
{
    // An item is what is signed without tag and chain.
    private const int Unsigned = 21 + 8, Fixed = ContractTransaction.MessageSize - Unsigned;

    private readonly ArrayBufferWriter<byte> _message = new();

    /// <inheritdoc/>
    public AccountAddress SenderOf(in ContractTransaction transaction) => transaction.Sender;

    /// <inheritdoc/>
    public ulong NonceOf(in ContractTransaction transaction) => transaction.Nonce;

    /// <inheritdoc/>
    /// <remarks>There are no tokens: nothing is offered.</remarks>
    public UInt128 FeeOf(in ContractTransaction transaction) => 0;

    /// <inheritdoc/>
    public int MaxSizeOf(in ContractTransaction transaction) =>
        2 * (AccountAddress.Size + 3) + 4 * 10 + transaction.Data.Length + transaction.Signed.PublicKey.Length + transaction.Signed.Signature.Length + 8;

    /// <inheritdoc/>
    public void Hash(ReadOnlySpan<ContractTransaction> transactions, Span<Digest32> digests)
    {
        if (digests.Length < transactions.Length) throw new ArgumentException($"Expected room for {transactions.Length} digests, got {digests.Length}.", nameof(digests));
        for (int i = 0; i < transactions.Length; i++)
        {
            int size = ContractTransaction.MessageSize + transactions[i].Data.Length;
            _message.ResetWrittenCount();
            Span<byte> message = _message.GetSpan(size)[..size];
            transactions[i].WriteMessage(chainId, message);
            digests[i] = new Digest32(Hashing.Keccak(message));
        }
    }

    /// <inheritdoc/>
    /// <remarks>docs/formats/rollups-contracts.md.</remarks>
    public void WriteItem(in ContractTransaction transaction, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int size = ContractTransaction.MessageSize + transaction.Data.Length;
        Span<byte> item = output.GetSpan(size)[..size];
        transaction.WriteMessage(0, item);
        item[Unsigned..].CopyTo(item);
        output.Advance(size - Unsigned);
        Write(transaction.Signed.PublicKey.Span, output);
        Write(transaction.Signed.Signature.Span, output);
    }

    /// <inheritdoc/>
    public bool TryReadItem(ReadOnlyMemory<byte> bytes, out ContractTransaction transaction)
    {
        transaction = default;
        ReadOnlySpan<byte> item = bytes.Span;
        if (item.Length < Fixed) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(item[(Fixed - sizeof(uint))..]);
        if (length > item.Length - Fixed) return false;
        int at = Fixed + (int)length;
        if (!TryRead(bytes, ref at, out ReadOnlyMemory<byte> key) || !TryRead(bytes, ref at, out ReadOnlyMemory<byte> signature) || at != bytes.Length) return false;
        transaction = new ContractTransaction
        {
            Sender = new AccountAddress(item[0], new Bytes32(item.Slice(1, Bytes32.Size))),
            Nonce = BinaryPrimitives.ReadUInt64LittleEndian(item[AccountAddress.Size..]),
            Contract = new Digest32(item.Slice(AccountAddress.Size + 8, Digest32.Size)),
            GasLimit = BinaryPrimitives.ReadUInt64LittleEndian(item[(AccountAddress.Size + 8 + Digest32.Size)..]),
            Data = bytes.Slice(Fixed, (int)length),
            Signed = new Authorization(key, signature),
        };
        return true;
    }

    private static void Write(ReadOnlySpan<byte> field, IBufferWriter<byte> output)
    {
        if (field.Length > ushort.MaxValue) throw new ArgumentException($"Expected at most {ushort.MaxValue} bytes, got {field.Length}.", nameof(field));
        BinaryPrimitives.WriteUInt16LittleEndian(output.GetSpan(sizeof(ushort)), (ushort)field.Length);
        output.Advance(sizeof(ushort));
        output.Write(field);
    }

    private static bool TryRead(ReadOnlyMemory<byte> bytes, ref int at, out ReadOnlyMemory<byte> field)
    {
        field = default;
        if (bytes.Length - at < sizeof(ushort)) return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[at..]);
        at += sizeof(ushort);
        if (bytes.Length - at < length) return false;
        field = bytes.Slice(at, length);
        at += length;
        return true;
    }
}
